#include "core/ops/support/copy.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& axis_input = ctx.input(1);
  if (axis_input.count() != 1) {
    return error(BATON_INVALID_MODEL, "the axis has %lld elements; it must have one",
                 static_cast<long long>(axis_input.count()));
  }
  if (!axis_input.known()) {
    ctx.set_output_unknown(0);
    return {};
  }
  std::vector<int64_t> axes;
  BATON_RETURN_IF_ERROR(read_integers("axis", axis_input, &axes));
  // The new dimension may also be the last.
  BATON_ASSIGN_OR_RETURN(const int axis, resolve_axis(axes[0], input.rank() + 1));
  std::vector<int32_t> dims(input.dims().begin(), input.dims().end());
  dims.insert(dims.begin() + axis, 1);
  return ctx.set_output_dims(0, dims);
}

}  // namespace

extern const Operator expand_dims{
    .code = BATON_OP_EXPAND_DIMS,
    .name = "EXPAND_DIMS",
    .summary = "Inserts a dimension of size 1.",
    .max_version = 1,
    .inputs = {2, 2},
    .flags = kInPlace | kFoldable,
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare_copy,
    .run = run_copy,
};

}  // namespace baton::ops
