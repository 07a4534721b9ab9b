// Operators with indices among their inputs: they read rows, or write them.
#include <algorithm>
#include <numeric>

#include "tests/conformance/operators/parts.h"
#include "tests/conformance/operators/recipe.h"

namespace baton::conformance {
namespace {

Content below(int32_t size) { return {0, static_cast<double>(size - 1)}; }

// [leading..., columns] indices into the first dimensions of a shape, as an input or a constant.
TensorId nd_indices(Draft& d, baton_dtype dtype, Shape leading, const Shape& shape,
                    uint32_t columns) {
  const auto indexed = std::span(shape).first(columns);
  const int64_t rows = elements(leading);
  leading.push_back(static_cast<int32_t>(columns));
  // All columns of an input have the same content, so it is the smallest dimension's.
  if (d.pick_index(3) != 2) {
    return d.input(dtype, leading, {}, below(*std::ranges::min_element(indexed)));
  }
  std::vector<double> values;
  for (int64_t row = 0; row < rows; ++row) {
    for (const int32_t dim : indexed) values.push_back(d.random().between(0, dim - 1));
  }
  return d.b.constant(d.b.unique_name("c"), dtype, leading, values);
}

void gather(Draft& d) {
  const uint32_t rank = d.pick({2u, 1u, 3u, 4u, 5u});
  const baton_dtype index_type = d.pick({BATON_INT32, BATON_INT64, BATON_INT16});
  const uint32_t extra = d.pick({1u, 0u, 2u});
  const bool batched = d.pick_bool();
  const Shape shape = shape_within(d, rank, 300);
  const uint32_t axis = pick_axis(d, shape);
  const uint32_t batch = batched ? d.random().below(axis + 1) : 0;
  Shape rows(shape.begin(), shape.begin() + batch);
  for (uint32_t i = 0; i < extra; ++i) {
    rows.push_back(d.random().one_in(32) ? 0 : d.random().between(1, 5));
  }
  const TensorId x = d.input(shape, kDistinct);
  const TensorId indices = operand(d, index_type, rows, {}, below(shape[axis]));
  auto attributes = default_attributes<baton_gather_attributes>();
  attributes.axis = from_either_end(d, axis, rank);
  // Counted from the end of the indices' dimensions, it cannot name all of them.
  attributes.batch_dims =
      extra != 0 ? from_either_end(d, batch, rows.size()) : static_cast<int32_t>(batch);
  if (batch == 0) attributes.batch_dims = 0;
  d.node(BATON_OP_GATHER, {x, indices}, d.quantization_of(x), attributes);
}

Shape leading_of_indices(Draft& d) {
  Shape leading(d.pick({1u, 2u, 3u}));
  for (int32_t& dim : leading) dim = d.random().between(1, 4);
  if (d.random().one_in(32)) leading[0] = 0;
  return leading;
}

void gather_nd(Draft& d) {
  const uint32_t rank = d.pick({3u, 1u, 2u, 4u, 5u});
  const baton_dtype index_type = d.pick({BATON_INT32, BATON_INT64, BATON_INT16});
  const uint32_t columns = d.pick_index(rank) + 1;
  const Shape leading = leading_of_indices(d);
  const Shape shape = shape_within(d, rank, 300);
  const TensorId x = d.input(shape, kDistinct);
  const TensorId indices = nd_indices(d, index_type, leading, shape, columns);
  d.node(BATON_OP_GATHER_ND, {x, indices}, d.quantization_of(x));
}

// Rows with the same indices are added up.
void scatter_nd(Draft& d) {
  const uint32_t rank = d.pick({3u, 1u, 2u, 4u, 5u});
  const uint32_t columns = d.pick_index(rank) + 1;
  const Shape leading = leading_of_indices(d);
  const Shape shape = shape_within(d, rank, 300);
  Shape rows = leading;
  rows.insert(rows.end(), shape.begin() + columns, shape.end());
  const TensorId indices = nd_indices(d, BATON_INT32, leading, shape, columns);
  const TensorId updates = d.input(rows, kDistinct);
  const TensorId to = int32s(d, shape);
  d.node(BATON_OP_SCATTER_ND, {indices, updates, to}, d.quantization_of(updates));
}

// Indices out of range have no hot element.
void one_hot(Draft& d) {
  const uint32_t rank = d.pick({1u, 2u, 3u, 0u, 4u});
  const baton_dtype index_type = d.pick({BATON_INT32, BATON_INT64});
  const int32_t depth = d.pick({5, 1, 10, 3, 17, 2});
  const uint32_t axis = d.pick_index(rank + 1);
  Shape shape = shape_within(d, rank, 200);
  if (rank != 0 && d.random().one_in(24)) shape[d.random().below(rank)] = 0;
  auto attributes = default_attributes<baton_one_hot_attributes>();
  // -1 is the one negative axis.
  attributes.axis = axis == rank && d.random().one_in(2) ? -1 : static_cast<int32_t>(axis);
  const TensorId indices = d.input(index_type, shape, {}, {-1, static_cast<double>(depth)});
  const TensorId size = d.b.int32(d.b.unique_name("c"), depth);
  const TensorId on = d.input({}, {1, 2});
  const TensorId off = operand_like(d, on, {}, {-2, 0});
  d.node(BATON_OP_ONE_HOT, {indices, size, on, off}, d.quantization_of(on), attributes);
}

void embedding_lookup(Draft& d) {
  const uint32_t rank = d.pick({2u, 3u, 4u});
  const int32_t count = d.random().one_in(24) ? 0 : d.size();
  const Shape shape = shape_within(d, rank, 300);
  const TensorId lookup = d.input(BATON_INT32, {count}, {}, below(shape[0]));
  if (!d.hybrid()) {
    const TensorId table = d.operand(shape);
    return d.node(BATON_OP_EMBEDDING_LOOKUP, {lookup, table}, d.quantization_of(table));
  }
  // Rows of bytes become real: one scale, or one for each row.
  enum { kBytes, kUnsignedBytes, kScaledRows };
  Quantization rows = tflite::per_tensor(0.02f);
  const auto how = d.pick({kBytes, kUnsignedBytes, kScaledRows});
  if (how == kScaledRows) {
    std::vector<float> scales(static_cast<size_t>(shape[0]));
    for (float& scale : scales) scale = static_cast<float>(d.random().real(0.001, 0.05));
    rows = tflite::per_axis(scales, 0);
  }
  const TensorId table = d.constant(how == kUnsignedBytes ? BATON_UINT8 : BATON_INT8, shape, rows);
  d.node(BATON_OP_EMBEDDING_LOOKUP, {lookup, table}, Quantization{});
}

// Each element is named once: which of two values stays is nobody's promise.
void sparse_to_dense(Draft& d) {
  const baton_dtype index_type = d.pick({BATON_INT32, BATON_INT64});
  const uint32_t rank = d.pick({1u, 2u, 3u, 4u, 1u});
  enum { kRows, kVector, kScalar };
  const auto how = rank == 1 ? d.pick({kVector, kScalar, kRows}) : kRows;
  const bool one_value = d.pick_index(4) == 3;
  const Shape shape = shape_within(d, rank, 400);
  const auto size = static_cast<int32_t>(elements(shape));
  const int32_t rows = how == kScalar ? 1 : d.random().between(1, std::min(size, 20));
  // Places in ascending order.
  std::vector<double> values;
  for (int32_t row = 0; row < rows; ++row) {
    int32_t place = static_cast<int32_t>(int64_t{size} * row / rows);
    std::vector<double> index;
    for (uint32_t i = rank; i-- > 0; place /= shape[i]) index.push_back(place % shape[i]);
    values.insert(values.end(), index.rbegin(), index.rend());
  }
  const Shape index_shape = how == kRows     ? Shape{rows, static_cast<int32_t>(rank)}
                            : how == kVector ? Shape{rows}
                                             : Shape{};
  TensorId indices;
  if (rows == 1 && d.random().one_in(2)) {
    indices = d.input(index_type, index_shape, {}, below(*std::ranges::min_element(shape)));
  } else {
    indices = d.b.constant(d.b.unique_name("c"), index_type, index_shape, values);
  }
  std::vector<double> dims(shape.begin(), shape.end());
  const TensorId to =
      d.b.constant(d.b.unique_name("c"), index_type, {static_cast<int32_t>(rank)}, dims);
  const TensorId x = d.input(one_value || how == kScalar ? Shape{} : Shape{rows}, kDistinct);
  const TensorId rest = operand_like(d, x, {});
  auto attributes = default_attributes<baton_sparse_to_dense_attributes>();
  attributes.validate_indices = d.pick_bool();
  d.node(BATON_OP_SPARSE_TO_DENSE, {indices, to, x, rest}, d.quantization_of(x), attributes);
}

// Ids start at 0 and grow by 0 or 1.
void segment_sum(Draft& d) {
  const uint32_t rank = d.pick({2u, 1u, 3u, 4u});
  const uint32_t pace = d.pick({2u, 1u, 4u});
  const Shape shape = d.shape_or_empty(rank);
  std::vector<int32_t> ids;
  for (int32_t i = 0; i < shape[0]; ++i) {
    ids.push_back(i == 0 ? 0 : ids.back() + (d.random().one_in(pace) ? 1 : 0));
  }
  const TensorId x = d.input(shape, kDistinct);
  const TensorId segments = int32s(d, ids);
  d.node(BATON_OP_SEGMENT_SUM, {x, segments}, d.quantization_of(x));
}

constexpr uint32_t kScatterTypes = dtype_bit(BATON_FLOAT32) | dtype_bit(BATON_INT8) |
                                   dtype_bit(BATON_UINT8) | dtype_bit(BATON_INT32) |
                                   dtype_bit(BATON_INT64) | dtype_bit(BATON_BOOL);
constexpr uint32_t kSparseTypes = kScatterTypes & ~dtype_bit(BATON_BOOL);
constexpr uint32_t kOneHotTypes = kScatterTypes | dtype_bit(BATON_INT16);
constexpr uint32_t kTableTypes =
    dtype_bit(BATON_FLOAT32) | dtype_bit(BATON_INT8) | dtype_bit(BATON_UINT8);

constexpr Recipe kRecipes[] = {
    {.op = BATON_OP_EMBEDDING_LOOKUP,
     .make = embedding_lookup,
     .hybrid = true,
     .dtypes = kTableTypes},
    {BATON_OP_GATHER, gather, 36},
    {BATON_OP_GATHER_ND, gather_nd},
    {.op = BATON_OP_ONE_HOT, .make = one_hot, .dtypes = kOneHotTypes},
    {.op = BATON_OP_SCATTER_ND, .make = scatter_nd, .dtypes = kScatterTypes},
    {BATON_OP_SEGMENT_SUM, segment_sum},
    {.op = BATON_OP_SPARSE_TO_DENSE, .make = sparse_to_dense, .dtypes = kSparseTypes},
};

}  // namespace

extern const Recipes indices_recipes{kRecipes};

}  // namespace baton::conformance
