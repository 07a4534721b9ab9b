#include "core/ops/support/copy.h"
#include "core/ops/support/strided_copy.h"
#include "core/ops/support/unary.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  const Value& axes = ctx.input(1);
  BATON_RETURN_IF_ERROR(check_dtype("axis", axes.dtype(), dtypes_of<int32_t>()));
  if (axes.rank() != 1) return error(BATON_INVALID_MODEL, "the axes must be a vector");
  return infer_same_shape(ctx);
}

// How often a dimension is among the axes, which may not be known before the run.
Result<int> times_listed(const NodeContext& ctx, int dimension) {
  const Value& axes = ctx.input(1);
  int times = 0;
  for (int64_t i = 0; i < axes.count(); ++i) {
    BATON_ASSIGN_OR_RETURN(const int axis,
                           resolve_axis(axes.as<const int32_t>()[i], ctx.input(0).rank()));
    times += axis == dimension ? 1 : 0;
  }
  return times;
}

Status run(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  StridedCopy copy;
  int64_t start = 0;
  for (int i = 0; i < input.rank(); ++i) {
    const int64_t step = product_of_dims(input, i + 1, input.rank());
    BATON_ASSIGN_OR_RETURN(const int times, times_listed(ctx, i));
    if (times > 1) return error(BATON_INVALID_ARGUMENT, "axis %d is listed twice", i);
    if (times == 1 && input.dim(i) > 0) start += (input.dim(i) - 1) * step;
    copy.add(input.dim(i), times == 1 ? -step : step, step);
  }
  copy.start(start, 0);
  return copy.run(ctx, input.dtype(), input.data(), ctx.output(0).data());
}

int32_t min_version(const NodeContext& ctx) {
  return ctx.input(0).dtype() == BATON_INT8 ? 3 : ctx.input(0).dtype() == BATON_BOOL ? 2 : 1;
}

}  // namespace

extern const Operator reverse_v2{
    .code = BATON_OP_REVERSE_V2,
    .name = "REVERSE_V2",
    .summary = "The elements in reverse order along the listed axes.",
    .max_version = 4,
    .inputs = {2, 2},
    .flags = kFoldable,
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare_copy,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
