#include "core/ops/support/copy.h"
#include "core/ops/support/shape_input.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  const Value& shape = ctx.input(0);
  if (shape.rank() != 1) return error(BATON_INVALID_MODEL, "the shape must be a vector");
  if (ctx.input(1).count() != 1 || ctx.input(1).rank() != 0) {
    return error(BATON_INVALID_MODEL, "the value must be a scalar");
  }
  if (!shape.known()) {
    ctx.set_output_unknown(0);
    return {};
  }
  std::vector<int32_t> dims;
  BATON_RETURN_IF_ERROR(read_shape(shape, &dims));
  return ctx.set_output_dims(0, dims);
}

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(check_plain("value", ctx.input(1)));
  return check_same_dtype("value", ctx.input(1), "output", ctx.output(0));
}

Status run(NodeContext& ctx) { return fill_elements(ctx.output(0), ctx.input(1).data()); }

int32_t min_version(const NodeContext& ctx) {
  switch (ctx.input(1).dtype()) {
    case BATON_BOOL:
      return 2;
    case BATON_INT8:
    case BATON_INT16:
      return 3;
    case BATON_FLOAT16:
      return 4;
    default:
      return 1;
  }
}

}  // namespace

extern const Operator fill{
    .code = BATON_OP_FILL,
    .name = "FILL",
    .summary = "A tensor of a given shape, all of one value.",
    .max_version = 4,
    .inputs = {2, 2},
    .flags = kFoldable,
    .dtypes = dtypes_of<int32_t, int64_t>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
