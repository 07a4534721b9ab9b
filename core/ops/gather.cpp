#include <cstring>

#include "core/ops/support/copy.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {
namespace {

struct GatherAxes {
  int axis;
  int batch;
};

Result<GatherAxes> axes_of(const NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_gather_attributes>();
  const Value& input = ctx.input(0);
  const Value& indices = ctx.input(1);
  BATON_ASSIGN_OR_RETURN(const int axis, resolve_axis(attributes.axis, input.rank()));
  const int64_t batch = attributes.batch_dims < 0 ? int64_t{attributes.batch_dims} + indices.rank()
                                                  : attributes.batch_dims;
  if (batch < 0 || batch > indices.rank() || batch > axis) {
    return error(BATON_INVALID_MODEL,
                 "batch_dims is %d; it may not exceed the axis %d or the indices' rank %d",
                 attributes.batch_dims, axis, indices.rank());
  }
  return GatherAxes{axis, static_cast<int>(batch)};
}

Status infer(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& indices = ctx.input(1);
  BATON_ASSIGN_OR_RETURN(const GatherAxes axes, axes_of(ctx));
  std::vector<int32_t> dims;
  for (int i = 0; i < axes.axis; ++i) {
    if (i < axes.batch && input.dim(i) != indices.dim(i)) {
      return error(BATON_INVALID_MODEL, "batch dimension %d is %d in the input, %d in the indices",
                   i, input.dim(i), indices.dim(i));
    }
    dims.push_back(input.dim(i));
  }
  for (int i = axes.batch; i < indices.rank(); ++i) dims.push_back(indices.dim(i));
  for (int i = axes.axis + 1; i < input.rank(); ++i) dims.push_back(input.dim(i));
  return ctx.set_output_dims(0, dims);
}

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(prepare_copy(ctx));
  return check_dtype("indices", ctx.input(1).dtype(), dtypes_of<int16_t, int32_t, int64_t>());
}

template <typename Index>
Status run_indices(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& indices = ctx.input(1);
  BATON_ASSIGN_OR_RETURN(const GatherAxes axes, axes_of(ctx));
  const int64_t batches = product_of_dims(input, 0, axes.batch);
  const int64_t outer = product_of_dims(input, axes.batch, axes.axis);
  const int64_t size = input.dim(axes.axis);
  const int64_t count = product_of_dims(indices, axes.batch, indices.rank());
  const int64_t inner =
      product_of_dims(input, axes.axis + 1, input.rank()) * (dtype_bits(input.dtype()) / 8);
  const auto* index = indices.as<const Index>();
  for (int64_t i = 0; i < batches * count; ++i) {
    if (index[i] < 0 || index[i] >= size) {
      return error(BATON_INVALID_ARGUMENT, "index %lld is %lld; dimension %d has size %lld",
                   static_cast<long long>(i), static_cast<long long>(index[i]), axes.axis,
                   static_cast<long long>(size));
    }
  }
  if (inner == 0) return {};
  const auto* from = input.as<const unsigned char>();
  auto* to = ctx.output(0).as<unsigned char>();
  for (int64_t batch = 0; batch < batches; ++batch) {
    for (int64_t o = 0; o < outer; ++o) {
      for (int64_t i = 0; i < count; ++i) {
        std::memcpy(to, from + index[batch * count + i] * inner, static_cast<size_t>(inner));
        to += inner;
      }
      from += size * inner;
    }
  }
  return {};
}

Status run(NodeContext& ctx) {
  switch (ctx.input(1).dtype()) {
    case BATON_INT16:
      return run_indices<int16_t>(ctx);
    case BATON_INT64:
      return run_indices<int64_t>(ctx);
    default:
      return run_indices<int32_t>(ctx);
  }
}

int32_t min_version(const NodeContext& ctx) {
  if (ctx.input(1).dtype() == BATON_INT16) return 6;
  if (ctx.attributes<baton_gather_attributes>().batch_dims != 0) return 5;
  switch (ctx.input(0).dtype()) {
    case BATON_INT16:
      return 4;
    case BATON_BOOL:
      return 3;
    case BATON_INT8:
      return 2;
    default:
      return 1;
  }
}

}  // namespace

extern const Operator gather{
    .code = BATON_OP_GATHER,
    .name = "GATHER",
    .summary = "Slices of a tensor along an axis, picked by indices.",
    .max_version = 6,
    .inputs = {2, 2},
    .flags = kFoldable,
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
