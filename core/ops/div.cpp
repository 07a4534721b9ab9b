#include "core/ops/support/division.h"
#include "core/ops/support/quantized_product.h"

namespace baton::ops {
namespace {

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(check_binary(ctx, dtypes_of<float, int32_t, uint8_t, int8_t>()));
  if (!is_quantized_type(ctx.input(0).dtype())) {
    return check_same_dtype("input", ctx.input(0), "output", ctx.output(0));
  }
  BATON_RETURN_IF_ERROR(check_quantized_binary(ctx));
  // In float, as TensorFlow Lite has it: this decides the multiplier's last bits.
  const float divisor = ctx.input(1).scale() * ctx.output(0).scale();
  return prepare_quantized_product(ctx,
                                   ctx.attributes<baton_div_attributes>().fused_activation_function,
                                   ctx.input(0).scale() / divisor);
}

Status run_float(NodeContext& ctx) {
  const ActivationLimits<float> clamp(
      ctx.attributes<baton_div_attributes>().fused_activation_function);
  return run_binary<float, float>(ctx, [clamp](float a, float b) { return clamp(a / b); });
}

Status run_int32(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(check_divisor<int32_t>(ctx.input(1)));
  const ActivationLimits<int32_t> clamp(
      ctx.attributes<baton_div_attributes>().fused_activation_function);
  return run_binary<int32_t, int32_t>(ctx, [clamp](int32_t a, int32_t b) {
    // INT32_MIN / -1 wraps.
    return clamp(b == -1 ? baton_wrapping_sub(0, a) : a / b);
  });
}

// A division as a product with the reciprocal, which has as many bits as fit.
int32_t quotient(int32_t a, int32_t b, const QuantizedProductData& data) {
  if (b < 0) {
    a = -a;
    b = -b;
  }
  int32_t reciprocal_shift;
  const int32_t reciprocal = baton_fixed_reciprocal(b, 31, &reciprocal_shift);
  const int32_t headroom =
      a == 0 ? 31 : baton_count_leading_zeros(static_cast<uint32_t>(a < 0 ? ~a : a)) - 1;
  const int32_t unscaled =
      baton_multiply_by_quantized_multiplier_greater_than_one(a, reciprocal, headroom);
  return baton_multiply_by_quantized_multiplier_smaller_than_one(
      unscaled, data.multiplier, data.shift - reciprocal_shift - headroom);
}

template <typename T>
Status run_quantized(NodeContext& ctx) {
  const auto& data = ctx.data<QuantizedProductData>();
  BATON_RETURN_IF_ERROR(check_divisor<T>(ctx.input(1), data.input_zero_point[1]));
  return run_binary<T, T>(ctx, [&data](T a, T b) {
    const int32_t scaled =
        quotient(a - data.input_zero_point[0], b - data.input_zero_point[1], data);
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
    case BATON_INT32:
      return run_int32(ctx);
    default:
      return run_float(ctx);
  }
}

int32_t min_version(const NodeContext& ctx) {
  return ctx.output(0).rank() > 4 && !std::ranges::equal(ctx.input(0).dims(), ctx.input(1).dims())
             ? 2
             : 1;
}

}  // namespace

extern const Operator div{
    .code = BATON_OP_DIV,
    .name = "DIV",
    .summary = "The quotient of two tensors, broadcast, with a fused activation.",
    .max_version = 2,
    .inputs = {2, 2},
    .flags = kInPlace | kFoldable,
    .dtypes = dtypes_of<float, int32_t, uint8_t, int8_t>(),
    .infer = infer_arithmetic,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
