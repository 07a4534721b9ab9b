// MEAN, SUM, REDUCE_MAX/MIN/PROD, ARG_MAX and ARG_MIN.
#include <set>

#include "tests/ops/op_cases.h"

namespace baton::test {
namespace {

struct Shape {
  Dims dims;
  std::vector<int32_t> axes;
};
const Shape kShapes[] = {
    {{4}, {0}},
    {{2, 3}, {0}},
    {{2, 3}, {-1}},
    {{2, 3, 4}, {0, 2}},
    {{2, 3, 4}, {1, 1, -2}},
    {{2, 3, 4}, {}},
    {{2, 3, 4}, {0, 1, 2}},
    {{1, 7, 7, 5}, {1, 2}},
    {{2, 2, 3, 2, 2}, {1, 3}},
    {{}, {}},
};

double step(int32_t code, double a, double x) {
  switch (code) {
    case BATON_OP_REDUCE_MAX:
      return std::max(a, x);
    case BATON_OP_REDUCE_MIN:
      return std::min(a, x);
    case BATON_OP_REDUCE_PROD:
      return a * x;
    default:
      return a + x;
  }
}

void check(int32_t code, const Shape& shape, bool keep, const ElementType& from,
           const ElementType& to, double low, double high) {
  SCOPED_TRACE("operator " + std::to_string(code) + " " + text_of(shape.dims) +
               text_of(shape.axes) + dtype_name(from.dtype));
  Reals input = scattered(count_of(shape.dims), low, high, 5);
  OpHarness op(code);
  add_input(op, shape.dims, input, from);
  op.constant({static_cast<int32_t>(shape.axes.size())}, shape.axes);
  baton_reducer_attributes attributes = BATON_REDUCER_ATTRIBUTES_INIT;
  attributes.keep_dims = keep;
  op.attributes(attributes).output(to.dtype, to.quantization()).threads(2);
  ASSERT_TRUE(op.run()) << op.message();

  const auto rank = static_cast<int32_t>(shape.dims.size());
  std::set<int32_t> reduced;
  for (const int32_t axis : shape.axes) reduced.insert(axis < 0 ? axis + rank : axis);
  Dims kept = shape.dims;  // with ones
  Dims dims;
  for (int32_t i = 0; i < rank; ++i) {
    if (reduced.count(i) != 0) kept[static_cast<size_t>(i)] = 1;
    if (reduced.count(i) == 0 || keep) dims.push_back(kept[static_cast<size_t>(i)]);
  }
  EXPECT_EQ(op.dims(), dims);
  Reals expected(count_of(kept), std::numeric_limits<double>::quiet_NaN());
  for (size_t i = 0; i < input.size(); ++i) {
    double& sum = expected[broadcast_index(kept, shape.dims, i)];
    sum = std::isnan(sum) ? input[i] : step(code, sum, input[i]);
  }
  if (code == BATON_OP_MEAN) {
    for (double& sum : expected) {
      sum /= static_cast<double>(input.size() / expected.size());
      if (!to.quantized() && to.dtype != BATON_FLOAT32) sum = std::trunc(sum);
    }
  }
  expect_close(op, expected, to, 1e-5);
}

TEST(Reduce, PlainTypes) {
  for (const Shape& shape : kShapes) {
    for (const bool keep : {false, true}) {
      for (const int32_t code : {BATON_OP_MEAN, BATON_OP_SUM, BATON_OP_REDUCE_MAX,
                                 BATON_OP_REDUCE_MIN, BATON_OP_REDUCE_PROD}) {
        const ElementType real{BATON_FLOAT32};
        check(code, shape, keep, real, real, 0.5, 1.5);
        for (const baton_dtype dtype : {BATON_INT32, BATON_INT64}) {
          const ElementType type{dtype};
          const bool product = code == BATON_OP_REDUCE_PROD;
          check(code, shape, keep, type, type, product ? 0.6 : -50, product ? 1.52 : 50);
        }
      }
    }
  }
}

TEST(Reduce, QuantizedMeanAndSum) {
  const ElementType table[][2] = {
      {{BATON_UINT8, 0.1f, 128}, {BATON_UINT8, 0.1f, 128}},
      {{BATON_UINT8, 0.1f, 255}, {BATON_UINT8, 0.03f, 200}},
      {{BATON_INT8, 0.1f, -128}, {BATON_INT8, 0.07f, 0}},
      {{BATON_INT8, 0.05f, 12}, {BATON_INT8, 0.3f, -7}},
      {{BATON_INT16, 0.001f, 0}, {BATON_INT16, 0.0005f, 0}},
  };
  for (const Shape& shape : kShapes) {
    for (const auto& types : table) {
      check(BATON_OP_MEAN, shape, true, types[0], types[1], -12, 12);
      check(BATON_OP_SUM, shape, true, types[0], types[1], -2, 2);
    }
  }
}

// 8-bit elements are compared as they are.
TEST(Reduce, QuantizedExtremes) {
  for (const Shape& shape : kShapes) {
    for (const int32_t code : {BATON_OP_REDUCE_MAX, BATON_OP_REDUCE_MIN}) {
      const ElementType type{BATON_INT8, 0.1f, 3};
      check(code, shape, false, type, type, -12, 12);
    }
  }
}

TEST(Reduce, Truths) {
  for (const bool all : {true, false}) {
    for (const Shape& shape : kShapes) {
      const auto rank = static_cast<int32_t>(shape.dims.size());
      std::vector<bool> input;
      for (const double real : scattered(count_of(shape.dims), 0, 1, 7)) {
        input.push_back(all ? real < 0.8 : real < 0.2);
      }
      OpHarness op(all ? BATON_OP_REDUCE_ALL : BATON_OP_REDUCE_ANY);
      op.input(shape.dims, input).constant({static_cast<int32_t>(shape.axes.size())}, shape.axes);
      baton_reducer_attributes attributes = BATON_REDUCER_ATTRIBUTES_INIT;
      attributes.keep_dims = 1;
      op.attributes(attributes).output(BATON_BOOL).threads(2);
      ASSERT_TRUE(op.run()) << op.message();
      Dims kept = shape.dims;
      for (const int32_t axis : shape.axes) {
        kept[static_cast<size_t>(axis < 0 ? axis + rank : axis)] = 1;
      }
      EXPECT_EQ(op.dims(), kept);
      std::vector<bool> expected(count_of(kept), all);
      for (size_t i = 0; i < input.size(); ++i) {
        if (input[i] != all) expected[broadcast_index(kept, shape.dims, i)] = !all;
      }
      EXPECT_EQ(op.result<bool>(), expected) << text_of(shape.dims) << text_of(shape.axes);
    }
    OpHarness nothing(all ? BATON_OP_REDUCE_ALL : BATON_OP_REDUCE_ANY);
    nothing.input<bool>({0}, {}).constant<int32_t>({1}, {0}).output(BATON_BOOL);
    nothing.attributes(baton_reducer_attributes(BATON_REDUCER_ATTRIBUTES_INIT));
    ASSERT_TRUE(nothing.run()) << nothing.message();
    EXPECT_EQ(nothing.result<bool>()[0], all);
    OpHarness axis(all ? BATON_OP_REDUCE_ALL : BATON_OP_REDUCE_ANY);
    axis.input<bool>({1}, {true}).constant<int32_t>({1}, {1}).output(BATON_BOOL);
    axis.attributes(baton_reducer_attributes(BATON_REDUCER_ATTRIBUTES_INIT));
    EXPECT_EQ(axis.infer().code(), BATON_INVALID_MODEL);
  }
}

TEST(Reduce, OfNothing) {
  baton_reducer_attributes attributes = BATON_REDUCER_ATTRIBUTES_INIT;
  struct {
    int32_t code;
    float expected;
  } const table[] = {{BATON_OP_SUM, 0},
                     {BATON_OP_REDUCE_PROD, 1},
                     {BATON_OP_REDUCE_MAX, std::numeric_limits<float>::lowest()}};
  for (const auto& each : table) {
    OpHarness op(each.code);
    op.input<float>({0, 2}, {}).constant<int32_t>({1}, {0}).output(BATON_FLOAT32);
    op.attributes(attributes);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.result<float>(), (std::vector<float>{each.expected, each.expected}));
  }
  OpHarness op(BATON_OP_MEAN);
  op.input<float>({0, 2}, {}).constant<int32_t>({1}, {0}).output(BATON_FLOAT32);
  op.attributes(attributes);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_TRUE(std::isnan(op.result<float>()[0]));
}

TEST(Reduce, AxisOutOfRange) {
  for (const int32_t axis : {2, -3}) {
    OpHarness op(BATON_OP_SUM);
    op.input<float>({1, 2}, {1, 2}).constant<int32_t>({1}, {axis}).output(BATON_FLOAT32);
    op.attributes(baton_reducer_attributes(BATON_REDUCER_ATTRIBUTES_INIT));
    const Status status = op.infer();
    EXPECT_EQ(status.code(), BATON_INVALID_MODEL);
    EXPECT_NE(status.message().find("out of range for rank 2"), std::string::npos);
  }
}

TEST(ArgReduce, FirstOfEquals) {
  for (const bool largest : {true, false}) {
    for (const baton_dtype dtype :
         {BATON_FLOAT32, BATON_UINT8, BATON_INT8, BATON_INT16, BATON_INT32, BATON_INT64}) {
      for (const Dims& dims : {Dims{5}, Dims{3, 4}, Dims{2, 5, 3}, Dims{2, 0, 3}}) {
        for (int32_t axis = -static_cast<int32_t>(dims.size());
             axis < static_cast<int32_t>(dims.size()); ++axis) {
          const auto at =
              static_cast<size_t>(axis < 0 ? axis + static_cast<int32_t>(dims.size()) : axis);
          const ElementType type{dtype};
          Reals input = scattered(count_of(dims), 0, 3, 6);
          for (double& real : input) real = std::round(real);
          OpHarness op(largest ? BATON_OP_ARG_MAX : BATON_OP_ARG_MIN);
          add_input(op, dims, input, type);
          op.constant<int32_t>({}, {axis});
          op.output(axis % 2 == 0 ? BATON_INT32 : BATON_INT64).threads(2);
          if (dims[at] == 0) {
            EXPECT_FALSE(op.infer().ok());
            continue;
          }
          ASSERT_TRUE(op.run()) << op.message();
          Dims out = dims;
          out.erase(out.begin() + static_cast<long>(at));
          EXPECT_EQ(op.dims(), out);
          Reals expected(count_of(out));
          for (size_t i = 0; i < expected.size(); ++i) {
            std::vector<int32_t> index = coordinates(out, i);
            index.insert(index.begin() + static_cast<long>(at), 0);
            double best = input[flat(dims, index)];
            for (int32_t k = 1; k < dims[at]; ++k) {
              index[at] = k;
              const double x = input[flat(dims, index)];
              if (largest ? x > best : x < best) {
                best = x;
                expected[i] = k;
              }
            }
          }
          expect_close(op, expected, {axis % 2 == 0 ? BATON_INT32 : BATON_INT64});
        }
      }
    }
  }
}

TEST(ArgReduce, Refusals) {
  OpHarness axis(BATON_OP_ARG_MAX);
  axis.input<float>({3}, {1, 2, 3}).constant<int32_t>({}, {1}).output(BATON_INT32);
  EXPECT_FALSE(axis.infer().ok());
  OpHarness type(BATON_OP_ARG_MAX);
  type.input<float>({3}, {1, 2, 3}).constant<int32_t>({}, {0}).output(BATON_FLOAT32);
  EXPECT_FALSE(type.prepare().ok());
}

}  // namespace
}  // namespace baton::test
