#include "core/ops/support/check.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) { return ctx.set_output_dims(0, {ctx.input(0).rank()}); }

Status prepare(NodeContext& ctx) {
  return check_dtype("output", ctx.output(0).dtype(), dtypes_of<int32_t, int64_t>());
}

Status run(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  for (int i = 0; i < input.rank(); ++i) {
    if (output.dtype() == BATON_INT32) {
      output.as<int32_t>()[i] = input.dim(i);
    } else {
      output.as<int64_t>()[i] = input.dim(i);
    }
  }
  return {};
}

}  // namespace

extern const Operator shape{
    .code = BATON_OP_SHAPE,
    .name = "SHAPE",
    .summary = "The sizes of the input's dimensions.",
    .max_version = 1,
    .flags = kFoldable | kShapeOnly,
    .dtypes = 0xffffffffu,
    .infer = infer,
    .prepare = prepare,
    .run = run,
};

}  // namespace baton::ops
