// Parts of tensors, and tensors with something around them.
#include "tests/conformance/operators/parts.h"
#include "tests/conformance/operators/recipe.h"

namespace baton::conformance {
namespace {

void slice(Draft& d) {
  const uint32_t rank = d.pick({4u, 1u, 2u, 3u, 5u});
  const Shape shape = d.shape_or_empty(rank);
  std::vector<int32_t> begin, size;
  for (const int32_t dim : shape) {
    // Seldom nothing, often up to the end.
    begin.push_back(d.random().one_in(32) ? dim : d.random().between(0, dim / 2));
    const int32_t rest = dim - begin.back();
    size.push_back(d.random().one_in(4) ? -1 : d.random().between((rest + 1) / 2, rest));
  }
  const TensorId x = d.input(shape, kDistinct);
  // Both of one type.
  const bool wide = d.pick_bool();
  const auto vector = [&](const std::vector<int32_t>& values) {
    const std::vector<double> reals(values.begin(), values.end());
    return d.b.constant(d.b.unique_name("c"), wide ? BATON_INT64 : BATON_INT32,
                        {static_cast<int32_t>(rank)}, reals);
  };
  const TensorId from = vector(begin);
  const TensorId count = vector(size);
  d.node(BATON_OP_SLICE, {x, from, count}, d.quantization_of(x));
}

enum Style { kRanges, kMasks, kShrink, kNewAxes, kEllipsis, kOffset };

// The entries of a STRIDED_SLICE in the making.
struct Entries {
  std::vector<int32_t> begin, end, strides;
  baton_strided_slice_attributes attributes = default_attributes<baton_strided_slice_attributes>();

  int32_t bit() const { return 1 << begin.size(); }
  void add(int32_t from, int32_t to, int32_t stride) {
    begin.push_back(from);
    end.push_back(to);
    strides.push_back(stride);
  }
};

// An index from the front, or from the end.
int32_t either(Draft& d, int32_t index, int32_t size) {
  return d.random().one_in(2) ? index : index - size;
}

void add_index(Draft& d, int32_t size, Entries* entries) {
  const int32_t index = either(d, d.random().between(0, size - 1), size);
  entries->attributes.shrink_axis_mask |= entries->bit();
  entries->add(index, index + 1, 1);
}

void add_range(Draft& d, Style style, int32_t size, Entries* entries) {
  static constexpr int32_t kStrides[] = {1, 1, 2, 3, -1, -1, -2, -3};
  const int32_t stride = kStrides[d.random().below(style == kOffset ? 4 : 8)];
  if (size == 0) return entries->add(0, 0, stride);
  int32_t low = d.random().between(0, size - 1);
  int32_t high = d.random().between(0, size - 1);
  if (low > high) std::swap(low, high);
  if (style == kOffset) return entries->add(low, high - low + 1, stride);
  // Past the last element; -1 would be the last one, so what lies before the first is far off.
  int32_t begin = stride > 0 ? low : high;
  int32_t end = stride > 0 ? high + 1 : low - 1;
  if (end == -1) {
    end = -size - 1;
  } else if (end < size) {
    end = either(d, end, size);
  }
  begin = either(d, begin, size);
  // Ends that are out of range are moved into it.
  if (d.random().one_in(6)) (stride > 0 ? end : begin) = size + d.random().between(1, 100);
  if (d.random().one_in(6)) (stride > 0 ? begin : end) = -size - d.random().between(1, 100);
  // Nothing, now and then.
  if (d.random().one_in(32)) end = begin;
  if (style == kMasks && d.random().one_in(2)) entries->attributes.begin_mask |= entries->bit();
  if (style == kMasks && d.random().one_in(2)) entries->attributes.end_mask |= entries->bit();
  entries->add(begin, end, stride);
}

void strided_slice(Draft& d) {
  const Style style = d.pick({kRanges, kMasks, kShrink, kNewAxes, kEllipsis, kOffset});
  uint32_t rank = d.pick({4u, 1u, 2u, 3u, 5u});
  if (style == kNewAxes && rank == 5) rank = 4;
  const Shape shape = d.shape_or_empty(rank);
  const uint32_t special = d.random().below(rank);  // the entry that gives the style its name
  // Dimensions behind the last entry are whole.
  const uint32_t entered = d.random().one_in(4) ? special + 1 : rank;
  Entries entries;
  uint32_t dimension = 0;
  while (dimension < entered) {
    const int32_t size = shape[dimension];
    if (style == kShrink && size > 0 && (dimension == special || d.random().one_in(3))) {
      add_index(d, size, &entries);
    } else if (style == kEllipsis && dimension == special) {
      entries.attributes.ellipsis_mask |= entries.bit();
      entries.add(0, 0, 1);
      // None to all of those that are left.
      const uint32_t covered = d.random().below(rank - dimension + 1);
      dimension += covered;
      for (; dimension < rank; ++dimension) add_range(d, style, shape[dimension], &entries);
      break;
    } else {
      if (style == kNewAxes && dimension == special) {
        entries.attributes.new_axis_mask |= entries.bit();
        entries.add(0, 0, 1);
      }
      add_range(d, style, size, &entries);
    }
    ++dimension;
  }
  entries.attributes.offset = style == kOffset;
  const TensorId x = d.input(shape, kDistinct);
  const TensorId begin = int32s(d, entries.begin);
  const TensorId end = int32s(d, entries.end);
  const TensorId strides = int32s(d, entries.strides);
  d.node(BATON_OP_STRIDED_SLICE, {x, begin, end, strides}, d.quantization_of(x),
         entries.attributes);
}

// Where an update does not fit, it is moved.
void dynamic_update_slice(Draft& d) {
  const uint32_t rank = d.pick({4u, 1u, 2u, 3u, 5u});
  const baton_dtype start_type = d.pick({BATON_INT32, BATON_INT64});
  const Shape shape = d.shape_or_empty(rank);
  Shape part = shape;
  for (int32_t& dim : part) {
    if (dim > 0) dim = d.random().one_in(32) ? 0 : d.random().between((dim + 1) / 2, dim);
  }
  const TensorId x = d.input(shape, kDistinct);
  const TensorId update = operand_like(d, x, part);
  const TensorId start = operand(d, start_type, {static_cast<int32_t>(rank)}, {}, {-2, 6});
  d.node(BATON_OP_DYNAMIC_UPDATE_SLICE, {x, update, start}, d.quantization_of(x));
}

TensorId paddings(Draft& d, const std::vector<int32_t>& most) {
  std::vector<int32_t> values;
  for (const int32_t limit : most) {
    for (int side = 0; side < 2; ++side) {
      values.push_back(d.random().one_in(3) ? 0 : d.random().between(0, limit));
    }
  }
  return integers(d, {static_cast<int32_t>(most.size()), 2}, values);
}

void pad(Draft& d) {
  const uint32_t rank = d.pick({4u, 1u, 2u, 3u, 5u});
  Shape shape = shape_within(d, rank, 500);
  if (d.random().one_in(24)) shape[d.random().below(rank)] = 0;
  const TensorId x = d.input(shape, kDistinct);
  const TensorId around = paddings(d, std::vector<int32_t>(rank, rank < 4 ? 5 : 2));
  d.node(BATON_OP_PAD, {x, around}, d.quantization_of(x));
}

void padv2(Draft& d) {
  const uint32_t rank = d.pick({4u, 1u, 2u, 3u, 5u});
  const Shape one = d.pick({Shape{}, Shape{1}});
  Shape shape = shape_within(d, rank, 500);
  if (d.random().one_in(24)) shape[d.random().below(rank)] = 0;
  const TensorId x = d.input(shape, kDistinct);
  const TensorId around = paddings(d, std::vector<int32_t>(rank, rank < 4 ? 5 : 2));
  const TensorId value = operand_like(d, x, one);
  d.node(BATON_OP_PADV2, {x, around, value}, d.quantization_of(x));
}

void mirror_pad(Draft& d) {
  const uint32_t rank = d.pick({4u, 1u, 2u, 3u, 5u});
  auto attributes = default_attributes<baton_mirror_pad_attributes>();
  attributes.mode = d.pick({BATON_MIRROR_PAD_MODE_REFLECT, BATON_MIRROR_PAD_MODE_SYMMETRIC});
  const Shape shape = shape_within(d, rank, 200);
  const int32_t border = attributes.mode == BATON_MIRROR_PAD_MODE_REFLECT ? 1 : 0;
  std::vector<int32_t> most;
  for (const int32_t dim : shape) most.push_back(std::min(dim - border, rank < 4 ? 9 : 2));
  const TensorId x = d.input(shape, kDistinct);
  const TensorId around = paddings(d, most);
  d.node(BATON_OP_MIRROR_PAD, {x, around}, d.quantization_of(x), attributes);
}

constexpr Recipe kRecipes[] = {
    {BATON_OP_DYNAMIC_UPDATE_SLICE, dynamic_update_slice},
    {BATON_OP_MIRROR_PAD, mirror_pad},
    {BATON_OP_PAD, pad},
    {BATON_OP_PADV2, padv2},
    {BATON_OP_SLICE, slice},
    {BATON_OP_STRIDED_SLICE, strided_slice, 72},
};

}  // namespace

extern const Recipes slices_recipes{kRecipes};

}  // namespace baton::conformance
