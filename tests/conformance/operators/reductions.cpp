// One result for many elements, or one for each element and those before it.
#include <algorithm>
#include <cmath>

#include "tests/conformance/operators/parts.h"
#include "tests/conformance/operators/recipe.h"

namespace baton::conformance {
namespace {

struct Axes {
  TensorId tensor = kNoTensor;
  int64_t depth = 1;  // elements for one result
};

// A constant; axes that come with a call would make the node dynamic.
Axes pick_axes(Draft& d, const Shape& shape) {
  const auto rank = static_cast<uint32_t>(shape.size());
  enum { kOne, kLast, kSome, kAll, kNone, kTwice };
  const auto how = d.pick({kOne, kLast, kSome, kAll, kNone, kTwice});
  const uint32_t certain = how == kLast ? rank - 1 : d.random().below(rank);
  std::vector<int32_t> list;
  Axes axes;
  for (uint32_t i = 0; i < rank && how != kNone; ++i) {
    const bool listed = i == certain || how == kAll || (how == kSome && d.random().one_in(2));
    if (!listed) continue;
    list.push_back(from_either_end(d, i, rank));
    axes.depth *= shape[i];
  }
  // An axis that is listed twice counts once.
  if (how == kTwice) list.push_back(static_cast<int32_t>(certain));
  axes.tensor = list.size() == 1 ? single(d, list[0]) : int32s(d, list);
  return axes;
}

// Where sums of `depth` elements lie, seldom one does not.
Range sums(const Range& x, int64_t depth) {
  const auto count = static_cast<double>(std::max<int64_t>(depth, 1));
  // 0.58 is the standard deviation of what is spread evenly on [-1, 1].
  const double width = 3 * 0.58 * (x.high - x.low) / 2 * std::sqrt(count);
  return {x.mean() * count - width, x.mean() * count + width};
}

void reduce(Draft& d, const Shape& shape, const Content& content = {}) {
  const int32_t code = d.op().code;
  auto attributes = default_attributes<baton_reducer_attributes>();
  attributes.keep_dims = d.pick_bool();
  const Axes axes = pick_axes(d, shape);
  const TensorId x = d.input(shape, content);
  Quantization output = d.quantization_of(x);
  const bool sum = code == BATON_OP_SUM;
  if ((sum || code == BATON_OP_MEAN) && d.pick_index(4) != 3) {
    Range range = sums(d.range_of(x), axes.depth);
    if (!sum && axes.depth > 0) {
      range.low /= static_cast<double>(axes.depth);
      range.high /= static_cast<double>(axes.depth);
    }
    output = d.covering(range);
  }
  d.node(code, {x, axes.tensor}, output, attributes);
}

uint32_t pick_rank(Draft& d) { return d.pick({4u, 1u, 2u, 3u, 5u}); }

void sum(Draft& d) { reduce(d, d.shape_or_empty(pick_rank(d)), {-50, 50}); }

// Of nothing there is no mean. Means of integers would be all the same in a small range.
void mean(Draft& d) { reduce(d, d.shape(pick_rank(d)), {-1e5, 1e5}); }

// Of many elements, one is at the end of the type.
void extreme(Draft& d) {
  const uint32_t rank = pick_rank(d);
  const int64_t most = d.pick({60, 4096, 200});
  reduce(d, shape_within(d, rank, most), {-1e5, 1e5});
}

// Around 1, so that products neither vanish nor overflow; of integers odd and even ones.
void reduce_prod(Draft& d) {
  const Shape shape = shape_within(d, pick_rank(d), 60);
  const bool real = d.dtype() == BATON_FLOAT32;
  const Content content = real ? d.pick({Content{0.7, 1.4}, Content{-1.4, -0.7}})
                               : d.pick({Content{1, 3}, Content{-3, -1}});
  reduce(d, shape, content);
}

// Of few elements: of many, one is always true and one always false.
Shape few(Draft& d) {
  Shape shape(pick_rank(d));
  const int32_t most = shape.size() > 3 ? 2 : 3;
  for (int32_t& dim : shape) dim = d.random().one_in(32) ? 0 : d.random().between(1, most);
  return shape;
}

void any_or_all(Draft& d) { reduce(d, few(d)); }

void cumsum(Draft& d) {
  auto attributes = default_attributes<baton_cumsum_attributes>();
  attributes.exclusive = d.pick_bool();
  attributes.reverse = d.pick_bool();
  const uint32_t rank = d.pick({2u, 1u, 3u, 4u, 5u});
  Shape shape = d.shape_or_empty(rank);
  const uint32_t axis = pick_axis(d, shape);
  if (shape[axis] == 1 && !d.random().one_in(8)) shape[axis] = 3;
  const TensorId x = d.input(shape);
  TensorId along;
  if (d.pick_index(4) == 3) {
    // The shape does not depend on it.
    const auto end = static_cast<double>(rank);
    along = d.input(BATON_INT32, {}, {}, {-end, end - 1});
  } else {
    along = single(d, from_either_end(d, axis, rank));
  }
  d.node(BATON_OP_CUMSUM, {x, along}, d.quantization_of(x), attributes);
}

constexpr Recipe kRecipes[] = {
    {BATON_OP_CUMSUM, cumsum, 36},           {BATON_OP_MEAN, mean, 48},
    {BATON_OP_REDUCE_ALL, any_or_all},       {BATON_OP_REDUCE_ANY, any_or_all},
    {BATON_OP_REDUCE_MAX, extreme, 36},      {BATON_OP_REDUCE_MIN, extreme, 36},
    {BATON_OP_REDUCE_PROD, reduce_prod, 36}, {BATON_OP_SUM, sum, 48},
};

}  // namespace

extern const Recipes reductions_recipes{kRecipes};

}  // namespace baton::conformance
