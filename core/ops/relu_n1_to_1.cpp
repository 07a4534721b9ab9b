#include "core/ops/support/relu.h"

namespace baton::ops {
namespace {

Status prepare(NodeContext& ctx) {
  return prepare_relu(ctx, BATON_ACTIVATION_RELU_N1_TO_1, dtypes_of<uint8_t, int8_t>());
}

Status run(NodeContext& ctx) {
  return run_relu(ctx, [](float x) { return x > 1.0f ? 1.0f : (x < -1.0f ? -1.0f : x); });
}

}  // namespace

extern const Operator relu_n1_to_1{
    .code = BATON_OP_RELU_N1_TO_1,
    .name = "RELU_N1_TO_1",
    .summary = "min(max(x, -1), 1).",
    .max_version = 1,
    .flags = kInPlace,
    .dtypes = dtypes_of<float, uint8_t, int8_t>(),
    .infer = infer_same_shape,
    .prepare = prepare,
    .run = run,
};

}  // namespace baton::ops
