#include "core/ops/support/relu.h"

namespace baton::ops {
namespace {

Status prepare(NodeContext& ctx) {
  return prepare_relu(ctx, BATON_ACTIVATION_RELU6, dtypes_of<uint8_t, int8_t, int16_t>());
}

Status run(NodeContext& ctx) {
  return run_relu(ctx, [](float x) { return std::min(std::max(0.0f, x), 6.0f); });
}

}  // namespace

extern const Operator relu6{
    .code = BATON_OP_RELU6,
    .name = "RELU6",
    .summary = "min(max(x, 0), 6).",
    .max_version = 3,
    .flags = kInPlace,
    .dtypes = dtypes_of<float, uint8_t, int8_t, int16_t>(),
    .infer = infer_same_shape,
    .prepare = prepare,
    .run = run,
    .min_version = version_by_integer_type,
};

}  // namespace baton::ops
