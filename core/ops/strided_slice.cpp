#include <algorithm>

#include "core/ops/support/copy.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {
namespace {

// One dimension of the input, or a new one of size 1 (step and stride then count nothing).
struct SliceAxis {
  int64_t begin = 0;
  int64_t stride = 1;
  int64_t size = 1;  // in the output
  int64_t step = 0;  // elements of the input from one index to the next
  bool dropped = false;
};

bool bit(int32_t mask, int i) { return i < 31 && (mask >> i & 1) != 0; }

// The part of one dimension that begin, end and stride select.
Status select(const NodeContext& ctx, int i, int32_t size, SliceAxis* axis) {
  const auto& attributes = ctx.attributes<baton_strided_slice_attributes>();
  const int64_t stride = ctx.input(3).as<const int32_t>()[i];
  if (stride == 0) return error(BATON_INVALID_MODEL, "stride %d is 0", i);
  // Indices of a backward slice run from size - 1 down to an end of -1.
  const int64_t low = stride > 0 ? 0 : -1;
  const int64_t high = stride > 0 ? size : size - 1;
  const auto bounded = [&](int64_t index) {
    return std::clamp(index < 0 ? index + size : index, low, high);
  };
  int64_t begin = bounded(ctx.input(1).as<const int32_t>()[i]);
  if (bit(attributes.begin_mask, i)) begin = stride > 0 ? 0 : size - 1;
  axis->begin = begin;
  axis->stride = stride;
  if (bit(attributes.shrink_axis_mask, i)) {
    if (begin < 0 || begin >= size) {
      return error(BATON_INVALID_MODEL, "index %d of dimension %d is out of range for size %d",
                   ctx.input(1).as<const int32_t>()[i], i, size);
    }
    axis->dropped = true;
    return {};
  }
  int64_t end = ctx.input(2).as<const int32_t>()[i];
  if (attributes.offset) {
    end = std::clamp(begin + end, low, high);
  } else {
    end = bounded(end);
  }
  if (bit(attributes.end_mask, i)) end = stride > 0 ? size : -1;
  const int64_t distance = stride > 0 ? end - begin : begin - end;
  const int64_t pace = stride > 0 ? stride : -stride;
  axis->size = size == 0 || distance <= 0 ? 0 : (distance + pace - 1) / pace;
  return {};
}

// Calls visit(axis) for each dimension of the result (before dropping), in order.
template <typename Visit>
Status for_each_axis(const NodeContext& ctx, const Visit& visit) {
  const auto& attributes = ctx.attributes<baton_strided_slice_attributes>();
  const Value& input = ctx.input(0);
  const int count = ctx.input(1).dim(0);
  int new_axes = 0;
  for (int i = 0; i < count; ++i) {
    if (bit(attributes.new_axis_mask, i) && !bit(attributes.ellipsis_mask, i)) ++new_axes;
  }
  int dimension = 0;  // of the input
  const auto whole = [&]() {
    visit(SliceAxis{0, 1, input.dim(dimension), product_of_dims(input, dimension + 1, input.rank()),
                    false});
    ++dimension;
  };
  bool expanded = false;
  for (int i = 0; i < count; ++i) {
    if (bit(attributes.ellipsis_mask, i)) {
      if (expanded) return error(BATON_INVALID_MODEL, "ellipsis_mask has more than one bit");
      expanded = true;
      // As many dimensions as the other entries leave.
      const int covered = input.rank() - (count - 1 - new_axes);
      for (int k = 0; k < covered; ++k) whole();
      continue;
    }
    if (bit(attributes.new_axis_mask, i)) {
      visit(SliceAxis{});
      continue;
    }
    if (dimension >= input.rank()) {
      return error(BATON_INVALID_MODEL, "begin has entries for more than the %d dimensions",
                   input.rank());
    }
    SliceAxis axis;
    axis.step = product_of_dims(input, dimension + 1, input.rank());
    BATON_RETURN_IF_ERROR(select(ctx, i, input.dim(dimension), &axis));
    visit(axis);
    ++dimension;
  }
  while (dimension < input.rank()) whole();
  return {};
}

Status infer(NodeContext& ctx) {
  const char* const names[] = {"", "begin", "end", "strides"};
  for (int i = 1; i <= 3; ++i) {
    const Value& vector = ctx.input(i);
    if (vector.dtype() != BATON_INT32 || vector.rank() != 1 ||
        vector.dim(0) != ctx.input(1).dim(0) || vector.dim(0) > 31) {
      return error(BATON_INVALID_MODEL,
                   "%s must be a vector of at most 31 int32, as many as begin has", names[i]);
    }
  }
  if (!inputs_known(ctx, 1)) {
    ctx.set_output_unknown(0);
    return {};
  }
  std::vector<int32_t> dims;
  BATON_RETURN_IF_ERROR(for_each_axis(ctx, [&](const SliceAxis& axis) {
    if (!axis.dropped) dims.push_back(static_cast<int32_t>(axis.size));
  }));
  return ctx.set_output_dims(0, dims);
}

Status run(NodeContext& ctx) {
  const Value& output = ctx.output(0);
  StridedCopy copy;
  int64_t from = 0;
  int64_t to_step = output.count();
  BATON_RETURN_IF_ERROR(for_each_axis(ctx, [&](const SliceAxis& axis) {
    from += axis.begin * axis.step;
    if (axis.size != 0) to_step /= axis.size;
    copy.add(axis.size, axis.stride * axis.step, to_step);
  }));
  copy.start(from, 0);
  return copy.run(ctx, output.dtype(), ctx.input(0).data(), output.data());
}

int32_t min_version(const NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_strided_slice_attributes>();
  const Value& input = ctx.input(0);
  if (attributes.offset) return 8;
  if (input.dtype() == BATON_UINT32) return 7;
  if (attributes.ellipsis_mask != 0 || attributes.new_axis_mask != 0) return 6;
  if (input.rank() > 4) return 4;
  return input.dtype() == BATON_BOOL ? 3 : input.dtype() == BATON_INT8 ? 2 : 1;
}

}  // namespace

extern const Operator strided_slice{
    .code = BATON_OP_STRIDED_SLICE,
    .name = "STRIDED_SLICE",
    .summary =
        "A regular part of a tensor, by begin, end and stride of each dimension, with masks.",
    .max_version = 8,
    .inputs = {4, 4},
    .flags = kFoldable,
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare_copy,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
