// ADD, SUB, MUL, DIV, MINIMUM, MAXIMUM, SQUARED_DIFFERENCE, POW, PRELU, LOGICAL_AND/OR and the
// comparisons.
#include <functional>

#include "tests/ops/op_cases.h"

namespace baton::test {
namespace {

struct Pair {
  Dims a;
  Dims b;
};
const Pair kPairs[] = {
    {{}, {}},
    {{5}, {5}},
    {{7}, {}},
    {{}, {3, 2}},
    {{1, 4, 4, 3}, {1, 4, 4, 3}},
    {{2, 3, 5}, {5}},
    {{5}, {2, 3, 5}},
    {{2, 3, 5}, {3, 1}},
    {{2, 1, 5}, {1, 4, 1}},
    {{3, 1, 2, 1}, {1, 4, 1, 5}},
    {{1, 2, 1, 3, 1, 2}, {3, 1, 2, 1, 2, 1}},
    {{2, 1, 2, 1, 2, 1, 2, 1}, {1, 2, 1, 2, 1, 2, 1, 2}},
    {{0}, {1}},
    {{2, 0, 3}, {2, 1, 3}},
    {{1, 300, 80}, {1, 300, 80}},
};

const ElementType kFloat{BATON_FLOAT32};
const ElementType kInt32{BATON_INT32};
const ElementType kInt64{BATON_INT64};

double activated(double x, int32_t activation) {
  switch (activation) {
    case BATON_ACTIVATION_RELU:
      return std::max(x, 0.0);
    case BATON_ACTIVATION_RELU6:
      return std::clamp(x, 0.0, 6.0);
    case BATON_ACTIVATION_RELU_N1_TO_1:
      return std::clamp(x, -1.0, 1.0);
    default:
      return x;
  }
}

void set_activation(OpHarness& op, int32_t code, int32_t activation) {
  if (code == BATON_OP_ADD) {
    baton_add_attributes attributes = BATON_ADD_ATTRIBUTES_INIT;
    attributes.fused_activation_function = activation;
    op.attributes(attributes);
  } else if (code == BATON_OP_SUB) {
    baton_sub_attributes attributes = BATON_SUB_ATTRIBUTES_INIT;
    attributes.fused_activation_function = activation;
    op.attributes(attributes);
  } else if (code == BATON_OP_MUL) {
    baton_mul_attributes attributes = BATON_MUL_ATTRIBUTES_INIT;
    attributes.fused_activation_function = activation;
    op.attributes(attributes);
  } else if (code == BATON_OP_DIV) {
    baton_div_attributes attributes = BATON_DIV_ATTRIBUTES_INIT;
    attributes.fused_activation_function = activation;
    op.attributes(attributes);
  }
}

struct Types {
  ElementType a;
  ElementType b;
  ElementType out;
};

void check(int32_t code, const Pair& shapes, const Types& types, int32_t activation, double low,
           double high, double low_b, double high_b,
           const std::function<double(double, double)>& oracle, uint32_t threads = 1) {
  SCOPED_TRACE(text_of(shapes.a) + " " + text_of(shapes.b) + " type " + dtype_name(types.a.dtype) +
               " activation " + std::to_string(activation));
  Reals a = scattered(count_of(shapes.a), low, high, 1);
  Reals b = scattered(count_of(shapes.b), low_b, high_b, 2);
  OpHarness op(code);
  add_input(op, shapes.a, a, types.a);
  add_input(op, shapes.b, b, types.b);
  op.output(types.out.dtype, types.out.quantization()).threads(threads);
  set_activation(op, code, activation);
  ASSERT_TRUE(op.run()) << op.message();
  const Dims dims = broadcast_dims(shapes.a, shapes.b);
  EXPECT_EQ(op.dims(), dims);
  Reals expected(count_of(dims));
  for (size_t i = 0; i < expected.size(); ++i) {
    expected[i] = activated(
        oracle(a[broadcast_index(shapes.a, dims, i)], b[broadcast_index(shapes.b, dims, i)]),
        activation);
  }
  expect_close(op, expected, types.out);
}

struct Arithmetic {
  int32_t code;
  double (*oracle)(double, double);
};
const Arithmetic kArithmetic[] = {
    {BATON_OP_ADD, [](double a, double b) { return a + b; }},
    {BATON_OP_SUB, [](double a, double b) { return a - b; }},
    {BATON_OP_MUL, [](double a, double b) { return a * b; }},
    {BATON_OP_DIV, [](double a, double b) { return a / b; }},
};
const int32_t kActivations[] = {BATON_ACTIVATION_NONE, BATON_ACTIVATION_RELU,
                                BATON_ACTIVATION_RELU_N1_TO_1, BATON_ACTIVATION_RELU6};

TEST(Arithmetic, PlainTypes) {
  for (const Arithmetic& each : kArithmetic) {
    const bool division = each.code == BATON_OP_DIV;
    SCOPED_TRACE("operator " + std::to_string(each.code));
    for (const Pair& shapes : kPairs) {
      for (const int32_t activation : kActivations) {
        check(each.code, shapes, {kFloat, kFloat, kFloat}, activation, -9, 9, 0.1, 9, each.oracle,
              3);
        for (const ElementType& type : {kInt32, kInt64}) {
          if (division && type.dtype == BATON_INT64) continue;
          check(
              each.code, shapes, {type, type, type}, activation, -99, 99, 1, 99,
              [&](double a, double b) { return division ? std::trunc(a / b) : each.oracle(a, b); });
        }
      }
    }
  }
}

const Types kQuantized[] = {
    {{BATON_UINT8, 0.1f, 128}, {BATON_UINT8, 0.05f, 100}, {BATON_UINT8, 0.15f, 120}},
    {{BATON_UINT8, 0.5f, 0}, {BATON_UINT8, 0.02f, 255}, {BATON_UINT8, 0.7f, 255}},
    {{BATON_INT8, 0.1f, -128}, {BATON_INT8, 0.03f, 127}, {BATON_INT8, 0.2f, 0}},
    {{BATON_INT8, 0.07f, 5}, {BATON_INT8, 0.07f, -9}, {BATON_INT8, 0.07f, 3}},
    {{BATON_INT16, 0.001f, 0}, {BATON_INT16, 0.0007f, 0}, {BATON_INT16, 0.002f, 0}},
};

TEST(Arithmetic, Quantized) {
  for (const Arithmetic& each : kArithmetic) {
    SCOPED_TRACE("operator " + std::to_string(each.code));
    for (const Types& types : kQuantized) {
      if (each.code == BATON_OP_DIV && types.a.dtype == BATON_INT16) continue;
      for (const Pair& shapes : kPairs) {
        for (const int32_t activation : kActivations) {
          // A divisor keeps clear of zero on its side of the zero point.
          const bool low_side = types.b.zero_point > 100;
          const bool division = each.code == BATON_OP_DIV;
          check(each.code, shapes, types, activation, -10, 10,
                division ? (low_side ? -5 : 0.5) : -5, division ? (low_side ? -0.5 : 5) : 5,
                each.oracle, 2);
        }
      }
    }
  }
}

// By hand: both inputs are shifted left by 20 and multiplied by 0.5 (equal scales), so that the sum
// is (a + b) * 2^19, which 2^-19 brings back: with all scales equal, ADD is exact.
TEST(Arithmetic, AddOfEqualScalesIsExact) {
  OpHarness op(BATON_OP_ADD);
  std::vector<int8_t> a, b;
  std::vector<int8_t> expected;
  for (int x = -128; x < 128; x += 5) {
    for (int y = -128; y < 128; y += 7) {
      a.push_back(static_cast<int8_t>(x));
      b.push_back(static_cast<int8_t>(y));
      expected.push_back(static_cast<int8_t>(std::clamp(x + y, -128, 127)));
    }
  }
  const auto q = Quantization::per_tensor(0.25f, 0);
  const auto count = static_cast<int32_t>(a.size());
  op.input({count}, a, q).input({count}, b, q).output(BATON_INT8, q);
  set_activation(op, BATON_OP_ADD, 0);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.result<int8_t>(), expected);
}

// Scales 1, 1 and output 2: a tie of x.5 is rounded away from zero.
TEST(Arithmetic, HalvesRoundAwayFromZero) {
  const auto one = Quantization::per_tensor(1.0f, 0);
  const auto two = Quantization::per_tensor(2.0f, 0);
  OpHarness op(BATON_OP_ADD);
  op.input<int8_t>({4}, {1, -1, 3, -3}, one).input<int8_t>({4}, {2, -2, 0, 0}, one);
  op.output(BATON_INT8, two);
  set_activation(op, BATON_OP_ADD, 0);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.result<int8_t>(), (std::vector<int8_t>{2, -2, 2, -2}));
}

TEST(Arithmetic, IntegersWrap) {
  for (const auto& [code, expected] :
       {std::pair{BATON_OP_ADD, INT32_MIN}, std::pair{BATON_OP_MUL, int32_t{INT32_MAX}}}) {
    OpHarness op(code);
    op.input<int32_t>({1}, {INT32_MAX}).input<int32_t>({1}, {1}).output(BATON_INT32);
    set_activation(op, code, 0);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.result<int32_t>()[0], expected);
  }
}

TEST(Arithmetic, DivisionByZeroInt) {
  OpHarness op(BATON_OP_DIV);
  op.input<int32_t>({2}, {1, INT32_MIN}).input<int32_t>({2}, {0, -1}).output(BATON_INT32);
  set_activation(op, BATON_OP_DIV, 0);
  EXPECT_FALSE(op.run());
  EXPECT_NE(op.message().find("divisor"), std::string::npos) << op.message();
}

TEST(Arithmetic, SmallestByMinusOneWraps) {
  OpHarness op(BATON_OP_DIV);
  op.input<int32_t>({1}, {INT32_MIN}).input<int32_t>({1}, {-1}).output(BATON_INT32);
  set_activation(op, BATON_OP_DIV, 0);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.result<int32_t>()[0], INT32_MIN);
}

TEST(Arithmetic, InfinityIsClampedToTheLargestFloat) {
  OpHarness op(BATON_OP_DIV);
  op.input<float>({2}, {1, -1}).input<float>({2}, {0, 0}).output(BATON_FLOAT32);
  set_activation(op, BATON_OP_DIV, 0);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.result<float>()[0], std::numeric_limits<float>::max());
  EXPECT_EQ(op.result<float>()[1], std::numeric_limits<float>::lowest());
}

TEST(Arithmetic, Refusals) {
  {
    OpHarness op(BATON_OP_ADD);
    op.input<float>({2}, {1, 2}).input<float>({3}, {1, 2, 3}).output(BATON_FLOAT32);
    set_activation(op, BATON_OP_ADD, 0);
    const Status status = op.infer();
    EXPECT_EQ(status.code(), BATON_INVALID_MODEL);
    EXPECT_NE(status.message().find("[2] and [3]"), std::string::npos) << status.message();
  }
  {
    OpHarness op(BATON_OP_ADD);
    op.input<float>({1}, {1}).input<int32_t>({1}, {1}).output(BATON_FLOAT32);
    set_activation(op, BATON_OP_ADD, 0);
    EXPECT_FALSE(op.prepare().ok());
  }
  {
    OpHarness op(BATON_OP_ADD);  // no quantisation
    op.input<int8_t>({1}, {1}).input<int8_t>({1}, {1}).output(BATON_INT8);
    set_activation(op, BATON_OP_ADD, 0);
    EXPECT_FALSE(op.prepare().ok());
  }
  {
    OpHarness op(BATON_OP_MUL);  // negative scale
    const auto bad = Quantization::per_tensor(-1.0f, 0);
    op.input<int8_t>({1}, {1}, bad).input<int8_t>({1}, {1}, bad).output(BATON_INT8, bad);
    set_activation(op, BATON_OP_MUL, 0);
    EXPECT_FALSE(op.prepare().ok());
  }
  {
    OpHarness op(BATON_OP_MUL);  // zero point outside the type
    const auto bad = Quantization::per_tensor(1.0f, 300);
    op.input<int8_t>({1}, {1}, bad).input<int8_t>({1}, {1}, bad).output(BATON_INT8, bad);
    set_activation(op, BATON_OP_MUL, 0);
    EXPECT_FALSE(op.prepare().ok());
  }
  {
    OpHarness op(BATON_OP_DIV);
    op.input<int64_t>({1}, {1}).input<int64_t>({1}, {1}).output(BATON_INT64);
    set_activation(op, BATON_OP_DIV, 0);
    const Status status = op.prepare();
    EXPECT_EQ(status.code(), BATON_UNSUPPORTED);
    EXPECT_NE(status.message().find("int64 input is not supported"), std::string::npos);
  }
}

// int16 with power-of-two scales: one input is shifted, nothing is multiplied.
TEST(Arithmetic, Int16PowerOfTwo) {
  for (const int32_t code : {BATON_OP_ADD, BATON_OP_SUB}) {
    OpHarness op(code);
    op.input<int16_t>({4}, {100, -100, 32767, -32768}, Quantization::per_tensor(1.0f / 32768, 0))
        .input<int16_t>({4}, {6, -6, 16, 2}, Quantization::per_tensor(1.0f / 131072, 0))
        .output(BATON_INT16, Quantization::per_tensor(1.0f / 32768, 0));
    set_activation(op, code, 0);
    ASSERT_TRUE(op.run()) << op.message();
    // 6 / 4 = 1.5 rounds away from zero to 2, 2 / 4 to 1.
    EXPECT_EQ(op.result<int16_t>(), code == BATON_OP_ADD
                                        ? (std::vector<int16_t>{102, -102, 32767, -32767})
                                        : (std::vector<int16_t>{98, -98, 32763, -32768}));
  }
}

TEST(Arithmetic, MinimumVersion) {
  OpHarness op(BATON_OP_ADD);
  const auto q = Quantization::per_tensor(1.0f, 0);
  op.input<int8_t>({1}, {1}, q).input<int8_t>({1}, {1}, q).output(BATON_INT8, q);
  set_activation(op, BATON_OP_ADD, 0);
  ASSERT_TRUE(op.infer().ok());
  EXPECT_EQ(op.op()->min_version(op.context()), 2);
}

TEST(Binary, Extremes) {
  const Arithmetic table[] = {
      {BATON_OP_MINIMUM, [](double a, double b) { return std::min(a, b); }},
      {BATON_OP_MAXIMUM, [](double a, double b) { return std::max(a, b); }},
  };
  for (const Arithmetic& each : table) {
    for (const Pair& shapes : kPairs) {
      for (const baton_dtype dtype :
           {BATON_FLOAT32, BATON_UINT8, BATON_INT8, BATON_INT16, BATON_INT32, BATON_INT64}) {
        const ElementType type{dtype};
        const double low = dtype == BATON_UINT8 ? 0 : -90;
        check(each.code, shapes, {type, type, type}, 0, low, 90, low, 90, each.oracle);
      }
    }
  }
}

// The file's type of the output gives way to the second input's.
TEST(Arithmetic, OutputTypeFollowsTheInput) {
  OpHarness op(BATON_OP_ADD);
  op.input<int32_t>({2}, {1, 2}).input<int32_t>({1}, {3}).output(BATON_INT8);
  set_activation(op, BATON_OP_ADD, 0);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.context().output(0).dtype(), BATON_INT32);
  EXPECT_EQ(op.result<int32_t>(), (std::vector<int32_t>{4, 5}));
}

// ---- Integers ---------------------------------------------------------------------------------

double floor_mod(double a, double b) { return a - std::floor(a / b) * b; }

TEST(Division, Floors) {
  const auto quotient = [](double a, double b) { return std::floor(a / b); };
  for (const Pair& shapes : kPairs) {
    for (const baton_dtype dtype : {BATON_INT32, BATON_INT16, BATON_INT8, BATON_INT64}) {
      const ElementType type{dtype};
      for (const double sign : {1.0, -1.0}) {
        const double low = std::min(sign, sign * 12);
        const double high = std::max(sign, sign * 12);
        check(BATON_OP_FLOOR_MOD, shapes, {type, type, type}, 0, -120, 120, low, high, floor_mod,
              2);
        if (dtype == BATON_INT64) continue;
        check(BATON_OP_FLOOR_DIV, shapes, {type, type, type}, 0, -120, 120, low, high, quotient, 2);
      }
    }
    // Divisors and quotients that float32 holds exactly.
    Reals a = scattered(count_of(shapes.a), -80, 80, 3);
    for (double& x : a) x = std::round(x) / 4;
    Reals b(count_of(shapes.b), -1.5);
    for (const int32_t code : {BATON_OP_FLOOR_DIV, BATON_OP_FLOOR_MOD}) {
      OpHarness op(code);
      add_input(op, shapes.a, a, kFloat);
      add_input(op, shapes.b, b, kFloat);
      op.output(BATON_FLOAT32);
      ASSERT_TRUE(op.run()) << op.message();
      const Dims dims = broadcast_dims(shapes.a, shapes.b);
      Reals expected(count_of(dims));
      for (size_t i = 0; i < expected.size(); ++i) {
        const double x = a[broadcast_index(shapes.a, dims, i)];
        expected[i] = code == BATON_OP_FLOOR_DIV ? quotient(x, -1.5) : floor_mod(x, -1.5);
      }
      expect_close(op, expected, kFloat);
    }
  }
}

TEST(Division, ByZeroAndBeyondTheType) {
  for (const int32_t code : {BATON_OP_FLOOR_DIV, BATON_OP_FLOOR_MOD}) {
    OpHarness zero(code);
    zero.input<int32_t>({2}, {1, 2}).input<int32_t>({2}, {1, 0}).output(BATON_INT32);
    EXPECT_FALSE(zero.run());
    EXPECT_NE(zero.message().find("element 1 of the divisor is zero"), std::string::npos);
    OpHarness smallest(code);
    smallest.input<int32_t>({1}, {INT32_MIN}).input<int32_t>({1}, {-1}).output(BATON_INT32);
    ASSERT_TRUE(smallest.run()) << smallest.message();
    EXPECT_EQ(smallest.result<int32_t>()[0], code == BATON_OP_FLOOR_DIV ? INT32_MIN : 0);
    OpHarness small(code);
    small.input<int8_t>({1}, {INT8_MIN}).input<int8_t>({1}, {-1}).output(BATON_INT8);
    ASSERT_TRUE(small.run()) << small.message();
    EXPECT_EQ(small.result<int8_t>()[0], code == BATON_OP_FLOOR_DIV ? INT8_MIN : 0);
  }
  OpHarness quotient(BATON_OP_FLOOR_DIV);
  quotient.input<float>({1}, {1}).input<float>({1}, {0}).output(BATON_FLOAT32);
  EXPECT_FALSE(quotient.run());
  OpHarness remainder(BATON_OP_FLOOR_MOD);
  remainder.input<float>({1}, {1}).input<float>({1}, {0}).output(BATON_FLOAT32);
  ASSERT_TRUE(remainder.run()) << remainder.message();
  EXPECT_TRUE(std::isnan(remainder.result<float>()[0]));
  OpHarness type(BATON_OP_FLOOR_DIV);
  type.input<int64_t>({1}, {1}).input<int64_t>({1}, {1}).output(BATON_INT64);
  EXPECT_EQ(type.prepare().code(), BATON_UNSUPPORTED);
}

TEST(Bits, XorAndShift) {
  for (const Pair& shapes : kPairs) {
    for (const baton_dtype dtype : {BATON_UINT8, BATON_INT8, BATON_INT16, BATON_INT32}) {
      const ElementType type{dtype};
      const double low = dtype == BATON_UINT8 ? 0 : -120;
      check(BATON_OP_BITWISE_XOR, shapes, {type, type, type}, 0, low, 120, low, 120,
            [](double a, double b) {
              return static_cast<double>(static_cast<int>(a) ^ static_cast<int>(b));
            });
      check(BATON_OP_RIGHT_SHIFT, shapes, {type, type, type}, 0, low, 120, 0, 6,
            [](double a, double b) { return std::floor(a / std::exp2(b)); });
    }
  }
}

TEST(Bits, ShiftsAreLimited) {
  OpHarness negative(BATON_OP_RIGHT_SHIFT);
  negative.input<int32_t>({4}, {-8, -8, 8, INT32_MIN}).input<int32_t>({4}, {-3, 99, 32, 31});
  negative.output(BATON_INT32);
  ASSERT_TRUE(negative.run()) << negative.message();
  EXPECT_EQ(negative.result<int32_t>(), (std::vector<int32_t>{-8, -1, 0, -1}));
  OpHarness wide(BATON_OP_RIGHT_SHIFT);
  wide.input<uint32_t>({2}, {UINT32_MAX, 6}).input<uint32_t>({2}, {UINT32_MAX, 1});
  wide.output(BATON_UINT32);
  ASSERT_TRUE(wide.run()) << wide.message();
  EXPECT_EQ(wide.result<uint32_t>(), (std::vector<uint32_t>{1, 3}));
  OpHarness words(BATON_OP_BITWISE_XOR);
  words.input<uint16_t>({2}, {0xffff, 0x00f0}).input<uint16_t>({1}, {0x0ff0});
  words.output(BATON_UINT16);
  ASSERT_TRUE(words.run()) << words.message();
  EXPECT_EQ(words.result<uint16_t>(), (std::vector<uint16_t>{0xf00f, 0x0f00}));
}

TEST(Binary, Angle) {
  for (const Pair& shapes : kPairs) {
    check(BATON_OP_ATAN2, shapes, {kFloat, kFloat, kFloat}, 0, -9, 9, -9, 9,
          [](double y, double x) { return std::atan2(y, x); });
  }
  OpHarness op(BATON_OP_ATAN2);
  op.input<double>({2}, {1, -1}).input<double>({2}, {-1, 0}).output(BATON_FLOAT64);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.result<double>(), (std::vector<double>{std::atan2(1, -1), std::atan2(-1, 0)}));
}

TEST(AddN, SumsAll) {
  for (const Dims& dims : {Dims{}, Dims{7}, Dims{2, 0}, Dims{3, 4, 5}}) {
    for (const ElementType& type : {kFloat, kInt32}) {
      OpHarness op(BATON_OP_ADD_N);
      Reals expected(count_of(dims), 0.0);
      for (uint32_t k = 0; k < 4; ++k) {
        Reals input = scattered(count_of(dims), -50, 50, k + 1);
        add_input(op, dims, input, type);
        for (size_t i = 0; i < input.size(); ++i) expected[i] += input[i];
      }
      op.output(type.dtype).threads(2);
      ASSERT_TRUE(op.run()) << op.message();
      EXPECT_EQ(op.dims(), dims);
      expect_close(op, expected, type, 1e-4);
    }
  }
  OpHarness shapes(BATON_OP_ADD_N);
  shapes.input<float>({2}, {1, 2}).input<float>({1}, {1}).output(BATON_FLOAT32);
  EXPECT_EQ(shapes.infer().code(), BATON_INVALID_MODEL);
  OpHarness wrap(BATON_OP_ADD_N);
  wrap.input<int32_t>({1}, {INT32_MAX}).input<int32_t>({1}, {1}).output(BATON_INT32);
  ASSERT_TRUE(wrap.run()) << wrap.message();
  EXPECT_EQ(wrap.result<int32_t>()[0], INT32_MIN);
}

TEST(Binary, SquaredDifference) {
  const auto oracle = [](double a, double b) { return (a - b) * (a - b); };
  const Types int8{{BATON_INT8, 0.1f, 3}, {BATON_INT8, 0.05f, -20}, {BATON_INT8, 0.9f, -128}};
  for (const Pair& shapes : kPairs) {
    check(BATON_OP_SQUARED_DIFFERENCE, shapes, {kFloat, kFloat, kFloat}, 0, -9, 9, 20, 30, oracle);
    check(BATON_OP_SQUARED_DIFFERENCE, shapes, {kInt32, kInt32, kInt32}, 0, -99, 99, -99, 99,
          oracle);
    check(BATON_OP_SQUARED_DIFFERENCE, shapes, int8, 0, -10, 10, -5, 5, oracle);
  }
}

TEST(Binary, Power) {
  const auto oracle = [](double a, double b) { return std::pow(a, b); };
  for (const Pair& shapes : kPairs) {
    check(BATON_OP_POW, shapes, {kFloat, kFloat, kFloat}, 0, 0.1, 4, -3, 3, oracle);
    check(BATON_OP_POW, shapes, {kInt32, kInt32, kInt32}, 0, -4, 4, 0, 9, oracle);
  }
  OpHarness op(BATON_OP_POW);
  op.input<int32_t>({1}, {2}).input<int32_t>({1}, {-1}).output(BATON_INT32);
  EXPECT_FALSE(op.run());
}

TEST(Binary, Logical) {
  const ElementType type{BATON_BOOL};
  const auto both = [](double a, double b) { return a != 0 && b != 0 ? 1.0 : 0.0; };
  const auto any = [](double a, double b) { return a != 0 || b != 0 ? 1.0 : 0.0; };
  for (const Pair& shapes : kPairs) {
    SCOPED_TRACE(text_of(shapes.a));
    for (const int32_t code : {BATON_OP_LOGICAL_AND, BATON_OP_LOGICAL_OR}) {
      Reals a = scattered(count_of(shapes.a), -1, 1, 1);
      Reals b = scattered(count_of(shapes.b), -1, 1, 2);
      for (Reals* reals : {&a, &b}) {
        for (double& real : *reals) real = real > 0 ? 1 : 0;
      }
      OpHarness op(code);
      add_input(op, shapes.a, a, type);
      add_input(op, shapes.b, b, type);
      op.output(BATON_BOOL);
      ASSERT_TRUE(op.run()) << op.message();
      const Dims dims = broadcast_dims(shapes.a, shapes.b);
      Reals expected(count_of(dims));
      for (size_t i = 0; i < expected.size(); ++i) {
        const double x = a[broadcast_index(shapes.a, dims, i)];
        const double y = b[broadcast_index(shapes.b, dims, i)];
        expected[i] = code == BATON_OP_LOGICAL_AND ? both(x, y) : any(x, y);
      }
      expect_close(op, expected, type);
    }
  }
}

struct Relation {
  int32_t code;
  bool (*holds)(double, double);
};
const Relation kRelations[] = {
    {BATON_OP_LESS, [](double a, double b) { return a < b; }},
    {BATON_OP_LESS_EQUAL, [](double a, double b) { return a <= b; }},
    {BATON_OP_GREATER, [](double a, double b) { return a > b; }},
    {BATON_OP_GREATER_EQUAL, [](double a, double b) { return a >= b; }},
    {BATON_OP_EQUAL, [](double a, double b) { return a == b; }},
    {BATON_OP_NOT_EQUAL, [](double a, double b) { return a != b; }},
};

TEST(Comparison, AllTypes) {
  // Few different numbers, so that equal ones come up; quantised scales that are powers of two, so
  // that equal reals stay equal.
  const Types table[] = {
      {kFloat, kFloat, {BATON_BOOL}},
      {kInt32, kInt32, {BATON_BOOL}},
      {kInt64, kInt64, {BATON_BOOL}},
      {{BATON_INT8, 0.5f, 3}, {BATON_INT8, 0.25f, -7}, {BATON_BOOL}},
      {{BATON_UINT8, 0.5f, 30}, {BATON_UINT8, 0.125f, 100}, {BATON_BOOL}},
  };
  for (const Relation& relation : kRelations) {
    for (const Types& types : table) {
      for (const Pair& shapes : kPairs) {
        Reals a = scattered(count_of(shapes.a), -3, 3, 1);
        Reals b = scattered(count_of(shapes.b), -3, 3, 2);
        for (Reals* reals : {&a, &b}) {
          for (double& real : *reals) real = std::round(real);
        }
        OpHarness op(relation.code);
        add_input(op, shapes.a, a, types.a);
        add_input(op, shapes.b, b, types.b);
        op.output(BATON_BOOL).threads(2);
        ASSERT_TRUE(op.run()) << op.message();
        const Dims dims = broadcast_dims(shapes.a, shapes.b);
        Reals expected(count_of(dims));
        for (size_t i = 0; i < expected.size(); ++i) {
          expected[i] = relation.holds(a[broadcast_index(shapes.a, dims, i)],
                                       b[broadcast_index(shapes.b, dims, i)]);
        }
        expect_close(op, expected, types.out);
      }
    }
  }
}

TEST(Comparison, OutputMustBeBool) {
  OpHarness op(BATON_OP_LESS);
  op.input<float>({1}, {1}).input<float>({1}, {1}).output(BATON_FLOAT32);
  EXPECT_FALSE(op.prepare().ok());
}

TEST(Prelu, Types) {
  const auto oracle = [](double x, double alpha) { return x >= 0 ? x : x * alpha; };
  const Pair shapes[] = {{{1, 3, 3, 2}, {1, 1, 2}}, {{2, 4}, {4}}, {{5}, {1}}, {{2, 3}, {2, 3}}};
  const Types uint8{{BATON_UINT8, 0.1f, 128}, {BATON_UINT8, 0.01f, 10}, {BATON_UINT8, 0.1f, 100}};
  const Types int8{{BATON_INT8, 0.1f, -3}, {BATON_INT8, 0.02f, 7}, {BATON_INT8, 0.15f, 9}};
  for (const Pair& pair : shapes) {
    check(BATON_OP_PRELU, pair, {kFloat, kFloat, kFloat}, 0, -9, 9, -2, 2, oracle);
    check(BATON_OP_PRELU, pair, uint8, 0, -9, 9, -0.1, 2, oracle);
    check(BATON_OP_PRELU, pair, int8, 0, -9, 9, -2, 2, oracle);
  }
  OpHarness op(BATON_OP_PRELU);
  op.input<float>({2}, {1, 2}).input<float>({3, 2}, std::vector<float>(6)).output(BATON_FLOAT32);
  EXPECT_FALSE(op.infer().ok());
}

}  // namespace
}  // namespace baton::test
