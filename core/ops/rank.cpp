#include "core/ops/support/check.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) { return ctx.set_output_dims(0, std::span<const int32_t>()); }

Status prepare(NodeContext& ctx) {
  return check_dtype("output", ctx.output(0).dtype(), dtypes_of<int32_t>());
}

Status run(NodeContext& ctx) {
  *ctx.output(0).as<int32_t>() = ctx.input(0).rank();
  return {};
}

}  // namespace

extern const Operator rank{
    .code = BATON_OP_RANK,
    .name = "RANK",
    .summary = "The number of the input's dimensions.",
    .max_version = 1,
    .flags = kFoldable | kShapeOnly,
    .dtypes = 0xffffffffu,
    .infer = infer,
    .prepare = prepare,
    .run = run,
};

}  // namespace baton::ops
