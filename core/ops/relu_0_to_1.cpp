#include "core/ops/support/relu.h"

namespace baton::ops {
namespace {

// The upper limit is that of RELU_N1_TO_1, the lower one zero.
Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(
      prepare_relu(ctx, BATON_ACTIVATION_RELU_N1_TO_1, dtypes_of<uint8_t, int8_t>()));
  if (ctx.input(0).dtype() == BATON_FLOAT32) return {};
  auto& data = ctx.data<ReluData>();
  data.low = data.output_zero_point;
  return {};
}

Status run(NodeContext& ctx) {
  return run_relu(ctx, [](float x) { return std::min(std::max(0.0f, x), 1.0f); });
}

}  // namespace

extern const Operator relu_0_to_1{
    .code = BATON_OP_RELU_0_TO_1,
    .name = "RELU_0_TO_1",
    .summary = "min(max(x, 0), 1).",
    .max_version = 1,
    .flags = kInPlace,
    .dtypes = dtypes_of<float, uint8_t, int8_t>(),
    .infer = infer_same_shape,
    .prepare = prepare,
    .run = run,
};

}  // namespace baton::ops
