#include "core/ops/support/call.h"

namespace baton::ops {
namespace {

int32_t decomposition(const NodeContext& ctx) {
  return ctx.attributes<baton_stablehlo_composite_attributes>().decomposition_subgraph_index;
}

Status infer(NodeContext& ctx) {
  std::vector<Value> shapes;
  BATON_RETURN_IF_ERROR(infer_call(ctx, decomposition(ctx), 0, &shapes));
  for (int i = 0; i < ctx.output_count(); ++i) {
    const Value& shape = shapes[static_cast<size_t>(i)];
    if (shape.shape_known()) {
      BATON_RETURN_IF_ERROR(ctx.set_output_dims(i, shape.dims()));
    } else {
      ctx.set_output_unknown(i);
    }
  }
  return {};
}

Status prepare(NodeContext& ctx) {
  auto data = std::make_unique<CallData>();
  for (int i = 0; i < ctx.input_count(); ++i) data->inputs.push_back(&ctx.input(i));
  ctx.set_data(std::move(data));
  return {};
}

Status run(NodeContext& ctx) {
  auto& data = ctx.data<CallData>();
  return call_into_outputs(ctx, decomposition(ctx), data.inputs, &data.results);
}

}  // namespace

extern const Operator stablehlo_composite{
    .code = BATON_OP_STABLEHLO_COMPOSITE,
    .name = "STABLEHLO_COMPOSITE",
    .summary = "A named group of operators, run as the subgraph that it decomposes into.",
    .max_version = 1,
    .inputs = {0, -1},
    .outputs = {0, -1},
    .flags = kSideEffect | kHostOnly,
    .infer = infer,
    .prepare = prepare,
    .run = run,
};

}  // namespace baton::ops
