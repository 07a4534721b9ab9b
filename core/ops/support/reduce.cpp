#include "core/ops/support/reduce.h"

namespace baton::ops {
namespace {

// Whether dimension `i` of the input is among the axes, which are known and checked.
bool is_reduced(const NodeContext& ctx, int i) {
  const Value& axes = ctx.input(1);
  const int rank = ctx.input(0).rank();
  for (int64_t k = 0; k < axes.count(); ++k) {
    const int32_t axis = axes.as<const int32_t>()[k];
    if ((axis < 0 ? axis + rank : axis) == i) return true;
  }
  return false;
}

}  // namespace

Status infer_reduce(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& axes = ctx.input(1);
  BATON_RETURN_IF_ERROR(check_dtype("axis", axes.dtype(), dtypes_of<int32_t>()));
  if (!axes.known()) {
    ctx.set_output_unknown(0);
    return {};
  }
  // A scalar has no axes to check; whatever is given is not used.
  if (input.rank() > 0) {
    for (int64_t k = 0; k < axes.count(); ++k) {
      BATON_RETURN_IF_ERROR(resolve_axis(axes.as<const int32_t>()[k], input.rank()).status());
    }
  }
  const bool keep = ctx.attributes<baton_reducer_attributes>().keep_dims != 0;
  std::vector<int32_t> dims;
  for (int i = 0; i < input.rank(); ++i) {
    const bool reduced = is_reduced(ctx, i);
    if (reduced && !keep) continue;
    dims.push_back(reduced ? 1 : input.dim(i));
  }
  return ctx.set_output_dims(0, dims);
}

Status reduce_loops(const NodeContext& ctx, ReduceLoops* loops) {
  const Value& input = ctx.input(0);
  int64_t step = 1;
  // From the innermost dimension; turned round at the end.
  for (int i = input.rank() - 1; i >= 0; --i) {
    const int64_t size = input.dim(i);
    ReduceLoops::Nest& nest = is_reduced(ctx, i) ? loops->reduced : loops->kept;
    const auto top = static_cast<size_t>(nest.count);
    if (nest.count > 0 && step == nest.step[top - 1] * nest.size[top - 1]) {
      nest.size[top - 1] *= size;
    } else if (size != 1) {
      if (nest.count == ReduceLoops::kMaxLoops) {
        return error(BATON_UNSUPPORTED, "a reduction of rank %d is not supported", input.rank());
      }
      nest.size[top] = size;
      nest.step[top] = step;
      ++nest.count;
    }
    step *= size;
  }
  for (ReduceLoops::Nest* nest : {&loops->kept, &loops->reduced}) {
    for (int i = 0; i < nest->count / 2; ++i) {
      const auto a = static_cast<size_t>(i);
      const auto b = static_cast<size_t>(nest->count - 1 - i);
      std::swap(nest->size[a], nest->size[b]);
      std::swap(nest->step[a], nest->step[b]);
    }
  }
  return {};
}

}  // namespace baton::ops
