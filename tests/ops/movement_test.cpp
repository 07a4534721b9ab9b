// Operators that move elements: by shape alone, by slices, joins, paddings and permutations.
#include <functional>
#include <numeric>

#include "tests/ops/op_cases.h"

namespace baton::test {
namespace {

using Ints = std::vector<int32_t>;

// out[at] = in[source(coordinates of at)]; a negative source is `padding`.
template <typename T>
std::vector<T> rearranged(const Dims& dims, const std::vector<T>& in,
                          const std::function<int64_t(const Ints&)>& source, T padding = {}) {
  std::vector<T> out(count_of(dims));
  for (size_t i = 0; i < out.size(); ++i) {
    const int64_t from = source(coordinates(dims, i));
    out[i] = from < 0 ? padding : in[static_cast<size_t>(from)];
  }
  return out;
}

// ---- Shape only -------------------------------------------------------------------------------

struct ReshapeCase {
  Dims input;
  Ints shape;
  Dims expected;  // {-1}: an error
};
const ReshapeCase kReshapes[] = {
    {{2, 3}, {3, 2}, {3, 2}},
    {{2, 3}, {-1}, {6}},
    {{2, 3}, {2, -1, 1}, {2, 3, 1}},
    {{1}, {}, {}},
    {{}, {1, 1}, {1, 1}},
    {{0, 3}, {0, 5}, {0, 5}},
    {{0, 3}, {-1, 3}, {0, 3}},
    {{2, 3}, {4, 2}, {-1}},
    {{2, 3}, {-1, -1}, {-1}},
    {{2, 3}, {-1, 4}, {-1}},
    {{2, 3}, {-2, -3}, {-1}},
    {{2, 3}, {0}, {-1}},
    {{1}, {1 << 30, 1 << 30, 1 << 30}, {-1}},
};

TEST(Reshape, Table) {
  for (const ReshapeCase& each : kReshapes) {
    for (const bool from_tensor : {true, false}) {
      if (!from_tensor && each.shape == Ints{0}) continue;  // an old scalar
      SCOPED_TRACE(text_of(each.input) + " to " + text_of(each.shape));
      const auto content = counting<float>(count_of(each.input));
      OpHarness op(BATON_OP_RESHAPE);
      op.input(each.input, content);
      if (from_tensor) op.constant({static_cast<int32_t>(each.shape.size())}, each.shape);
      baton_reshape_attributes attributes = BATON_RESHAPE_ATTRIBUTES_INIT;
      const Ints decoy{99};
      attributes.new_shape = from_tensor ? decoy.data() : each.shape.data();
      attributes.new_shape_count = from_tensor ? 1 : static_cast<uint32_t>(each.shape.size());
      op.attributes(attributes).output(BATON_FLOAT32);
      if (each.expected == Dims{-1}) {
        EXPECT_EQ(op.infer().code(), BATON_INVALID_MODEL);
        continue;
      }
      ASSERT_TRUE(op.run()) << op.message();
      EXPECT_EQ(op.dims(), each.expected);
      EXPECT_EQ(op.result<float>(), content);
    }
  }
}

TEST(Reshape, OldScalarAttributeAndShapesThatAreNoVector) {
  const Ints zero{0};
  baton_reshape_attributes attributes = BATON_RESHAPE_ATTRIBUTES_INIT;
  attributes.new_shape = zero.data();
  attributes.new_shape_count = 1;
  OpHarness op(BATON_OP_RESHAPE);
  op.input<float>({1, 1}, {7}).constant<int32_t>({1, 1}, {1}).attributes(attributes);
  op.output(BATON_FLOAT32);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.dims(), Dims{});
}

TEST(Reshape, ShapeThatIsNotKnownYet) {
  OpHarness op(BATON_OP_RESHAPE);
  op.input<float>({2}, {1, 2}).input<int32_t>({1}, {2}).output(BATON_FLOAT32);
  op.attributes(baton_reshape_attributes(BATON_RESHAPE_ATTRIBUTES_INIT));
  ASSERT_TRUE(op.infer().ok());
  EXPECT_FALSE(op.context().output(0).shape_known());
}

TEST(Squeeze, Table) {
  struct {
    Dims input;
    Ints squeeze;
    Dims expected;
  } const table[] = {
      {{1, 3, 1, 2}, {}, {3, 2}}, {{1, 3, 1, 2}, {0}, {3, 1, 2}}, {{1, 3, 1, 2}, {-2}, {1, 3, 2}},
      {{1, 1}, {0, 1}, {}},       {{1, 3}, {0, 0}, {3}},          {{1, 3}, {1}, {-1}},
      {{1, 3}, {2}, {-1}},        {{1, 3}, {-3}, {-1}},
  };
  for (const auto& each : table) {
    SCOPED_TRACE(text_of(each.input) + text_of(each.squeeze));
    baton_squeeze_attributes attributes = BATON_SQUEEZE_ATTRIBUTES_INIT;
    attributes.squeeze_dims = each.squeeze.data();
    attributes.squeeze_dims_count = static_cast<uint32_t>(each.squeeze.size());
    const auto content = counting<int8_t>(count_of(each.input));
    OpHarness op(BATON_OP_SQUEEZE);
    op.input(each.input, content).output(BATON_INT8).attributes(attributes);
    if (each.expected == Dims{-1}) {
      EXPECT_FALSE(op.infer().ok());
      continue;
    }
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), each.expected);
    EXPECT_EQ(op.result<int8_t>(), content);
  }
}

TEST(ExpandDims, Table) {
  struct {
    int32_t axis;
    Dims expected;
  } const table[] = {{0, {1, 2, 3}},  {1, {2, 1, 3}}, {2, {2, 3, 1}}, {-1, {2, 3, 1}},
                     {-3, {1, 2, 3}}, {3, {-1}},      {-4, {-1}}};
  for (const auto& each : table) {
    OpHarness op(BATON_OP_EXPAND_DIMS);
    op.input({2, 3}, counting<float>(6)).constant<int32_t>({1}, {each.axis}).output(BATON_FLOAT32);
    if (each.expected == Dims{-1}) {
      EXPECT_FALSE(op.infer().ok());
      continue;
    }
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), each.expected);
  }
}

TEST(ShapeAndRank, Values) {
  for (const Dims& dims : {Dims{}, Dims{4}, Dims{2, 0, 5}}) {
    OpHarness shape(BATON_OP_SHAPE);
    shape.input(dims, counting<float>(count_of(dims))).output(BATON_INT32);
    ASSERT_TRUE(shape.run()) << shape.message();
    EXPECT_EQ(shape.result<int32_t>(), dims);
    OpHarness wide(BATON_OP_SHAPE);
    wide.input(dims, counting<float>(count_of(dims))).output(BATON_INT64);
    ASSERT_TRUE(wide.run()) << wide.message();
    EXPECT_EQ(wide.result<int64_t>(), std::vector<int64_t>(dims.begin(), dims.end()));
    OpHarness rank(BATON_OP_RANK);
    rank.input(dims, counting<float>(count_of(dims))).output(BATON_INT32);
    ASSERT_TRUE(rank.run()) << rank.message();
    EXPECT_EQ(rank.dims(), Dims{});
    EXPECT_EQ(rank.result<int32_t>()[0], static_cast<int32_t>(dims.size()));
  }
}

TEST(ZerosLike, Zeros) {
  OpHarness op(BATON_OP_ZEROS_LIKE);
  op.input<int64_t>({2, 2}, {1, 2, 3, 4}).output(BATON_INT64);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.result<int64_t>(), std::vector<int64_t>(4, 0));
}

// ---- Joins and splits -------------------------------------------------------------------------

template <typename T>
class Movement : public testing::Test {};
using Types = testing::Types<uint8_t, int16_t, float, int64_t>;
TYPED_TEST_SUITE(Movement, Types);

TYPED_TEST(Movement, PackThenUnpack) {
  using T = TypeParam;
  for (const Dims& dims : {Dims{}, Dims{3}, Dims{2, 3, 4}, Dims{2, 0}}) {
    const int rank = static_cast<int>(dims.size());
    for (int axis = -rank - 1; axis <= rank; ++axis) {
      SCOPED_TRACE(text_of(dims) + std::to_string(axis));
      const size_t count = count_of(dims);
      OpHarness op(BATON_OP_PACK);
      std::vector<std::vector<T>> parts;
      for (int i = 0; i < 3; ++i) {
        std::vector<T> part(count);
        std::iota(part.begin(), part.end(), static_cast<T>(i * 40));
        op.input(dims, part);
        parts.push_back(part);
      }
      baton_pack_attributes pack = BATON_PACK_ATTRIBUTES_INIT;
      pack.axis = axis;
      pack.values_count = 3;
      op.attributes(pack).output(dtype_of<T>());
      ASSERT_TRUE(op.run()) << op.message();
      const int at = axis < 0 ? axis + rank + 1 : axis;
      Dims whole = dims;
      whole.insert(whole.begin() + at, 3);
      EXPECT_EQ(op.dims(), whole);
      const auto result = op.template result<T>();
      for (size_t i = 0; i < result.size(); ++i) {
        Ints index = coordinates(whole, i);
        const int32_t which = index[static_cast<size_t>(at)];
        index.erase(index.begin() + at);
        ASSERT_EQ(result[i], parts[static_cast<size_t>(which)][flat(dims, index)]);
      }
      OpHarness back(BATON_OP_UNPACK);
      back.input(whole, result);
      baton_unpack_attributes unpack = BATON_UNPACK_ATTRIBUTES_INIT;
      unpack.axis = axis;
      unpack.num = 3;
      back.attributes(unpack);
      for (int i = 0; i < 3; ++i) back.output(dtype_of<T>());
      ASSERT_TRUE(back.run()) << back.message();
      for (size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(back.dims(i), dims);
        EXPECT_EQ(back.template result<T>(i), parts[i]);
      }
    }
  }
}

TYPED_TEST(Movement, ConcatenationThenSplits) {
  using T = TypeParam;
  const Dims base{2, 3, 4};
  for (int axis = -3; axis < 3; ++axis) {
    const auto at = static_cast<size_t>(axis < 0 ? axis + 3 : axis);
    OpHarness op(BATON_OP_CONCATENATION);
    const Ints sizes{2, 0, 3, 1};
    std::vector<std::vector<T>> parts;
    Dims whole = base;
    whole[at] = 0;
    for (const int32_t size : sizes) {
      Dims dims = base;
      dims[at] = size;
      std::vector<T> part(count_of(dims));
      std::iota(part.begin(), part.end(), static_cast<T>(parts.size() * 30));
      op.input(dims, part);
      parts.push_back(part);
      whole[at] += size;
    }
    baton_concatenation_attributes attributes = BATON_CONCATENATION_ATTRIBUTES_INIT;
    attributes.axis = axis;
    op.attributes(attributes).output(dtype_of<T>());
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), whole);
    const auto result = op.template result<T>();
    for (size_t i = 0; i < result.size(); ++i) {
      Ints index = coordinates(whole, i);
      size_t part = 0;
      while (index[at] >= sizes[part]) index[at] -= sizes[part++];
      Dims dims = base;
      dims[at] = sizes[part];
      ASSERT_EQ(result[i], parts[part][flat(dims, index)]);
    }
    {
      OpHarness split(BATON_OP_SPLIT_V);
      split.input(whole, result).template constant<int32_t>({4}, {2, 0, -1, 1});
      split.template constant<int32_t>({}, {axis});
      baton_split_v_attributes split_attributes = BATON_SPLIT_V_ATTRIBUTES_INIT;
      split_attributes.num_splits = 4;
      split.attributes(split_attributes);
      for (int i = 0; i < 4; ++i) split.output(dtype_of<T>());
      ASSERT_TRUE(split.run()) << split.message();
      for (size_t i = 0; i < 4; ++i) EXPECT_EQ(split.template result<T>(i), parts[i]);
    }
    {
      OpHarness split(BATON_OP_SPLIT);
      split.template constant<int32_t>({1}, {axis}).input(whole, result);
      baton_split_attributes split_attributes = BATON_SPLIT_ATTRIBUTES_INIT;
      split_attributes.num_splits = 2;
      split.attributes(split_attributes).output(dtype_of<T>()).output(dtype_of<T>());
      ASSERT_TRUE(split.run()) << split.message();
      Dims half = whole;
      half[at] /= 2;
      for (size_t k = 0; k < 2; ++k) {
        EXPECT_EQ(split.dims(k), half);
        EXPECT_EQ(split.template result<T>(k), rearranged<T>(half, result, [&](Ints index) {
                    index[at] += static_cast<int32_t>(k) * half[at];
                    return static_cast<int64_t>(flat(whole, index));
                  }));
      }
    }
  }
}

TEST(Concatenation, UInt8IsRescaled) {
  const ElementType a{BATON_UINT8, 0.1f, 10};
  const ElementType b{BATON_UINT8, 0.25f, 200};
  const ElementType out{BATON_UINT8, 0.2f, 100};
  Reals x = scattered(12, -5, 30, 1);
  Reals y = scattered(6, -50, 10, 2);
  Reals z = scattered(3, -20, 30, 3);
  OpHarness op(BATON_OP_CONCATENATION);
  add_input(op, {3, 4}, x, a);
  add_input(op, {3, 2}, y, b);
  add_input(op, {3, 1}, z, out);
  baton_concatenation_attributes attributes = BATON_CONCATENATION_ATTRIBUTES_INIT;
  attributes.axis = 1;
  op.attributes(attributes).output(BATON_UINT8, out.quantization());
  ASSERT_TRUE(op.run()) << op.message();
  Reals expected;
  for (size_t row = 0; row < 3; ++row) {
    expected.insert(expected.end(), x.begin() + row * 4, x.begin() + row * 4 + 4);
    expected.insert(expected.end(), y.begin() + row * 2, y.begin() + row * 2 + 2);
    expected.push_back(z[row]);
  }
  expect_close(op, expected, out);
}

TEST(Concatenation, Refusals) {
  baton_concatenation_attributes attributes = BATON_CONCATENATION_ATTRIBUTES_INIT;
  {
    OpHarness op(BATON_OP_CONCATENATION);
    op.input({2, 2}, counting<float>(4)).input({2, 3}, counting<float>(6)).output(BATON_FLOAT32);
    EXPECT_FALSE(op.attributes(attributes).infer().ok());
  }
  {
    OpHarness op(BATON_OP_CONCATENATION);
    op.input({2, 2}, counting<float>(4)).input({4}, counting<float>(4)).output(BATON_FLOAT32);
    EXPECT_FALSE(op.attributes(attributes).infer().ok());
  }
  {
    OpHarness op(BATON_OP_CONCATENATION);
    op.input<int8_t>({1}, {1}, Quantization::per_tensor(1, 0))
        .input<int8_t>({1}, {1}, Quantization::per_tensor(2, 0))
        .output(BATON_INT8, Quantization::per_tensor(1, 0));
    EXPECT_FALSE(op.attributes(attributes).prepare().ok());
  }
  attributes.axis = 2;
  {
    OpHarness op(BATON_OP_CONCATENATION);
    op.input({2, 2}, counting<float>(4)).output(BATON_FLOAT32);
    EXPECT_FALSE(op.attributes(attributes).infer().ok());
  }
  attributes.axis = 0;
  attributes.fused_activation_function = BATON_ACTIVATION_RELU;
  {
    OpHarness op(BATON_OP_CONCATENATION);
    op.input({2, 2}, counting<float>(4)).output(BATON_FLOAT32);
    EXPECT_FALSE(op.attributes(attributes).infer().ok());
  }
}

TEST(Split, Refusals) {
  baton_split_attributes attributes = BATON_SPLIT_ATTRIBUTES_INIT;
  attributes.num_splits = 2;
  OpHarness uneven(BATON_OP_SPLIT);
  uneven.constant<int32_t>({}, {0}).input({3}, counting<float>(3)).attributes(attributes);
  uneven.output(BATON_FLOAT32).output(BATON_FLOAT32);
  EXPECT_FALSE(uneven.infer().ok());
  OpHarness count(BATON_OP_SPLIT);
  count.constant<int32_t>({}, {0}).input({4}, counting<float>(4)).attributes(attributes);
  count.output(BATON_FLOAT32);
  EXPECT_FALSE(count.infer().ok());
  for (const Ints& sizes : {Ints{2, 3}, Ints{-1, -1}, Ints{-2, 6}, Ints{5, -1}}) {
    OpHarness op(BATON_OP_SPLIT_V);
    op.input({4}, counting<float>(4)).constant({2}, sizes).constant<int32_t>({}, {0});
    baton_split_v_attributes split_v = BATON_SPLIT_V_ATTRIBUTES_INIT;
    split_v.num_splits = 2;
    op.attributes(split_v).output(BATON_FLOAT32).output(BATON_FLOAT32);
    EXPECT_FALSE(op.infer().ok()) << text_of(sizes);
  }
}

// ---- Parts ------------------------------------------------------------------------------------

TYPED_TEST(Movement, Slice) {
  using T = TypeParam;
  struct {
    Dims dims;
    Ints begin;
    Ints size;
    Dims expected;
  } const table[] = {
      {{5}, {1}, {3}, {3}},
      {{5}, {1}, {-1}, {4}},
      {{5}, {5}, {-1}, {0}},
      {{4, 3, 5}, {1, 0, 2}, {2, 3, 2}, {2, 3, 2}},
      {{2, 3, 2, 3, 2}, {0, 1, 0, 1, 0}, {-1, 2, 1, -1, 2}, {2, 2, 1, 2, 2}},
      {{5}, {-1}, {2}, {-1}},
      {{5}, {3}, {3}, {-1}},
      {{5}, {0}, {-2}, {-1}},
      {{5}, {6}, {-1}, {-1}},
  };
  for (const auto& each : table) {
    SCOPED_TRACE(text_of(each.dims) + text_of(each.begin) + text_of(each.size));
    const auto rank = static_cast<int32_t>(each.dims.size());
    const auto content = counting<T>(count_of(each.dims));
    OpHarness op(BATON_OP_SLICE);
    op.input(each.dims, content).constant({rank}, each.begin).constant({rank}, each.size);
    op.output(dtype_of<T>()).threads(2);
    if (each.expected == Dims{-1}) {
      EXPECT_FALSE(op.infer().ok());
      continue;
    }
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), each.expected);
    EXPECT_EQ(op.template result<T>(), rearranged<T>(each.expected, content, [&](Ints index) {
                for (size_t i = 0; i < index.size(); ++i) index[i] += each.begin[i];
                return static_cast<int64_t>(flat(each.dims, index));
              }));
  }
}

struct StridedCase {
  Dims dims;
  Ints begin, end, strides;
  int32_t begin_mask, end_mask, ellipsis, new_axis, shrink;
  Dims expected;
  std::vector<float> content;
};
// Worked by hand on 0, 1, 2 ...
const StridedCase kStrided[] = {
    {{4}, {1}, {3}, {1}, 0, 0, 0, 0, 0, {2}, {1, 2}},
    {{4}, {-3}, {-1}, {1}, 0, 0, 0, 0, 0, {2}, {1, 2}},
    {{4}, {0}, {100}, {2}, 0, 0, 0, 0, 0, {2}, {0, 2}},
    {{5}, {0}, {5}, {3}, 0, 0, 0, 0, 0, {2}, {0, 3}},
    {{4}, {-1}, {-5}, {-1}, 0, 0, 0, 0, 0, {4}, {3, 2, 1, 0}},
    {{4}, {3}, {0}, {-2}, 0, 0, 0, 0, 0, {2}, {3, 1}},
    {{4}, {1}, {1}, {-1}, 1, 1, 0, 0, 0, {4}, {3, 2, 1, 0}},
    {{4}, {2}, {1}, {1}, 0, 0, 0, 0, 0, {0}, {}},
    {{4}, {2}, {0}, {1}, 0, 0, 0, 0, 1, {}, {2}},
    {{4}, {-1}, {0}, {1}, 0, 0, 0, 0, 1, {}, {3}},
    {{2, 3}, {0, 1}, {2, 3}, {1, 1}, 0, 0, 0, 0, 0, {2, 2}, {1, 2, 4, 5}},
    {{2, 3}, {1, 0}, {2, 3}, {1, 2}, 0, 0, 0, 0, 1, {2}, {3, 5}},
    {{2, 3}, {0}, {1}, {1}, 0, 0, 0, 0, 0, {1, 3}, {0, 1, 2}},
    {{2, 3}, {0, 1}, {0, 2}, {1, 1}, 0, 0, 1, 0, 0, {2, 1}, {1, 4}},
    {{2, 3}, {0, 0}, {0, 0}, {1, 1}, 0, 0, 2, 1, 0, {1, 2, 3}, {0, 1, 2, 3, 4, 5}},
    {{2, 3}, {1, 0, 1}, {2, 0, 3}, {1, 1, 1}, 0, 0, 0, 2, 1, {1, 2}, {4, 5}},
    {{2, 2, 2}, {0, 1}, {0, 2}, {1, 1}, 0, 0, 1, 0, 2, {2, 2}, {1, 3, 5, 7}},
    {{0}, {0}, {5}, {1}, 0, 0, 0, 0, 0, {0}, {}},
    {{4}, {0}, {4}, {0}, 0, 0, 0, 0, 0, {-1}, {}},
    {{4}, {4}, {5}, {1}, 0, 0, 0, 0, 1, {-1}, {}},
    {{4}, {0, 0}, {1, 1}, {1, 1}, 0, 0, 0, 0, 0, {-1}, {}},
    {{4}, {INT32_MIN}, {INT32_MAX}, {INT32_MAX}, 0, 0, 0, 0, 0, {1}, {0}},
    {{4}, {INT32_MAX}, {INT32_MIN}, {INT32_MIN}, 0, 0, 0, 0, 0, {1}, {3}},
};

TEST(StridedSlice, Table) {
  for (const StridedCase& each : kStrided) {
    SCOPED_TRACE(text_of(each.dims) + text_of(each.begin) + text_of(each.end) +
                 text_of(each.strides));
    const auto entries = static_cast<int32_t>(each.begin.size());
    OpHarness op(BATON_OP_STRIDED_SLICE);
    op.input(each.dims, counting<float>(count_of(each.dims)));
    op.constant({entries}, each.begin).constant({entries}, each.end);
    op.constant({entries}, each.strides).output(BATON_FLOAT32);
    baton_strided_slice_attributes attributes = BATON_STRIDED_SLICE_ATTRIBUTES_INIT;
    attributes.begin_mask = each.begin_mask;
    attributes.end_mask = each.end_mask;
    attributes.ellipsis_mask = each.ellipsis;
    attributes.new_axis_mask = each.new_axis;
    attributes.shrink_axis_mask = each.shrink;
    op.attributes(attributes);
    if (each.expected == Dims{-1}) {
      EXPECT_FALSE(op.infer().ok());
      continue;
    }
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), each.expected);
    EXPECT_EQ(op.result<float>(), each.content);
  }
}

TYPED_TEST(Movement, Transpose) {
  using T = TypeParam;
  for (const Dims& dims : {Dims{}, Dims{4}, Dims{2, 3}, Dims{2, 3, 4}, Dims{2, 1, 3, 4},
                           Dims{2, 3, 1, 2, 3, 2}, Dims{3, 0, 2}}) {
    Ints permutation(dims.size());
    std::iota(permutation.begin(), permutation.end(), 0);
    int tried = 0;
    do {
      OpHarness op(BATON_OP_TRANSPOSE);
      const auto content = counting<T>(count_of(dims));
      op.input(dims, content).constant({static_cast<int32_t>(dims.size())}, permutation);
      op.output(dtype_of<T>()).threads(2);
      ASSERT_TRUE(op.run()) << op.message();
      Dims out;
      for (const int32_t axis : permutation) out.push_back(dims[static_cast<size_t>(axis)]);
      EXPECT_EQ(op.dims(), out);
      ASSERT_EQ(op.template result<T>(), rearranged<T>(out, content, [&](const Ints& index) {
                  Ints from(index.size());
                  for (size_t i = 0; i < index.size(); ++i) {
                    from[static_cast<size_t>(permutation[i])] = index[i];
                  }
                  return static_cast<int64_t>(flat(dims, from));
                }));
    } while (std::next_permutation(permutation.begin(), permutation.end()) && ++tried < 60);
  }
}

TEST(Transpose, Refusals) {
  for (const Ints& permutation : {Ints{0, 0}, Ints{0, 2}, Ints{0}, Ints{-3, 0}}) {
    OpHarness op(BATON_OP_TRANSPOSE);
    op.input({2, 3}, counting<float>(6));
    op.constant({static_cast<int32_t>(permutation.size())}, permutation).output(BATON_FLOAT32);
    EXPECT_FALSE(op.infer().ok()) << text_of(permutation);
  }
}

TEST(Gather, Table) {
  struct {
    Dims dims;
    Dims index_dims;
    std::vector<int64_t> indices;
    int32_t axis, batch;
    Dims expected;
  } const table[] = {
      {{4, 3}, {2}, {3, 0}, 0, 0, {2, 3}},
      {{4, 3}, {}, {2}, 0, 0, {3}},
      {{4, 3}, {2, 2}, {2, 0, 1, 1}, 1, 0, {4, 2, 2}},
      {{4, 3}, {2}, {2, 0}, -1, 0, {4, 2}},
      {{2, 3, 4}, {2, 2}, {2, 0, 1, 1}, 1, 1, {2, 2, 4}},
      {{2, 3, 4}, {2, 2}, {3, 0, 1, 2}, 2, -1, {2, 3, 2}},
      {{4, 3}, {0}, {}, 0, 0, {0, 3}},
      {{4, 0}, {2}, {1, 2}, 0, 0, {2, 0}},
  };
  for (const auto& each : table) {
    SCOPED_TRACE(text_of(each.dims) + text_of(each.index_dims));
    const auto content = counting<float>(count_of(each.dims));
    const int32_t rank = static_cast<int32_t>(each.dims.size());
    const auto axis = static_cast<size_t>(each.axis < 0 ? each.axis + rank : each.axis);
    const auto batch = static_cast<size_t>(
        each.batch < 0 ? each.batch + static_cast<int32_t>(each.index_dims.size()) : each.batch);
    const auto expected = rearranged<float>(each.expected, content, [&](const Ints& index) {
      const size_t picked = each.index_dims.size() - batch;
      Ints at(index.begin(), index.begin() + static_cast<long>(batch));
      at.insert(at.end(), index.begin() + static_cast<long>(axis),
                index.begin() + static_cast<long>(axis + picked));
      Ints from(index.begin(), index.begin() + static_cast<long>(axis));
      from.push_back(static_cast<int32_t>(each.indices[flat(each.index_dims, at)]));
      from.insert(from.end(), index.begin() + static_cast<long>(axis + picked), index.end());
      return static_cast<int64_t>(flat(each.dims, from));
    });
    for (int width = 0; width < 3; ++width) {
      OpHarness op(BATON_OP_GATHER);
      op.input(each.dims, content);
      if (width == 0) op.input(each.index_dims, each.indices);
      if (width == 1) {
        op.input(each.index_dims, Ints(each.indices.begin(), each.indices.end()));
      }
      if (width == 2) {
        op.input(each.index_dims, std::vector<int16_t>(each.indices.begin(), each.indices.end()));
      }
      baton_gather_attributes attributes = BATON_GATHER_ATTRIBUTES_INIT;
      attributes.axis = each.axis;
      attributes.batch_dims = each.batch;
      op.attributes(attributes).output(BATON_FLOAT32);
      ASSERT_TRUE(op.run()) << op.message();
      EXPECT_EQ(op.dims(), each.expected);
      EXPECT_EQ(op.result<float>(), expected);
    }
  }
}

TEST(Gather, IndexOutOfRange) {
  for (const int32_t index : {-1, 4, INT32_MAX}) {
    OpHarness op(BATON_OP_GATHER);
    op.input({4, 3}, counting<float>(12)).input<int32_t>({1}, {index}).output(BATON_FLOAT32);
    op.attributes(baton_gather_attributes(BATON_GATHER_ATTRIBUTES_INIT));
    EXPECT_FALSE(op.run());
    EXPECT_EQ(op.status().code(), BATON_INVALID_ARGUMENT);
  }
}

// ---- Padding and repetition -------------------------------------------------------------------

struct PadCase {
  Dims dims;
  Ints paddings;
};
const PadCase kPads[] = {
    {{3}, {1, 2}},
    {{2, 3}, {0, 1, 2, 0}},
    {{1, 3, 4, 2}, {0, 0, 1, 1, 2, 2, 0, 0}},
    {{2, 2, 1, 2, 2, 3}, {1, 0, 0, 0, 0, 2, 0, 0, 1, 1, 0, 1}},
    {{0, 2}, {1, 1, 0, 0}},
    {{2}, {0, 0}},
};

Dims padded(const PadCase& each) {
  Dims out = each.dims;
  for (size_t i = 0; i < out.size(); ++i) out[i] += each.paddings[2 * i] + each.paddings[2 * i + 1];
  return out;
}

int64_t unpadded(const PadCase& each, Ints index) {
  for (size_t i = 0; i < index.size(); ++i) {
    index[i] -= each.paddings[2 * i];
    if (index[i] < 0 || index[i] >= each.dims[i]) return -1;
  }
  return static_cast<int64_t>(flat(each.dims, index));
}

TYPED_TEST(Movement, Pad) {
  using T = TypeParam;
  for (const PadCase& each : kPads) {
    SCOPED_TRACE(text_of(each.dims) + text_of(each.paddings));
    const auto rank = static_cast<int32_t>(each.dims.size());
    const auto content = counting<T>(count_of(each.dims));
    const Dims out = padded(each);
    const bool quantized = sizeof(T) <= 2;
    const auto q = quantized ? Quantization::per_tensor(1.0f, std::is_same_v<T, uint8_t> ? 77 : 0)
                             : Quantization{};
    const T zero = std::is_same_v<T, uint8_t> ? 77 : 0;
    OpHarness op(BATON_OP_PAD);
    op.input(each.dims, content, q).constant({rank, 2}, each.paddings).output(dtype_of<T>(), q);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), out);
    EXPECT_EQ(op.template result<T>(),
              rearranged<T>(
                  out, content, [&](const Ints& i) { return unpadded(each, i); }, zero));
    OpHarness v2(BATON_OP_PADV2);
    v2.input(each.dims, content, q)
        .constant({rank, 2}, std::vector<int64_t>(each.paddings.begin(), each.paddings.end()))
        .template constant<T>({1}, {static_cast<T>(9)}, q)
        .output(dtype_of<T>(), q);
    ASSERT_TRUE(v2.run()) << v2.message();
    EXPECT_EQ(
        v2.template result<T>(),
        rearranged<T>(
            out, content, [&](const Ints& i) { return unpadded(each, i); }, static_cast<T>(9)));
  }
}

TEST(Pad, Refusals) {
  for (const Ints& paddings : {Ints{-1, 0}, Ints{INT32_MAX, INT32_MAX}}) {
    OpHarness op(BATON_OP_PAD);
    op.input<float>({2}, {1, 2}).constant({1, 2}, paddings).output(BATON_FLOAT32);
    EXPECT_FALSE(op.infer().ok());
  }
  OpHarness op(BATON_OP_PAD);
  op.input<float>({2}, {1, 2}).constant<int32_t>({2, 2}, {0, 0, 0, 0}).output(BATON_FLOAT32);
  EXPECT_FALSE(op.infer().ok());
}

TYPED_TEST(Movement, MirrorPad) {
  using T = TypeParam;
  const PadCase table[] = {{{3}, {2, 1}}, {{3, 4}, {1, 2, 3, 0}}, {{2, 3, 4}, {1, 1, 0, 2, 3, 3}}};
  for (const int32_t mode : {BATON_MIRROR_PAD_MODE_REFLECT, BATON_MIRROR_PAD_MODE_SYMMETRIC}) {
    for (const PadCase& each : table) {
      const auto content = counting<T>(count_of(each.dims));
      const Dims out = padded(each);
      OpHarness op(BATON_OP_MIRROR_PAD);
      op.input(each.dims, content)
          .constant({static_cast<int32_t>(each.dims.size()), 2}, each.paddings);
      baton_mirror_pad_attributes attributes = BATON_MIRROR_PAD_ATTRIBUTES_INIT;
      attributes.mode = mode;
      op.attributes(attributes).output(dtype_of<T>()).threads(2);
      ASSERT_TRUE(op.run()) << op.message();
      EXPECT_EQ(op.dims(), out);
      // Walks away from the border and back, step by step.
      EXPECT_EQ(op.template result<T>(), rearranged<T>(out, content, [&](Ints index) {
                  for (size_t i = 0; i < index.size(); ++i) {
                    int32_t steps = index[i] - each.paddings[2 * i];
                    int32_t at = 0;
                    const int32_t last = each.dims[i] - 1;
                    int32_t direction = steps < 0 ? -1 : 1;
                    for (int32_t n = std::abs(steps); n > 0; --n) {
                      const bool border = direction < 0 ? at == 0 : at == last;
                      if (border) {
                        direction = -direction;
                        if (mode == BATON_MIRROR_PAD_MODE_SYMMETRIC) continue;
                      }
                      at += direction;
                    }
                    index[i] = at;
                  }
                  return static_cast<int64_t>(flat(each.dims, index));
                }));
    }
  }
}

TEST(MirrorPad, Refusals) {
  struct {
    int32_t mode;
    Ints paddings;
  } const table[] = {{0, {3, 0}}, {1, {4, 0}}, {1, {0, 4}}, {2, {1, 1}}};
  for (const auto& each : table) {
    OpHarness op(BATON_OP_MIRROR_PAD);
    op.input({3}, counting<float>(3)).constant({1, 2}, each.paddings).output(BATON_FLOAT32);
    baton_mirror_pad_attributes attributes = BATON_MIRROR_PAD_ATTRIBUTES_INIT;
    attributes.mode = each.mode;
    EXPECT_FALSE(op.attributes(attributes).infer().ok()) << each.mode;
  }
}

TYPED_TEST(Movement, TileAndBroadcastTo) {
  using T = TypeParam;
  struct {
    Dims dims;
    Ints multiples;
  } const tiles[] = {{{3}, {2}}, {{2, 3}, {1, 3}}, {{2, 1, 3}, {2, 3, 1}}, {{2, 2}, {0, 2}}};
  for (const auto& each : tiles) {
    const auto content = counting<T>(count_of(each.dims));
    OpHarness op(BATON_OP_TILE);
    op.input(each.dims, content);
    op.constant({static_cast<int32_t>(each.multiples.size())}, each.multiples);
    op.output(dtype_of<T>());
    ASSERT_TRUE(op.run()) << op.message();
    Dims out = each.dims;
    for (size_t i = 0; i < out.size(); ++i) out[i] *= each.multiples[i];
    EXPECT_EQ(op.dims(), out);
    EXPECT_EQ(op.template result<T>(), rearranged<T>(out, content, [&](Ints index) {
                for (size_t i = 0; i < index.size(); ++i) index[i] %= each.dims[i];
                return static_cast<int64_t>(flat(each.dims, index));
              }));
  }
  struct {
    Dims dims;
    Ints shape;
  } const broadcasts[] = {{{3}, {2, 3}}, {{2, 1, 3}, {2, 4, 3}}, {{}, {2, 2}}, {{1}, {0}}};
  for (const auto& each : broadcasts) {
    const auto content = counting<T>(count_of(each.dims));
    OpHarness op(BATON_OP_BROADCAST_TO);
    op.input(each.dims, content);
    op.constant({static_cast<int32_t>(each.shape.size())}, each.shape).output(dtype_of<T>());
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), each.shape);
    const auto result = op.template result<T>();
    for (size_t i = 0; i < result.size(); ++i) {
      ASSERT_EQ(result[i], content[broadcast_index(each.dims, each.shape, i)]);
    }
  }
}

TEST(BroadcastTo, Refusals) {
  for (const Ints& shape : {Ints{2}, Ints{3, 2}, Ints{-1, 3}}) {
    OpHarness op(BATON_OP_BROADCAST_TO);
    op.input({2, 3}, counting<float>(6));
    op.constant({static_cast<int32_t>(shape.size())}, shape).output(BATON_FLOAT32);
    EXPECT_FALSE(op.infer().ok()) << text_of(shape);
  }
}

TEST(Fill, Values) {
  OpHarness op(BATON_OP_FILL);
  op.constant<int64_t>({2}, {2, 3}).input<int16_t>({}, {7}).output(BATON_INT16);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.dims(), (Dims{2, 3}));
  EXPECT_EQ(op.result<int16_t>(), std::vector<int16_t>(6, 7));
  OpHarness negative(BATON_OP_FILL);
  negative.constant<int32_t>({1}, {-2}).input<float>({}, {7}).output(BATON_FLOAT32);
  EXPECT_FALSE(negative.infer().ok());
}

TEST(Range, Values) {
  struct {
    int32_t start, limit, step;
    std::vector<int32_t> expected;
  } const table[] = {{0, 5, 2, {0, 2, 4}},
                     {5, 0, -2, {5, 3, 1}},
                     {3, 3, 1, {}},
                     {INT32_MAX - 2, INT32_MAX, 5, {INT32_MAX - 2}}};
  for (const auto& each : table) {
    OpHarness op(BATON_OP_RANGE);
    op.constant<int32_t>({}, {each.start}).constant<int32_t>({}, {each.limit});
    op.constant<int32_t>({}, {each.step}).output(BATON_INT32);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.result<int32_t>(), each.expected);
  }
  OpHarness real(BATON_OP_RANGE);
  real.constant<float>({}, {0}).constant<float>({}, {1}).constant<float>({}, {0.25f});
  real.output(BATON_FLOAT32);
  ASSERT_TRUE(real.run()) << real.message();
  EXPECT_EQ(real.result<float>(), (std::vector<float>{0, 0.25f, 0.5f, 0.75f}));
  for (const int32_t step : {0, -1}) {
    OpHarness op(BATON_OP_RANGE);
    op.constant<int32_t>({}, {0}).constant<int32_t>({}, {5}).constant<int32_t>({}, {step});
    EXPECT_FALSE(op.output(BATON_INT32).infer().ok());
  }
  OpHarness huge(BATON_OP_RANGE);
  huge.constant<int64_t>({}, {INT64_MIN}).constant<int64_t>({}, {INT64_MAX});
  EXPECT_FALSE(huge.constant<int64_t>({}, {1}).output(BATON_INT64).infer().ok());
}

// ---- Blocks -----------------------------------------------------------------------------------

TYPED_TEST(Movement, SpaceAndDepth) {
  using T = TypeParam;
  for (const int32_t block : {1, 2, 3}) {
    const Dims wide{2, 2 * block, 3 * block, 2};
    const Dims deep{2, 2, 3, 2 * block * block};
    const auto content = counting<T>(count_of(wide));
    const auto to_wide = [&](const Ints& i) {
      const int32_t cell = i[3] / 2;
      return static_cast<int64_t>(
          flat(wide, {i[0], i[1] * block + cell / block, i[2] * block + cell % block, i[3] % 2}));
    };
    const auto expected = rearranged<T>(deep, content, to_wide);
    baton_space_to_depth_attributes attributes = BATON_SPACE_TO_DEPTH_ATTRIBUTES_INIT;
    attributes.block_size = block;
    OpHarness op(BATON_OP_SPACE_TO_DEPTH);
    op.input(wide, content).output(dtype_of<T>()).attributes(attributes);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), deep);
    EXPECT_EQ(op.template result<T>(), expected);
    baton_depth_to_space_attributes back_attributes = BATON_DEPTH_TO_SPACE_ATTRIBUTES_INIT;
    back_attributes.block_size = block;
    OpHarness back(BATON_OP_DEPTH_TO_SPACE);
    back.input(deep, expected).output(dtype_of<T>()).attributes(back_attributes);
    ASSERT_TRUE(back.run()) << back.message();
    EXPECT_EQ(back.dims(), wide);
    EXPECT_EQ(back.template result<T>(), content);
  }
}

TEST(SpaceAndDepth, Refusals) {
  for (const int32_t block : {0, -2, 3, INT32_MAX}) {
    baton_space_to_depth_attributes attributes = BATON_SPACE_TO_DEPTH_ATTRIBUTES_INIT;
    attributes.block_size = block;
    OpHarness op(BATON_OP_SPACE_TO_DEPTH);
    op.input({1, 4, 4, 4}, counting<float>(64)).output(BATON_FLOAT32).attributes(attributes);
    EXPECT_FALSE(op.infer().ok()) << block;
    baton_depth_to_space_attributes other = BATON_DEPTH_TO_SPACE_ATTRIBUTES_INIT;
    other.block_size = block;
    OpHarness back(BATON_OP_DEPTH_TO_SPACE);
    back.input({1, 4, 4, 4}, counting<float>(64)).output(BATON_FLOAT32).attributes(other);
    EXPECT_FALSE(back.infer().ok()) << block;
  }
}

TYPED_TEST(Movement, SpaceAndBatch) {
  using T = TypeParam;
  struct {
    Dims dims;
    Ints block;
    Ints margins;
  } const table[] = {
      {{1, 4, 6, 2}, {2, 3}, {0, 0, 0, 0}}, {{2, 3, 5, 1}, {2, 2}, {1, 0, 0, 1}},
      {{2, 3, 5, 1}, {3, 4}, {2, 1, 3, 4}}, {{2, 5, 3}, {3}, {1, 0}},
      {{1, 2, 2, 1}, {4, 1}, {0, 2, 0, 0}},
  };
  for (const auto& each : table) {
    SCOPED_TRACE(text_of(each.dims) + text_of(each.block));
    const auto spatial = each.block.size();
    const auto content = counting<T>(count_of(each.dims));
    Dims small = each.dims;
    for (size_t i = 0; i < spatial; ++i) {
      small[1 + i] = (small[1 + i] + each.margins[2 * i] + each.margins[2 * i + 1]) / each.block[i];
      small[0] *= each.block[i];
    }
    const bool quantized = std::is_same_v<T, uint8_t>;
    const auto q = quantized ? Quantization::per_tensor(1.0f, 99) : Quantization{};
    const auto expected = rearranged<T>(
        small, content,
        [&](const Ints& index) {
          Ints from = index;
          from[0] = index[0] % each.dims[0];
          int32_t position = index[0] / each.dims[0];
          for (size_t i = spatial; i-- > 0;) {
            from[1 + i] =
                index[1 + i] * each.block[i] + position % each.block[i] - each.margins[2 * i];
            position /= each.block[i];
            if (from[1 + i] < 0 || from[1 + i] >= each.dims[1 + i]) return int64_t{-1};
          }
          return static_cast<int64_t>(flat(each.dims, from));
        },
        static_cast<T>(quantized ? 99 : 0));
    const auto n = static_cast<int32_t>(spatial);
    OpHarness op(BATON_OP_SPACE_TO_BATCH_ND);
    op.input(each.dims, content, q).constant({n}, each.block).constant({n, 2}, each.margins);
    op.output(dtype_of<T>(), q);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), small);
    EXPECT_EQ(op.template result<T>(), expected);
    OpHarness back(BATON_OP_BATCH_TO_SPACE_ND);
    back.input(small, expected, q).constant({n}, each.block).constant({n, 2}, each.margins);
    back.output(dtype_of<T>(), q);
    ASSERT_TRUE(back.run()) << back.message();
    EXPECT_EQ(back.dims(), each.dims);
    EXPECT_EQ(back.template result<T>(), content);
  }
}

TEST(SpaceAndBatch, Refusals) {
  struct {
    Ints block;
    Ints margins;
  } const table[] = {{{0, 1}, {0, 0, 0, 0}}, {{3, 1}, {0, 0, 0, 0}}, {{1, 1}, {-1, 0, 0, 0}}};
  for (const auto& each : table) {
    OpHarness op(BATON_OP_SPACE_TO_BATCH_ND);
    op.input({1, 4, 4, 1}, counting<float>(16)).constant({2}, each.block);
    op.constant({2, 2}, each.margins).output(BATON_FLOAT32);
    EXPECT_FALSE(op.infer().ok()) << text_of(each.block);
    OpHarness back(BATON_OP_BATCH_TO_SPACE_ND);
    back.input({4, 2, 2, 1}, counting<float>(16)).constant({2}, each.block);
    back.constant({2, 2}, each.margins).output(BATON_FLOAT32);
    EXPECT_FALSE(back.infer().ok()) << text_of(each.block);
  }
  OpHarness crop(BATON_OP_BATCH_TO_SPACE_ND);
  crop.input({4, 2, 2, 1}, counting<float>(16)).constant<int32_t>({2}, {2, 2});
  crop.constant<int32_t>({2, 2}, {3, 3, 0, 0}).output(BATON_FLOAT32);
  EXPECT_FALSE(crop.infer().ok());
}

// ---- Selection --------------------------------------------------------------------------------

TEST(Select, Forms) {
  struct {
    Dims condition;
    std::vector<bool> choose;
    Dims dims;
  } const table[] = {
      {{2, 3}, {true, false, true, false, false, true}, {2, 3}},
      {{2}, {true, false}, {2, 3}},
      {{}, {false}, {2, 3}},
      {{1}, {true}, {3, 2}},
  };
  for (const auto& each : table) {
    const size_t count = count_of(each.dims);
    auto x = counting<float>(count);
    std::vector<float> y(count);
    for (size_t i = 0; i < count; ++i) y[i] = -static_cast<float>(i) - 1;
    OpHarness op(BATON_OP_SELECT);
    op.input(each.condition, each.choose).input(each.dims, x).input(each.dims, y);
    op.output(BATON_FLOAT32);
    ASSERT_TRUE(op.run()) << op.message();
    const auto result = op.result<float>();
    for (size_t i = 0; i < count; ++i) {
      EXPECT_EQ(result[i], each.choose[i * each.choose.size() / count] ? x[i] : y[i]);
    }
  }
  OpHarness op(BATON_OP_SELECT);
  op.input<bool>({3}, {true, true, true}).input({2, 3}, counting<float>(6));
  EXPECT_FALSE(op.input({2, 3}, counting<float>(6)).output(BATON_FLOAT32).infer().ok());
}

TEST(SelectV2, Broadcast) {
  const Dims condition{2, 1, 3};
  const Dims x_dims{4, 1};
  const Dims y_dims{};
  const std::vector<bool> choose{true, false, true, false, true, false};
  const auto x = counting<int64_t>(4);
  OpHarness op(BATON_OP_SELECT_V2);
  op.input(condition, choose).input(x_dims, x).input<int64_t>(y_dims, {-7}).output(BATON_INT64);
  ASSERT_TRUE(op.run()) << op.message();
  const Dims dims{2, 4, 3};
  EXPECT_EQ(op.dims(), dims);
  const auto result = op.result<int64_t>();
  for (size_t i = 0; i < result.size(); ++i) {
    EXPECT_EQ(result[i], choose[broadcast_index(condition, dims, i)]
                             ? x[broadcast_index(x_dims, dims, i)]
                             : -7);
  }
}

}  // namespace
}  // namespace baton::test
