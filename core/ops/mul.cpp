#include "core/ops/support/quantized_product.h"

namespace baton::ops {
namespace {

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(
      check_binary(ctx, dtypes_of<float, int32_t, int64_t, uint8_t, int8_t, int16_t>()));
  if (!is_quantized_type(ctx.input(0).dtype())) {
    return check_same_dtype("input", ctx.input(0), "output", ctx.output(0));
  }
  BATON_RETURN_IF_ERROR(check_quantized_binary(ctx));
  if (ctx.input(0).dtype() == BATON_INT16 &&
      (ctx.input(0).zero_point() != 0 || ctx.input(1).zero_point() != 0 ||
       ctx.output(0).zero_point() != 0)) {
    return error(BATON_UNSUPPORTED, "the zero points of int16 tensors must be 0");
  }
  // In float, as TensorFlow Lite has it: this decides the multiplier's last bits.
  const float product = ctx.input(0).scale() * ctx.input(1).scale();
  return prepare_quantized_product(ctx,
                                   ctx.attributes<baton_mul_attributes>().fused_activation_function,
                                   product / ctx.output(0).scale());
}

template <typename T>
Status run_plain(NodeContext& ctx) {
  const ActivationLimits<T> clamp(ctx.attributes<baton_mul_attributes>().fused_activation_function);
  return run_binary<T, T>(ctx, [clamp](T a, T b) {
    return clamp(static_cast<T>(static_cast<Wrapping<T>>(a) * static_cast<Wrapping<T>>(b)));
  });
}

template <typename T>
Status run_quantized(NodeContext& ctx) {
  const auto& data = ctx.data<QuantizedProductData>();
  return run_binary<T, T>(ctx, [&data](T a, T b) {
    const int32_t product = (a - data.input_zero_point[0]) * (b - data.input_zero_point[1]);
    const int32_t scaled =
        baton_multiply_by_quantized_multiplier(product, data.multiplier, data.shift);
    return static_cast<T>(
        baton_clamp(baton_saturating_add(scaled, data.output_zero_point), data.low, data.high));
  });
}

Status run(NodeContext& ctx) {
  switch (ctx.input(0).dtype()) {
    case BATON_UINT8:
      return run_quantized<uint8_t>(ctx);
    case BATON_INT8:
      return run_quantized<int8_t>(ctx);
    case BATON_INT16:
      return run_quantized<int16_t>(ctx);
    case BATON_INT32:
      return run_plain<int32_t>(ctx);
    case BATON_INT64:
      return run_plain<int64_t>(ctx);
    default:
      return run_plain<float>(ctx);
  }
}

int32_t min_version(const NodeContext& ctx) {
  switch (ctx.input(0).dtype()) {
    case BATON_INT64:
      return 5;
    case BATON_INT16:
      return 4;
    case BATON_INT8:
    case BATON_UINT8:
      if (ctx.input(0).scale() * ctx.input(1).scale() >= ctx.output(0).scale()) return 3;
      return ctx.input(0).dtype() == BATON_INT8 ? 2 : 1;
    default:
      return 1;
  }
}

}  // namespace

extern const Operator mul{
    .code = BATON_OP_MUL,
    .name = "MUL",
    .summary = "The product of two tensors, broadcast, with a fused activation.",
    .max_version = 5,
    .inputs = {2, 2},
    .flags = kInPlace | kFoldable,
    .dtypes = dtypes_of<float, int32_t, int64_t, uint8_t, int8_t, int16_t>(),
    .infer = infer_arithmetic,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
