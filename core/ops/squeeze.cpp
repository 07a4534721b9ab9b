#include "core/ops/support/copy.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_squeeze_attributes>();
  const Value& input = ctx.input(0);
  std::vector<bool> drop(static_cast<size_t>(input.rank()), false);
  for (uint32_t i = 0; i < attributes.squeeze_dims_count; ++i) {
    BATON_ASSIGN_OR_RETURN(const int axis, resolve_axis(attributes.squeeze_dims[i], input.rank()));
    if (input.dim(axis) != 1) {
      return error(BATON_INVALID_MODEL, "dimension %d has size %d; only size 1 can be squeezed",
                   axis, input.dim(axis));
    }
    drop[static_cast<size_t>(axis)] = true;
  }
  std::vector<int32_t> dims;
  for (int i = 0; i < input.rank(); ++i) {
    const bool dropped =
        attributes.squeeze_dims_count == 0 ? input.dim(i) == 1 : drop[static_cast<size_t>(i)];
    if (!dropped) dims.push_back(input.dim(i));
  }
  return ctx.set_output_dims(0, dims);
}

}  // namespace

extern const Operator squeeze{
    .code = BATON_OP_SQUEEZE,
    .name = "SQUEEZE",
    .summary = "Drops dimensions of size 1: the listed ones, or all.",
    .max_version = 1,
    .flags = kInPlace | kFoldable,
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare_copy,
    .run = run_copy,
};

}  // namespace baton::ops
