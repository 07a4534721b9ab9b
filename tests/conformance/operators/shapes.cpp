// Operators that give the same elements another shape or order, or repeat them.
#include <algorithm>
#include <utility>

#include "core/graph/propagate.h"
#include "tests/conformance/operators/parts.h"
#include "tests/conformance/operators/recipe.h"

namespace baton::conformance {
namespace {

// A shape of this rank with as many elements.
Shape regroup(Draft& d, int64_t count, uint32_t rank) {
  if (count == 0) {
    Shape shape = d.shape(rank);
    shape[d.random().below(rank)] = 0;
    return shape;
  }
  Shape shape(rank, 1);
  auto rest = static_cast<int32_t>(count);
  for (int32_t& dim : shape) {
    std::vector<int32_t> divisors;
    for (int32_t k = 1; k <= rest; ++k) {
      if (rest % k == 0) divisors.push_back(k);
    }
    dim = &dim == &shape.back()
              ? rest
              : divisors[d.random().below(static_cast<uint32_t>(divisors.size()))];
    rest /= dim;
  }
  return shape;
}

void reshape(Draft& d) {
  const uint32_t to_rank = d.pick({2u, 1u, 3u, 4u, 5u, 0u});
  const uint32_t from_rank = d.pick({4u, 1u, 2u, 3u, 0u, 5u});
  enum { kTensor, kAttribute, kBoth };
  auto where = d.pick({kTensor, kAttribute, kBoth});
  const bool stretch = d.pick_bool();
  const Shape from = to_rank == 0 ? Shape(from_rank, 1) : d.shape_or_empty(from_rank);
  Shape to = regroup(d, elements(from), to_rank);
  if (stretch && to_rank != 0 && elements(from) != 0) to[d.random().below(to_rank)] = -1;
  // As an attribute, [0] is a scalar's shape in old files.
  if (to == Shape{0}) where = kTensor;
  std::vector<TensorId> inputs = {d.input(from, kDistinct)};
  if (where != kAttribute) inputs.push_back(int32s(d, to));
  auto attributes = default_attributes<baton_reshape_attributes>();
  if (where != kTensor) {
    attributes.new_shape = to.data();
    attributes.new_shape_count = to_rank;
  }
  d.node(BATON_OP_RESHAPE, inputs, d.quantization_of(inputs[0]), attributes);
}

void squeeze(Draft& d) {
  const uint32_t rank = d.pick({4u, 1u, 2u, 3u, 5u});
  const bool listed = d.pick_bool();
  Shape shape = d.shape_or_empty(rank);
  for (int32_t& dim : shape) {
    if (d.random().one_in(5)) dim = 1;
  }
  const uint32_t certain = d.random().below(rank);
  shape[certain] = 1;
  std::vector<int32_t> axes;
  for (uint32_t i = 0; i < rank && listed; ++i) {
    if (i == certain || (shape[i] == 1 && d.random().one_in(2))) {
      axes.push_back(from_either_end(d, i, rank));
    }
  }
  auto attributes = default_attributes<baton_squeeze_attributes>();
  attributes.squeeze_dims = axes.data();
  attributes.squeeze_dims_count = static_cast<uint32_t>(axes.size());
  const TensorId x = d.input(shape, kDistinct);
  d.node(BATON_OP_SQUEEZE, {x}, d.quantization_of(x), attributes);
}

void expand_dims(Draft& d) {
  const uint32_t rank = d.pick({3u, 1u, 2u, 4u, 0u});
  const Shape one = d.pick({Shape{}, Shape{1}});
  const uint32_t place = d.pick_index(rank + 1);
  const TensorId x = d.input(d.shape_or_empty(rank), kDistinct);
  const TensorId axis = integers(d, one, {from_either_end(d, place, rank + 1)});
  d.node(BATON_OP_EXPAND_DIMS, {x, axis}, d.quantization_of(x));
}

void transpose(Draft& d) {
  const uint32_t rank = d.pick({4u, 2u, 3u, 5u, 1u, 6u});
  const TensorId x = d.input(d.shape_or_empty(rank), kDistinct);
  std::vector<int32_t> order;
  for (uint32_t i = 0; i < rank; ++i) {
    order.insert(order.begin() + d.random().below(i + 1), static_cast<int32_t>(i));
  }
  // Counted from the end now and then.
  if (d.pick_index(4) == 3) {
    for (int32_t& axis : order) axis -= static_cast<int32_t>(rank);
  }
  const TensorId permutation = int32s(d, order);
  d.node(BATON_OP_TRANSPOSE, {x, permutation}, d.quantization_of(x));
}

void reverse_v2(Draft& d) {
  const uint32_t rank = d.pick({4u, 1u, 2u, 3u, 5u});
  enum { kOne, kSome, kInput };
  const auto how = d.pick({kOne, kSome, kInput});
  const Shape shape = d.shape_or_empty(rank);
  const uint32_t certain = pick_axis(d, shape);
  const TensorId x = d.input(shape, kDistinct);
  TensorId axes;
  if (how == kInput) {
    // The shape does not depend on it.
    const auto last = static_cast<double>(rank);
    axes = d.input(BATON_INT32, {1}, {}, {-last, last - 1});
  } else {
    std::vector<int32_t> list;
    for (uint32_t i = 0; i < rank; ++i) {
      if (i == certain || (how == kSome && d.random().one_in(2))) {
        list.push_back(from_either_end(d, i, rank));
      }
    }
    axes = int32s(d, list);
  }
  d.node(BATON_OP_REVERSE_V2, {x, axes}, d.quantization_of(x));
}

void reverse_sequence(Draft& d) {
  const uint32_t rank = d.pick({3u, 2u, 4u, 5u});
  const baton_dtype length_type = d.pick({BATON_INT32, BATON_INT64});
  const Shape shape = d.shape_or_empty(rank);
  const uint32_t batch = pick_axis(d, shape);
  const uint32_t sequence = (batch + 1 + d.random().below(rank - 1)) % rank;
  const TensorId x = d.input(shape, kDistinct);
  const TensorId lengths =
      operand(d, length_type, {shape[batch]}, {}, {0, static_cast<double>(shape[sequence])});
  auto attributes = default_attributes<baton_reverse_sequence_attributes>();
  attributes.batch_dim = static_cast<int32_t>(batch);
  attributes.seq_dim = static_cast<int32_t>(sequence);
  d.node(BATON_OP_REVERSE_SEQUENCE, {x, lengths}, d.quantization_of(x), attributes);
}

void tile(Draft& d) {
  const uint32_t rank = d.pick({4u, 1u, 2u, 3u, 5u});
  Shape shape = shape_within(d, rank, 400);
  if (d.random().one_in(24)) shape[d.random().below(rank)] = 0;
  const TensorId x = d.input(shape, kDistinct);
  std::vector<int32_t> multiples(rank, 1);
  const uint32_t first = d.random().below(rank);
  multiples[first] = d.random().between(2, 5);
  multiples[d.random().below(rank)] = d.random().between(1, 3);
  if (d.random().one_in(24)) multiples[first] = 0;
  const TensorId counts = integers(d, {static_cast<int32_t>(rank)}, multiples);
  d.node(BATON_OP_TILE, {x, counts}, d.quantization_of(x));
}

void broadcast_to(Draft& d) {
  const uint32_t rank = d.pick({4u, 1u, 2u, 3u, 5u});
  const Shape to = d.shape_or_empty(rank);
  const TensorId x = d.input(d.broadcast_to(to), kDistinct);
  const TensorId shape = integers(d, {static_cast<int32_t>(rank)}, to);
  d.node(BATON_OP_BROADCAST_TO, {x, shape}, d.quantization_of(x));
}

// Shapes as data: one of ones and the other anything, or one all of one number.
void broadcast_args(Draft& d) {
  const int32_t a_rank = d.pick({4, 1, 2, 3, 5});
  const int32_t b_rank = d.pick({3, 2, 1, 5, 4});
  const double size = d.pick({7, 2, 0, 33});
  const bool swapped = d.pick_bool();
  const bool ones = d.pick_bool();
  std::vector<TensorId> inputs;
  if (ones) {
    inputs.push_back(d.input(d.dtype(), {a_rank}, {}, {0, 20}));
    inputs.push_back(operand(d, d.dtype(), {b_rank}, {}, {1, 1}));
  } else {
    std::vector<double> sizes(static_cast<size_t>(b_rank));
    for (double& b : sizes) b = d.random().one_in(2) ? 1 : size;
    // What has no partner may be anything.
    for (int32_t i = 0; i < b_rank - a_rank; ++i) {
      sizes[static_cast<size_t>(i)] = d.random().between(1, 9);
    }
    inputs.push_back(d.input(d.dtype(), {a_rank}, {}, {size, size}));
    inputs.push_back(d.b.constant(d.b.unique_name("c"), d.dtype(), {b_rank}, sizes));
  }
  if (swapped) std::swap(inputs[0], inputs[1]);
  d.node(BATON_OP_BROADCAST_ARGS, inputs, Quantization{});
}

// To types of the same, of a smaller and of a larger size. Never to bool, which has bits that are
// no value.
void bitcast(Draft& d) {
  const baton_dtype to = d.dtype() == BATON_BOOL
                             ? BATON_INT8
                             : d.pick({BATON_INT32, BATON_FLOAT32, BATON_UINT8, BATON_INT64,
                                       BATON_INT16, BATON_FLOAT64, BATON_INT8, BATON_FLOAT16,
                                       BATON_UINT32, BATON_COMPLEX64, BATON_UINT16, BATON_UINT64});
  const auto from_bits = static_cast<int32_t>(dtype_bits(d.dtype()));
  const auto to_bits = static_cast<int32_t>(dtype_bits(to));
  Shape shape = shape_within(d, d.pick({2u, 1u, 3u, 0u}), 500);
  if (to_bits > from_bits) shape.push_back(to_bits / from_bits);
  const TensorId x = d.input(d.dtype(), shape, {}, {-100, 100});
  d.node(BATON_OP_BITCAST, {x}, Outputs{{to, {}}});
}

void fill(Draft& d) {
  const uint32_t rank = d.pick({4u, 1u, 2u, 3u, 5u, 0u});
  const TensorId value = d.input({}, kDistinct);
  const TensorId shape = integers(d, {static_cast<int32_t>(rank)}, d.shape_or_empty(rank));
  d.node(BATON_OP_FILL, {shape, value}, d.quantization_of(value));
}

// Its length must be known, and short ones are folded.
void range(Draft& d) {
  const bool real = d.dtype() == BATON_FLOAT32;
  const double step = d.pick({1, -1, 3, -7, 2, -4}) * (real ? 0.25 : 1);
  const double start = d.pick({0, -5, 1000}) * (real ? 0.5 : 1);
  const double count = d.random().between(kMaxFoldedBytes / 4 + 1, 1500);
  // Ends on an element, or somewhere before the next.
  const double limit = start + step * count - (real && d.pick_bool() ? step / 2 : 0);
  std::vector<TensorId> inputs;
  for (const double number : {start, limit, step}) {
    inputs.push_back(d.b.constant(d.b.unique_name("c"), d.dtype(), {}, std::span(&number, 1)));
  }
  d.node(BATON_OP_RANGE, inputs, Quantization{});
}

// Small ones are folded.
void zeros_like(Draft& d) {
  Shape shape = d.shape(d.pick({4u, 1u, 2u, 3u, 5u}));
  const auto bytes = static_cast<int64_t>(dtype_bits(d.dtype()) / 8);
  while (elements(shape) * bytes <= static_cast<int64_t>(kMaxFoldedBytes)) {
    int32_t& dim = shape[d.random().below(static_cast<uint32_t>(shape.size()))];
    dim = dim * 2 + 1;
  }
  const TensorId x = d.input(shape, kDistinct);
  d.node(BATON_OP_ZEROS_LIKE, {x}, d.quantization_of(x));
}

void matrix_diag(Draft& d) {
  const uint32_t rank = d.pick({1u, 2u, 3u, 4u});
  Shape shape = shape_within(d, rank, 300);
  if (d.random().one_in(24)) shape[d.random().below(rank)] = 0;
  const TensorId x = d.input(shape, kDistinct);
  d.node(BATON_OP_MATRIX_DIAG, {x}, d.quantization_of(x));
}

void matrix_set_diag(Draft& d) {
  const uint32_t rank = d.pick({2u, 3u, 4u, 5u});
  Shape shape = d.shape_or_empty(rank);
  const TensorId x = d.input(shape, kDistinct);
  const int32_t columns = shape.back();
  shape.pop_back();
  shape.back() = std::min(shape.back(), columns);
  const TensorId diagonal = operand_like(d, x, shape);
  d.node(BATON_OP_MATRIX_SET_DIAG, {x, diagonal}, d.quantization_of(x));
}

constexpr uint32_t kFillTypes = dtype_bit(BATON_FLOAT32) | dtype_bit(BATON_FLOAT16) |
                                dtype_bit(BATON_INT8) | dtype_bit(BATON_INT16) |
                                dtype_bit(BATON_INT32) | dtype_bit(BATON_INT64) |
                                dtype_bit(BATON_BOOL);

constexpr Recipe kRecipes[] = {
    {BATON_OP_BITCAST, bitcast},
    {BATON_OP_BROADCAST_ARGS, broadcast_args},
    {BATON_OP_BROADCAST_TO, broadcast_to},
    {BATON_OP_EXPAND_DIMS, expand_dims},
    {.op = BATON_OP_FILL, .make = fill, .dtypes = kFillTypes},
    {BATON_OP_MATRIX_DIAG, matrix_diag},
    {BATON_OP_MATRIX_SET_DIAG, matrix_set_diag},
    {BATON_OP_RANGE, range, 12},
    {BATON_OP_RESHAPE, reshape, 36},
    {BATON_OP_REVERSE_SEQUENCE, reverse_sequence},
    {BATON_OP_REVERSE_V2, reverse_v2},
    {BATON_OP_SQUEEZE, squeeze},
    {BATON_OP_TILE, tile},
    {BATON_OP_TRANSPOSE, transpose},
    {BATON_OP_ZEROS_LIKE, zeros_like, 8},
};

}  // namespace

extern const Recipes shapes_recipes{kRecipes};

}  // namespace baton::conformance
