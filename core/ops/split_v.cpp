#include "core/ops/support/join.h"

namespace baton::ops {
namespace {

Result<int> axis_of(const NodeContext& ctx) {
  const Value& axis = ctx.input(2);
  if (axis.dtype() != BATON_INT32 || axis.count() != 1) {
    return error(BATON_INVALID_MODEL, "the axis must be one int32");
  }
  return resolve_axis(*axis.as<const int32_t>(), ctx.input(0).rank());
}

// One size may be -1: what the others leave.
Status complete_sizes(int64_t whole, std::vector<int64_t>* sizes) {
  int64_t* rest = nullptr;
  int64_t sum = 0;
  for (int64_t& size : *sizes) {
    if (size == -1 && rest == nullptr) {
      rest = &size;
    } else if (size < 0 || size > whole) {
      return error(BATON_INVALID_MODEL, "a part has size %lld of %lld",
                   static_cast<long long>(size), static_cast<long long>(whole));
    } else {
      sum += size;
    }
  }
  if (rest != nullptr && sum <= whole) {
    *rest = whole - sum;
    sum = whole;
  }
  if (sum == whole) return {};
  return error(BATON_INVALID_MODEL, "the parts have %lld elements together, the dimension has %lld",
               static_cast<long long>(sum), static_cast<long long>(whole));
}

Status infer(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const int count = ctx.output_count();
  if (ctx.attributes<baton_split_v_attributes>().num_splits != count ||
      ctx.input(1).count() != count) {
    return error(BATON_INVALID_MODEL, "num_splits is %d, there are %lld sizes and %d outputs",
                 ctx.attributes<baton_split_v_attributes>().num_splits,
                 static_cast<long long>(ctx.input(1).count()), count);
  }
  if (!inputs_known(ctx, 1)) {
    for (int i = 0; i < count; ++i) ctx.set_output_unknown(i);
    return {};
  }
  BATON_ASSIGN_OR_RETURN(const int axis, axis_of(ctx));
  std::vector<int64_t> sizes;
  BATON_RETURN_IF_ERROR(read_integers("sizes", ctx.input(1), &sizes));
  BATON_RETURN_IF_ERROR(complete_sizes(input.dim(axis), &sizes));
  std::vector<int32_t> dims(input.dims().begin(), input.dims().end());
  for (int i = 0; i < count; ++i) {
    dims[static_cast<size_t>(axis)] = static_cast<int32_t>(sizes[static_cast<size_t>(i)]);
    BATON_RETURN_IF_ERROR(ctx.set_output_dims(i, dims));
  }
  return {};
}

Status prepare(NodeContext& ctx) { return prepare_split(ctx, ctx.input(0)); }

Status run(NodeContext& ctx) {
  BATON_ASSIGN_OR_RETURN(const int axis, axis_of(ctx));
  run_split(ctx, ctx.input(0), axis);
  return {};
}

int32_t min_version(const NodeContext& ctx) { return ctx.input(0).dtype() == BATON_INT8 ? 2 : 1; }

}  // namespace

extern const Operator split_v{
    .code = BATON_OP_SPLIT_V,
    .name = "SPLIT_V",
    .summary = "Parts of a tensor along an axis, of the sizes in the second input.",
    .max_version = 2,
    .inputs = {3, 3},
    .outputs = {1, -1},
    .flags = kFoldable,
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
