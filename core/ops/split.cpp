#include "core/ops/support/join.h"

namespace baton::ops {
namespace {

Result<int> axis_of(const NodeContext& ctx) {
  const Value& axis = ctx.input(0);
  if (axis.dtype() != BATON_INT32 || axis.count() != 1) {
    return error(BATON_INVALID_MODEL, "the axis must be one int32");
  }
  return resolve_axis(*axis.as<const int32_t>(), ctx.input(1).rank());
}

Status infer(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_split_attributes>();
  const Value& input = ctx.input(1);
  if (attributes.num_splits != ctx.output_count()) {
    return error(BATON_INVALID_MODEL, "num_splits is %d, there are %d outputs",
                 attributes.num_splits, ctx.output_count());
  }
  if (!ctx.input(0).known()) {
    for (int i = 0; i < ctx.output_count(); ++i) ctx.set_output_unknown(i);
    return {};
  }
  BATON_ASSIGN_OR_RETURN(const int axis, axis_of(ctx));
  if (input.dim(axis) % ctx.output_count() != 0) {
    return error(BATON_INVALID_MODEL, "dimension %d has size %d, which %d parts do not divide",
                 axis, input.dim(axis), ctx.output_count());
  }
  std::vector<int32_t> dims(input.dims().begin(), input.dims().end());
  dims[static_cast<size_t>(axis)] /= ctx.output_count();
  for (int i = 0; i < ctx.output_count(); ++i) {
    BATON_RETURN_IF_ERROR(ctx.set_output_dims(i, dims));
  }
  return {};
}

Status prepare(NodeContext& ctx) { return prepare_split(ctx, ctx.input(1)); }

Status run(NodeContext& ctx) {
  BATON_ASSIGN_OR_RETURN(const int axis, axis_of(ctx));
  run_split(ctx, ctx.input(1), axis);
  return {};
}

int32_t min_version(const NodeContext& ctx) {
  switch (ctx.input(1).dtype()) {
    case BATON_INT8:
      return 2;
    case BATON_INT32:
      return 3;
    case BATON_INT16:
      return 4;
    default:
      return 1;
  }
}

}  // namespace

extern const Operator split{
    .code = BATON_OP_SPLIT,
    .name = "SPLIT",
    .summary = "Equal parts of a tensor along an axis, which is the first input.",
    .max_version = 4,
    .inputs = {2, 2},
    .outputs = {1, -1},
    .flags = kFoldable,
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
