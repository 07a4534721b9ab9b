#include "core/ops/support/boolean.h"
#include "core/ops/support/call.h"
#include "core/ops/support/check.h"

namespace baton::ops {
namespace {

// A loop variable has a known shape when the body leaves its shape alone.
Status infer(NodeContext& ctx) {
  if (ctx.input_count() != ctx.output_count()) {
    return error(BATON_INVALID_MODEL, "the loop has %d inputs and %d outputs", ctx.input_count(),
                 ctx.output_count());
  }
  std::vector<Value> shapes;
  BATON_RETURN_IF_ERROR(
      infer_call(ctx, ctx.attributes<baton_while_attributes>().body_subgraph_index, 0, &shapes));
  bool fixed = true;
  for (int i = 0; i < ctx.output_count(); ++i) {
    fixed = fixed && same_shape(shapes[static_cast<size_t>(i)], ctx.input(i));
  }
  // One that changes may change the others in the next round.
  for (int i = 0; i < ctx.output_count(); ++i) {
    if (fixed) {
      BATON_RETURN_IF_ERROR(ctx.set_output_dims(i, ctx.input(i).dims()));
    } else {
      ctx.set_output_unknown(i);
    }
  }
  return {};
}

Status prepare(NodeContext& ctx) {
  auto data = std::make_unique<CallData>();
  for (int i = 0; i < ctx.output_count(); ++i) data->inputs.push_back(&ctx.output(i));
  ctx.set_data(std::move(data));
  return {};
}

// The loop variables live in the outputs.
Status run(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_while_attributes>();
  auto& data = ctx.data<CallData>();
  for (int i = 0; i < ctx.output_count(); ++i) {
    BATON_RETURN_IF_ERROR(copy_value(ctx, ctx.input(i), ctx.output(i)));
  }
  for (;;) {
    if (ctx.services()->cancelled()) return error(BATON_CANCELLED, "the run was cancelled");
    BATON_RETURN_IF_ERROR(ctx.services()->call_subgraph(
        static_cast<uint32_t>(attributes.cond_subgraph_index), data.inputs, &data.results));
    if (data.results.empty() || data.results[0]->dtype() != BATON_BOOL ||
        data.results[0]->count() != 1) {
      return error(BATON_INVALID_MODEL, "the condition, subgraph %d, does not give one bool",
                   attributes.cond_subgraph_index);
    }
    if (!*data.results[0]->as<const Boolean>()) return {};
    BATON_RETURN_IF_ERROR(
        call_into_outputs(ctx, attributes.body_subgraph_index, data.inputs, &data.results));
  }
}

}  // namespace

extern const Operator while_{
    .code = BATON_OP_WHILE,
    .name = "WHILE",
    .summary = "Runs a body subgraph as long as a condition subgraph says so.",
    .max_version = 1,
    .inputs = {0, -1},
    .outputs = {0, -1},
    .flags = kSideEffect | kHostOnly,
    .infer = infer,
    .prepare = prepare,
    .run = run,
};

}  // namespace baton::ops
