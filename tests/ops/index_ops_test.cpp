// Operators that go by indices, or give them: GATHER_ND, SCATTER_ND, SPARSE_TO_DENSE, ONE_HOT,
// EMBEDDING_LOOKUP, SEGMENT_SUM, TOPK_V2, WHERE and UNIQUE.
#include <numeric>

#include "tests/ops/op_cases.h"

namespace baton::test {
namespace {

using Ints = std::vector<int32_t>;

// An index for each of `columns` leading dimensions of dims, in each of `rows` rows.
Ints some_indices(const Dims& dims, size_t rows, size_t columns) {
  Ints indices;
  const Reals reals = scattered(rows * columns, 0, 0.999, 5);
  for (size_t i = 0; i < reals.size(); ++i) {
    indices.push_back(static_cast<int32_t>(reals[i] * dims[i % columns]));
  }
  return indices;
}

struct NdCase {
  Dims tensor;   // the gathered one, or the one that is scattered into
  Dims indices;  // the last: columns
};
const NdCase kNdCases[] = {
    {{5}, {3, 1}},       {{4, 3}, {2, 1}},    {{4, 3}, {5, 2}}, {{2, 3, 4}, {2, 2, 2}},
    {{2, 3, 4}, {3, 0}}, {{2, 3, 4}, {0, 2}}, {{3, 2}, {2}},    {{4, 0}, {2, 1}},
};

template <typename Index>
void check_gather(const NdCase& each) {
  SCOPED_TRACE(text_of(each.tensor) + text_of(each.indices));
  const auto columns = static_cast<size_t>(each.indices.back());
  const Dims lead(each.indices.begin(), each.indices.end() - 1);
  const Ints indices = some_indices(each.tensor, count_of(lead), columns);
  const auto content = counting<int16_t>(count_of(each.tensor));
  OpHarness op(BATON_OP_GATHER_ND);
  op.input(each.tensor, content);
  op.input(each.indices, std::vector<Index>(indices.begin(), indices.end())).output(BATON_INT16);
  ASSERT_TRUE(op.run()) << op.message();
  Dims dims = lead;
  dims.insert(dims.end(), each.tensor.begin() + static_cast<long>(columns), each.tensor.end());
  EXPECT_EQ(op.dims(), dims);
  std::vector<int16_t> expected;
  for (size_t i = 0; i < count_of(dims); ++i) {
    const Ints at = coordinates(dims, i);
    const size_t row = flat(lead, {at.begin(), at.begin() + static_cast<long>(lead.size())});
    Ints from(indices.begin() + static_cast<long>(row * columns),
              indices.begin() + static_cast<long>((row + 1) * columns));
    from.insert(from.end(), at.begin() + static_cast<long>(lead.size()), at.end());
    expected.push_back(content[flat(each.tensor, from)]);
  }
  EXPECT_EQ(op.result<int16_t>(), expected);
}

TEST(GatherNd, Table) {
  for (const NdCase& each : kNdCases) {
    check_gather<int16_t>(each);
    check_gather<int32_t>(each);
    check_gather<int64_t>(each);
  }
}

TEST(GatherNd, Refusals) {
  for (const int32_t index : {-1, 3}) {
    OpHarness op(BATON_OP_GATHER_ND);
    op.input<float>({2, 3}, counting<float>(6)).input<int32_t>({2, 2}, {0, 0, 1, index});
    op.output(BATON_FLOAT32);
    EXPECT_FALSE(op.run());
    EXPECT_EQ(op.status().code(), BATON_INVALID_ARGUMENT);
    EXPECT_NE(op.message().find("index 1 of row 1"), std::string::npos) << op.message();
  }
  OpHarness columns(BATON_OP_GATHER_ND);
  columns.input<float>({2}, {1, 2}).input<int32_t>({1, 2}, {0, 0}).output(BATON_FLOAT32);
  EXPECT_EQ(columns.infer().code(), BATON_INVALID_MODEL);
  OpHarness scalar(BATON_OP_GATHER_ND);
  scalar.input<float>({2}, {1, 2}).input<int32_t>({}, {0}).output(BATON_FLOAT32);
  EXPECT_EQ(scalar.infer().code(), BATON_INVALID_MODEL);
}

TEST(ScatterNd, TableWithRepeatedIndices) {
  for (const NdCase& each : kNdCases) {
    for (const baton_dtype dtype :
         {BATON_FLOAT32, BATON_INT32, BATON_INT64, BATON_INT8, BATON_UINT8, BATON_BOOL}) {
      SCOPED_TRACE(text_of(each.tensor) + text_of(each.indices) + dtype_name(dtype));
      const ElementType type{dtype};
      const auto columns = static_cast<size_t>(each.indices.back());
      const Dims lead(each.indices.begin(), each.indices.end() - 1);
      const Ints indices = some_indices(each.tensor, count_of(lead), columns);
      Dims update_dims = lead;
      update_dims.insert(update_dims.end(), each.tensor.begin() + static_cast<long>(columns),
                         each.tensor.end());
      if (update_dims.empty()) update_dims = {1};
      Reals updates = scattered(count_of(update_dims), 0, dtype == BATON_BOOL ? 1 : 20, 6);
      OpHarness op(BATON_OP_SCATTER_ND);
      op.input(each.indices, indices);
      if (lead.empty() && columns == each.tensor.size()) continue;  // a scalar of updates
      add_input(op, update_dims, updates, type);
      op.constant({static_cast<int32_t>(each.tensor.size())}, each.tensor).output(dtype);
      ASSERT_TRUE(op.run()) << op.message();
      EXPECT_EQ(op.dims(), each.tensor);
      Reals expected(count_of(each.tensor), 0.0);
      for (size_t i = 0; i < updates.size(); ++i) {
        const Ints at = coordinates(update_dims, i);
        const size_t row = flat(lead, {at.begin(), at.begin() + static_cast<long>(lead.size())});
        Ints to(indices.begin() + static_cast<long>(row * columns),
                indices.begin() + static_cast<long>((row + 1) * columns));
        to.insert(to.end(), at.begin() + static_cast<long>(lead.size()), at.end());
        double& element = expected[flat(each.tensor, to)];
        element = dtype == BATON_BOOL ? std::max(element, updates[i]) : element + updates[i];
      }
      const Reals actual =
          dtype == BATON_BOOL ? reals_of(op.result<bool>(), type) : result_reals(op, type);
      ASSERT_EQ(actual.size(), expected.size());
      for (size_t i = 0; i < actual.size(); ++i) ASSERT_NEAR(actual[i], expected[i], 1e-5);
    }
  }
}

TEST(ScatterNd, Refusals) {
  for (const int32_t index : {-1, 4}) {
    OpHarness op(BATON_OP_SCATTER_ND);
    op.input<int32_t>({1, 1}, {index}).input<float>({1}, {1}).constant<int32_t>({1}, {4});
    op.output(BATON_FLOAT32);
    EXPECT_FALSE(op.run());
    EXPECT_EQ(op.status().code(), BATON_INVALID_ARGUMENT);
  }
  struct {
    Dims updates;
    Ints shape;
  } const table[] = {{{2}, {4}}, {{1, 2}, {4, 3}}, {{1, 3}, {4}}, {{1}, {-4}}, {{}, {4}}};
  for (const auto& each : table) {
    OpHarness op(BATON_OP_SCATTER_ND);
    op.input<int32_t>({1, 1}, {0}).input(each.updates, counting<float>(count_of(each.updates)));
    op.constant({static_cast<int32_t>(each.shape.size())}, each.shape).output(BATON_FLOAT32);
    EXPECT_EQ(op.infer().code(), BATON_INVALID_MODEL) << text_of(each.updates);
  }
  OpHarness unknown(BATON_OP_SCATTER_ND);
  unknown.input<int32_t>({1, 1}, {0}).input<float>({1}, {1}).input<int32_t>({1}, {4});
  unknown.output(BATON_FLOAT32);
  ASSERT_TRUE(unknown.infer().ok());
  EXPECT_FALSE(unknown.context().output(0).shape_known());
}

TEST(SparseToDense, Table) {
  struct {
    Dims index_dims;
    std::vector<int64_t> indices;
    Dims shape;
    Dims value_dims;
    std::vector<float> values;
    std::vector<float> expected;
  } const table[] = {
      {{}, {2}, {4}, {}, {7}, {9, 9, 7, 9}},
      {{2}, {3, 0}, {4}, {2}, {7, 8}, {8, 9, 9, 7}},
      {{2}, {1, 1}, {2}, {}, {5}, {9, 5}},
      {{2, 2}, {0, 1, 1, 0}, {2, 2}, {2}, {1, 2}, {9, 1, 2, 9}},
      {{0, 2}, {}, {1, 2}, {0}, {}, {9, 9}},
  };
  for (const auto& each : table) {
    for (const bool wide : {false, true}) {
      OpHarness op(BATON_OP_SPARSE_TO_DENSE);
      if (wide) {
        op.input(each.index_dims, each.indices);
      } else {
        op.input(each.index_dims, Ints(each.indices.begin(), each.indices.end()));
      }
      op.constant({static_cast<int32_t>(each.shape.size())}, each.shape);
      op.input(each.value_dims, each.values).input<float>({}, {9}).output(BATON_FLOAT32);
      op.attributes(baton_sparse_to_dense_attributes(BATON_SPARSE_TO_DENSE_ATTRIBUTES_INIT));
      ASSERT_TRUE(op.run()) << op.message();
      EXPECT_EQ(op.dims(), each.shape);
      EXPECT_EQ(op.result<float>(), each.expected);
    }
  }
}

TEST(SparseToDense, Refusals) {
  for (const int32_t index : {-1, 4}) {
    OpHarness op(BATON_OP_SPARSE_TO_DENSE);
    op.input<int32_t>({1}, {index}).constant<int32_t>({1}, {4}).input<float>({1}, {1});
    op.input<float>({}, {0}).output(BATON_FLOAT32);
    EXPECT_FALSE(op.run());
    EXPECT_EQ(op.status().code(), BATON_INVALID_ARGUMENT);
  }
  OpHarness columns(BATON_OP_SPARSE_TO_DENSE);
  columns.input<int32_t>({1, 2}, {0, 0}).constant<int32_t>({1}, {4}).input<float>({1}, {1});
  columns.input<float>({}, {0}).output(BATON_FLOAT32);
  EXPECT_EQ(columns.infer().code(), BATON_INVALID_MODEL);
  OpHarness values(BATON_OP_SPARSE_TO_DENSE);
  values.input<int32_t>({2}, {0, 0}).constant<int32_t>({1}, {4}).input<float>({1}, {1});
  values.input<float>({}, {0}).output(BATON_FLOAT32);
  EXPECT_EQ(values.infer().code(), BATON_INVALID_MODEL);
}

TEST(OneHot, EveryAxis) {
  for (const Dims& dims : {Dims{}, Dims{3}, Dims{2, 3}, Dims{2, 0}}) {
    const auto rank = static_cast<int32_t>(dims.size());
    for (int32_t axis = -1; axis <= rank; ++axis) {
      SCOPED_TRACE(text_of(dims) + std::to_string(axis));
      Ints indices;
      for (size_t i = 0; i < count_of(dims); ++i) indices.push_back(static_cast<int32_t>(i) - 1);
      OpHarness op(BATON_OP_ONE_HOT);
      op.input(dims, indices).constant<int32_t>({}, {4});
      op.input<int8_t>({}, {7}).input<int8_t>({}, {-2}).output(BATON_INT8).threads(3);
      baton_one_hot_attributes attributes = BATON_ONE_HOT_ATTRIBUTES_INIT;
      attributes.axis = axis;
      op.attributes(attributes);
      ASSERT_TRUE(op.run()) << op.message();
      const int32_t at = axis == -1 ? rank : axis;
      Dims out = dims;
      out.insert(out.begin() + at, 4);
      EXPECT_EQ(op.dims(), out);
      std::vector<int8_t> expected;
      for (size_t i = 0; i < count_of(out); ++i) {
        Ints index = coordinates(out, i);
        const int32_t which = index[static_cast<size_t>(at)];
        index.erase(index.begin() + at);
        expected.push_back(indices[flat(dims, index)] == which ? 7 : -2);
      }
      EXPECT_EQ(op.result<int8_t>(), expected);
    }
  }
}

TEST(OneHot, Refusals) {
  for (const auto& [axis, depth] : {std::pair{2, 3}, std::pair{-3, 3}, std::pair{0, -1}}) {
    OpHarness op(BATON_OP_ONE_HOT);
    op.input<int32_t>({1}, {0}).constant<int32_t>({}, {depth});
    op.input<float>({}, {1}).input<float>({}, {0}).output(BATON_FLOAT32);
    baton_one_hot_attributes attributes = BATON_ONE_HOT_ATTRIBUTES_INIT;
    attributes.axis = axis;
    EXPECT_EQ(op.attributes(attributes).infer().code(), BATON_INVALID_MODEL) << axis;
  }
}

TEST(EmbeddingLookup, RowsAsTheyAreOrScaled) {
  const std::vector<int8_t> table{1, 2, 3, 4, -5, -6};
  {
    OpHarness op(BATON_OP_EMBEDDING_LOOKUP);
    op.input<int32_t>({3}, {2, 0, 2}).input({3, 2}, table).output(BATON_INT8);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), (Dims{3, 2}));
    EXPECT_EQ(op.result<int8_t>(), (std::vector<int8_t>{-5, -6, 1, 2, -5, -6}));
  }
  {
    OpHarness op(BATON_OP_EMBEDDING_LOOKUP);
    op.input<int32_t>({2}, {2, 1}).input({3, 1, 2}, table, Quantization::per_tensor(0.5f, 0));
    op.output(BATON_FLOAT32);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), (Dims{2, 1, 2}));
    EXPECT_EQ(op.result<float>(), (std::vector<float>{-2.5f, -3, 1.5f, 2}));
  }
  {
    OpHarness op(BATON_OP_EMBEDDING_LOOKUP);
    op.input<int32_t>({2}, {2, 1}).input({3, 2}, table, Quantization::per_axis({1, 2, 4}, 0));
    op.output(BATON_FLOAT32);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.result<float>(), (std::vector<float>{-20, -24, 6, 8}));
  }
  for (const int32_t index : {-1, 3}) {
    OpHarness op(BATON_OP_EMBEDDING_LOOKUP);
    op.input<int32_t>({1}, {index}).input({3, 2}, table).output(BATON_INT8);
    EXPECT_FALSE(op.run());
    EXPECT_EQ(op.status().code(), BATON_INVALID_ARGUMENT);
  }
  OpHarness rank(BATON_OP_EMBEDDING_LOOKUP);
  rank.input<int32_t>({1}, {0}).input<float>({3}, {1, 2, 3}).output(BATON_FLOAT32);
  EXPECT_EQ(rank.infer().code(), BATON_INVALID_MODEL);
  OpHarness zero_point(BATON_OP_EMBEDDING_LOOKUP);
  zero_point.input<int32_t>({1}, {0}).input({3, 2}, table, Quantization::per_tensor(1, 3));
  zero_point.output(BATON_FLOAT32);
  EXPECT_FALSE(zero_point.prepare().ok());
}

TEST(SegmentSum, SumsAndRefusals) {
  for (const ElementType& type : {ElementType{BATON_FLOAT32}, ElementType{BATON_INT32}}) {
    Reals input = scattered(12, -9, 9, 8);
    OpHarness op(BATON_OP_SEGMENT_SUM);
    add_input(op, {4, 3}, input, type);
    op.constant<int32_t>({4}, {0, 0, 1, 1}).output(type.dtype);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), (Dims{2, 3}));
    Reals expected;
    for (size_t i = 0; i < 6; ++i) {
      const size_t first = i / 3 * 6 + i % 3;
      expected.push_back(input[first] + input[first + 3]);
    }
    expect_close(op, expected, type, 1e-5);
  }
  for (const Ints& ids : {Ints{1, 1}, Ints{0, 2}, Ints{0, -1}, Ints{-1, 0}}) {
    OpHarness op(BATON_OP_SEGMENT_SUM);
    op.input<float>({2}, {1, 2}).constant<int32_t>({2}, ids).output(BATON_FLOAT32);
    EXPECT_EQ(op.infer().code(), BATON_INVALID_ARGUMENT) << text_of(ids);
  }
  OpHarness rows(BATON_OP_SEGMENT_SUM);
  rows.input<float>({2}, {1, 2}).constant<int32_t>({1}, {0}).output(BATON_FLOAT32);
  EXPECT_EQ(rows.infer().code(), BATON_INVALID_MODEL);
  OpHarness nothing(BATON_OP_SEGMENT_SUM);
  nothing.input<float>({0, 2}, {}).constant<int32_t>({0}, {}).output(BATON_FLOAT32);
  ASSERT_TRUE(nothing.run()) << nothing.message();
  EXPECT_EQ(nothing.dims(), (Dims{0, 2}));
}

TEST(TopK, LargestFirstThenLowestIndex) {
  for (const baton_dtype dtype :
       {BATON_FLOAT32, BATON_INT8, BATON_INT16, BATON_INT32, BATON_INT64, BATON_UINT8}) {
    for (const Dims& dims : {Dims{1}, Dims{9}, Dims{3, 7}, Dims{2, 2, 5}, Dims{0, 3}}) {
      for (int32_t k = 0; k <= dims.back(); ++k) {
        SCOPED_TRACE(text_of(dims) + std::to_string(k));
        const ElementType type{dtype};
        Reals input = scattered(count_of(dims), 0, 5, 9);
        for (double& real : input) real = std::round(real);
        OpHarness op(BATON_OP_TOPK_V2);
        add_input(op, dims, input, type);
        op.constant<int32_t>({}, {k}).output(dtype).output(BATON_INT32);
        ASSERT_TRUE(op.run()) << op.message();
        Dims out = dims;
        out.back() = k;
        EXPECT_EQ(op.dims(0), out);
        EXPECT_EQ(op.dims(1), out);
        Reals values, indices;
        const auto size = static_cast<size_t>(dims.back());
        for (size_t row = 0; row < count_of(dims) / size; ++row) {
          std::vector<size_t> order(size);
          std::iota(order.begin(), order.end(), size_t{0});
          std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
            return input[row * size + a] > input[row * size + b];
          });
          for (size_t i = 0; i < static_cast<size_t>(k); ++i) {
            values.push_back(input[row * size + order[i]]);
            indices.push_back(static_cast<double>(order[i]));
          }
        }
        expect_close(op, values, type, 1e-6, 0);
        expect_close(op, indices, {BATON_INT32}, 0, 1);
      }
    }
  }
}

TEST(TopK, NanComesLastAndSmallTypes) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  OpHarness op(BATON_OP_TOPK_V2);
  op.input<float>({5}, {nan, 1, nan, 3, -2}).constant<int16_t>({1}, {5});
  op.output(BATON_FLOAT32).output(BATON_INT16);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.result<int16_t>(1), (std::vector<int16_t>{3, 1, 4, 0, 2}));
}

TEST(TopK, Refusals) {
  for (const int32_t k : {-1, 4}) {
    OpHarness op(BATON_OP_TOPK_V2);
    op.input<float>({3}, {1, 2, 3}).constant<int32_t>({}, {k});
    op.output(BATON_FLOAT32).output(BATON_INT32);
    EXPECT_EQ(op.infer().code(), BATON_INVALID_ARGUMENT);
  }
  OpHarness scalar(BATON_OP_TOPK_V2);
  scalar.input<float>({}, {1}).constant<int32_t>({}, {1});
  scalar.output(BATON_FLOAT32).output(BATON_INT32);
  EXPECT_EQ(scalar.infer().code(), BATON_INVALID_MODEL);
  OpHarness unknown(BATON_OP_TOPK_V2);
  unknown.input<float>({3}, {1, 2, 3}).input<int32_t>({}, {1});
  unknown.output(BATON_FLOAT32).output(BATON_INT32);
  ASSERT_TRUE(unknown.infer().ok());
  EXPECT_FALSE(unknown.context().output(0).shape_known());
  EXPECT_FALSE(unknown.context().output(1).shape_known());
}

TEST(Where, CoordinatesOfEachType) {
  for (const baton_dtype dtype :
       {BATON_BOOL, BATON_FLOAT32, BATON_INT32, BATON_INT64, BATON_INT8, BATON_UINT8}) {
    for (const Dims& dims : {Dims{}, Dims{5}, Dims{2, 3, 4}, Dims{2, 0}}) {
      SCOPED_TRACE(text_of(dims) + dtype_name(dtype));
      Reals condition = scattered(count_of(dims), -0.4, 2, 10);
      for (double& real : condition) real = std::max(0.0, std::round(real));
      OpHarness op(BATON_OP_WHERE);
      add_input(op, dims, condition, {dtype}, true);
      op.output(BATON_INT64);
      ASSERT_TRUE(op.run()) << op.message();
      std::vector<int64_t> expected;
      int32_t rows = 0;
      for (size_t i = 0; i < condition.size(); ++i) {
        if (condition[i] == 0) continue;
        ++rows;
        for (const int32_t index : coordinates(dims, i)) expected.push_back(index);
      }
      EXPECT_EQ(op.dims(), (Dims{rows, static_cast<int32_t>(dims.size())}));
      EXPECT_EQ(op.result<int64_t>(), expected);
    }
  }
  OpHarness unknown(BATON_OP_WHERE);
  unknown.input<bool>({2}, {true, false}).output(BATON_INT64);
  ASSERT_TRUE(unknown.infer().ok());
  EXPECT_FALSE(unknown.context().output(0).shape_known());
  OpHarness type(BATON_OP_WHERE);
  type.constant<bool>({1}, {true}).output(BATON_INT32);
  EXPECT_FALSE(type.prepare().ok());
}

// A shape of more sizes than any tensor has is not read at all: here there is nothing behind it.
TEST(ShapeInput, OfTooManySizes) {
  for (const int32_t count : {65, 100'000'000}) {
    OpHarness op(BATON_OP_FILL);
    op.constant({count}, std::vector<int64_t>(65, 1)).input<float>({}, {1}).output(BATON_FLOAT32);
    const Status status = op.infer();
    EXPECT_EQ(status.code(), BATON_INVALID_MODEL);
    EXPECT_NE(status.message().find("at most 64"), std::string::npos) << status.message();
  }
  OpHarness op(BATON_OP_FILL);
  op.constant({64}, std::vector<int64_t>(64, 1)).input<float>({}, {1}).output(BATON_FLOAT32);
  EXPECT_TRUE(op.infer().ok());
}

TEST(Unique, FirstOccurrences) {
  for (const baton_dtype dtype :
       {BATON_FLOAT32, BATON_INT8, BATON_UINT8, BATON_INT16, BATON_INT32, BATON_INT64}) {
    for (const int32_t count : {0, 1, 40}) {
      const ElementType type{dtype};
      Reals input = scattered(static_cast<size_t>(count), 0, 9, 11);
      for (double& real : input) real = std::round(real);
      OpHarness op(BATON_OP_UNIQUE);
      add_input(op, {count}, input, type, true);
      op.output(dtype).output(BATON_INT32);
      ASSERT_TRUE(op.run()) << op.message();
      EXPECT_EQ(op.context().scratch_bytes(), static_cast<uint64_t>(count) * 8);
      Reals distinct, indices;
      for (const double real : input) {
        const auto found = std::find(distinct.begin(), distinct.end(), real);
        indices.push_back(static_cast<double>(found - distinct.begin()));
        if (found == distinct.end()) distinct.push_back(real);
      }
      expect_close(op, distinct, type, 1e-6, 0);
      expect_close(op, indices, {BATON_INT32}, 0, 1);
    }
  }
  const float nan = std::numeric_limits<float>::quiet_NaN();
  OpHarness real(BATON_OP_UNIQUE);
  real.constant<float>({5}, {nan, 0.0f, nan, -0.0f, 1}).output(BATON_FLOAT32).output(BATON_INT64);
  ASSERT_TRUE(real.run()) << real.message();
  EXPECT_EQ(real.result<int64_t>(1), (std::vector<int64_t>{0, 1, 2, 1, 3}));
  OpHarness small(BATON_OP_UNIQUE);
  small.constant<int16_t>({5}, {-1, -32768, 32767, -1, 0}).output(BATON_INT16).output(BATON_INT32);
  ASSERT_TRUE(small.run()) << small.message();
  EXPECT_EQ(small.result<int16_t>(), (std::vector<int16_t>{-1, -32768, 32767, 0}));
  OpHarness rank(BATON_OP_UNIQUE);
  rank.constant<float>({1, 1}, {1}).output(BATON_FLOAT32).output(BATON_INT32);
  EXPECT_EQ(rank.infer().code(), BATON_INVALID_MODEL);
}

}  // namespace
}  // namespace baton::test
