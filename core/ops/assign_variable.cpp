#include "core/ops/support/check.h"

namespace baton::ops {
namespace {

Status infer(NodeContext&) { return {}; }

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(check_dtype("handle", ctx.input(0).dtype(), dtype_bit(BATON_RESOURCE)));
  return check_plain("value", ctx.input(1));
}

Status run(NodeContext& ctx) {
  return ctx.services()->assign_resource(*ctx.input(0).as<const int32_t>(), ctx.input(1));
}

}  // namespace

extern const Operator assign_variable{
    .code = BATON_OP_ASSIGN_VARIABLE,
    .name = "ASSIGN_VARIABLE",
    .summary = "Gives a resource variable new content, of any shape and type.",
    .max_version = 1,
    .inputs = {2, 2},
    .outputs = {0, 0},
    .flags = kSideEffect | kHostOnly,
    .dtypes = dtype_bit(BATON_RESOURCE),
    .infer = infer,
    .prepare = prepare,
    .run = run,
};

}  // namespace baton::ops
