#include "core/ops/support/quantized_sum.h"

namespace baton::ops {
namespace {

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(
      check_binary(ctx, dtypes_of<float, int32_t, int64_t, uint8_t, int8_t, int16_t>()));
  if (!is_quantized_type(ctx.input(0).dtype())) {
    return check_same_dtype("input", ctx.input(0), "output", ctx.output(0));
  }
  const auto& attributes = ctx.attributes<baton_add_attributes>();
  return prepare_quantized_sum(ctx, attributes.fused_activation_function,
                               attributes.pot_scale_int16 != 0);
}

template <typename T>
Status run_plain(NodeContext& ctx) {
  const ActivationLimits<T> clamp(ctx.attributes<baton_add_attributes>().fused_activation_function);
  return run_binary<T, T>(ctx, [clamp](T a, T b) {
    return clamp(static_cast<T>(static_cast<Wrapping<T>>(a) + static_cast<Wrapping<T>>(b)));
  });
}

Status run(NodeContext& ctx) {
  switch (ctx.input(0).dtype()) {
    case BATON_UINT8:
      return run_quantized_sum<uint8_t, 1>(ctx);
    case BATON_INT8:
      return run_quantized_sum<int8_t, 1>(ctx);
    case BATON_INT16:
      return run_quantized_sum<int16_t, 1>(ctx);
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
    case BATON_INT8:
      return 2;
    case BATON_INT16:
      return ctx.attributes<baton_add_attributes>().pot_scale_int16 ? 1 : 3;
    case BATON_INT64:
      return 4;
    default:
      return 1;
  }
}

}  // namespace

extern const Operator add{
    .code = BATON_OP_ADD,
    .name = "ADD",
    .summary = "The sum of two tensors, broadcast, with a fused activation.",
    .max_version = 4,
    .inputs = {2, 2},
    .flags = kInPlace | kFoldable,
    .dtypes = dtypes_of<float, int32_t, int64_t, uint8_t, int8_t, int16_t>(),
    .infer = infer_arithmetic,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
