#include "core/ops/support/call.h"

namespace baton::ops {
namespace {

Status infer(NodeContext&) { return {}; }

Status prepare(NodeContext& ctx) {
  ctx.set_data(std::make_unique<CallData>());
  return {};
}

Status run(NodeContext& ctx) {
  const auto subgraph =
      static_cast<uint32_t>(ctx.attributes<baton_call_once_attributes>().init_subgraph_index);
  if (!ctx.services()->first_call(subgraph)) return {};
  return ctx.services()->call_subgraph(subgraph, {}, &ctx.data<CallData>().results);
}

}  // namespace

extern const Operator call_once{
    .code = BATON_OP_CALL_ONCE,
    .name = "CALL_ONCE",
    .summary = "Runs a subgraph that sets variables up, the first time only.",
    .max_version = 1,
    .inputs = {0, 0},
    .outputs = {0, 0},
    .flags = kSideEffect | kHostOnly,
    .infer = infer,
    .prepare = prepare,
    .run = run,
};

}  // namespace baton::ops
