#include "core/ops/support/relu.h"

namespace baton::ops {
namespace {

Status prepare(NodeContext& ctx) {
  return prepare_relu(ctx, BATON_ACTIVATION_RELU, dtypes_of<uint8_t, int8_t, int16_t>());
}

Status run(NodeContext& ctx) {
  return run_relu(ctx, [](float x) { return x < 0.0f ? 0.0f : x; });
}

int32_t min_version(const NodeContext& ctx) {
  const baton_dtype dtype = ctx.input(0).dtype();
  return dtype == BATON_INT16 ? 3 : dtype == BATON_FLOAT32 ? 1 : 2;
}

}  // namespace

extern const Operator relu{
    .code = BATON_OP_RELU,
    .name = "RELU",
    .summary = "max(x, 0).",
    .max_version = 3,
    .flags = kInPlace,
    .dtypes = dtypes_of<float, uint8_t, int8_t, int16_t>(),
    .infer = infer_same_shape,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
