#include "core/ops/support/boolean.h"
#include "core/ops/support/call.h"
#include "core/ops/support/check.h"

namespace baton::ops {
namespace {

// The shapes that both branches agree on, or those of the branch that is known to run.
Status infer(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_if_attributes>();
  const Value& condition = ctx.input(0);
  BATON_RETURN_IF_ERROR(check_dtype("condition", condition.dtype(), dtypes_of<bool>()));
  if (condition.count() != 1) {
    return error(BATON_INVALID_MODEL, "the condition has %lld elements; it must have one",
                 static_cast<long long>(condition.count()));
  }
  const bool run_then = !condition.known() || *condition.as<const Boolean>();
  const bool run_else = !condition.known() || !*condition.as<const Boolean>();
  std::vector<Value> shapes;
  std::vector<Value> other;
  BATON_RETURN_IF_ERROR(infer_call(
      ctx, run_then ? attributes.then_subgraph_index : attributes.else_subgraph_index, 1, &shapes));
  if (run_then && run_else) {
    BATON_RETURN_IF_ERROR(infer_call(ctx, attributes.else_subgraph_index, 1, &other));
  }
  for (int i = 0; i < ctx.output_count(); ++i) {
    const Value& shape = shapes[static_cast<size_t>(i)];
    if (shape.shape_known() &&
        (other.empty() || same_shape(shape, other[static_cast<size_t>(i)]))) {
      BATON_RETURN_IF_ERROR(ctx.set_output_dims(i, shape.dims()));
    } else {
      ctx.set_output_unknown(i);
    }
  }
  return {};
}

Status prepare(NodeContext& ctx) {
  auto data = std::make_unique<CallData>();
  for (int i = 1; i < ctx.input_count(); ++i) data->inputs.push_back(&ctx.input(i));
  ctx.set_data(std::move(data));
  return {};
}

Status run(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_if_attributes>();
  auto& data = ctx.data<CallData>();
  const bool condition = *ctx.input(0).as<const Boolean>();
  return call_into_outputs(
      ctx, condition ? attributes.then_subgraph_index : attributes.else_subgraph_index, data.inputs,
      &data.results);
}

}  // namespace

extern const Operator if_{
    .code = BATON_OP_IF,
    .name = "IF",
    .summary = "Runs one of two subgraphs, as a condition says.",
    .max_version = 1,
    .inputs = {1, -1},
    .outputs = {0, -1},
    .flags = kSideEffect | kHostOnly,
    .dtypes = dtypes_of<bool>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
};

}  // namespace baton::ops
