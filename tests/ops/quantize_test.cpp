// QUANTIZE, DEQUANTIZE and CAST.
#include "tests/ops/op_cases.h"

namespace baton::test {
namespace {

TEST(Quantize, Float) {
  for (const ElementType& type : {ElementType{BATON_UINT8, 0.1f, 128},
                                  {BATON_UINT8, 0.5f, 0},
                                  {BATON_INT8, 0.1f, -128},
                                  {BATON_INT8, 0.25f, 127},
                                  {BATON_INT16, 0.001f, 0}}) {
    Reals input = scattered(300, -40, 40, 1);
    OpHarness op(BATON_OP_QUANTIZE);
    add_input(op, {300}, input, {BATON_FLOAT32});
    op.output(type.dtype, type.quantization()).threads(2);
    ASSERT_TRUE(op.run()) << op.message();
    expect_close(op, input, type);
  }
}

TEST(Quantize, TiesAndExtremes) {
  OpHarness op(BATON_OP_QUANTIZE);
  const float inf = std::numeric_limits<float>::infinity();
  op.input<float>({8}, {0.5f, 1.5f, -0.5f, -1.5f, 1e30f, -1e30f, inf, -inf})
      .output(BATON_INT8, Quantization::per_tensor(1.0f, 1));
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.result<int8_t>(), (std::vector<int8_t>{2, 3, 0, -1, 127, -128, 127, -128}));
}

TEST(Quantize, PerAxis) {
  for (const int32_t axis : {0, 1, 2}) {
    const Dims dims{2, 3, 4};
    const auto channels = static_cast<size_t>(dims[static_cast<size_t>(axis)]);
    Quantization q;
    for (size_t i = 0; i < channels; ++i) {
      q.scales.push_back(0.1f * static_cast<float>(i + 1));
      q.zero_points.push_back(static_cast<int64_t>(i * 5));
    }
    q.axis = axis;
    const Reals input = scattered(24, -9, 9, 2);
    OpHarness op(BATON_OP_QUANTIZE);
    op.input(dims, stored<float>(input, {})).output(BATON_INT8, q);
    ASSERT_TRUE(op.run()) << op.message();
    const auto quantised = op.result<int8_t>();
    OpHarness back(BATON_OP_DEQUANTIZE);
    back.input(dims, quantised, q).output(BATON_FLOAT32).threads(2);
    ASSERT_TRUE(back.run()) << back.message();
    const auto result = back.result<float>();
    for (size_t i = 0; i < 24; ++i) {
      const auto c = static_cast<size_t>(coordinates(dims, i)[static_cast<size_t>(axis)]);
      const double scale = static_cast<double>(q.scales[c]);
      const double zero = static_cast<double>(q.zero_points[c]);
      const double exact = std::clamp(std::round(input[i] / scale) + zero, -128.0, 127.0);
      EXPECT_NEAR(quantised[i], exact, 1) << i;
      EXPECT_FLOAT_EQ(result[i], static_cast<float>(scale * (quantised[i] - zero)));
    }
  }
}

TEST(Quantize, Requantize) {
  const ElementType table[][2] = {
      {{BATON_INT8, 0.1f, 3}, {BATON_UINT8, 0.1f, 131}},
      {{BATON_UINT8, 0.1f, 100}, {BATON_INT8, 0.2f, -20}},
      {{BATON_INT8, 0.1f, 3}, {BATON_INT8, 0.01f, 0}},
      {{BATON_INT16, 0.001f, 0}, {BATON_INT8, 0.1f, 7}},
      {{BATON_INT16, 0.001f, 0}, {BATON_INT16, 0.0003f, 0}},
  };
  for (const auto& types : table) {
    Reals input = scattered(300, -20, 20, 3);
    OpHarness op(BATON_OP_QUANTIZE);
    add_input(op, {300}, input, types[0]);
    op.output(types[1].dtype, types[1].quantization());
    ASSERT_TRUE(op.run()) << op.message();
    expect_close(op, input, types[1]);
  }
}

// int8 to uint8 of one scale is a move by 128 units, bit for bit.
TEST(Quantize, Int8ToUInt8IsExact) {
  std::vector<int8_t> input;
  std::vector<uint8_t> expected;
  for (int i = -128; i < 128; ++i) {
    input.push_back(static_cast<int8_t>(i));
    expected.push_back(static_cast<uint8_t>(i + 128));
  }
  OpHarness op(BATON_OP_QUANTIZE);
  op.input({256}, input, Quantization::per_tensor(0.3f, -5))
      .output(BATON_UINT8, Quantization::per_tensor(0.3f, 123));
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.result<uint8_t>(), expected);
}

TEST(Quantize, Refusals) {
  OpHarness none(BATON_OP_QUANTIZE);
  none.input<float>({1}, {1}).output(BATON_INT8);
  EXPECT_FALSE(none.prepare().ok());
  OpHarness type(BATON_OP_QUANTIZE);
  type.input<float>({1}, {1}).output(BATON_INT32, Quantization::per_tensor(1, 0));
  EXPECT_FALSE(type.prepare().ok());
  OpHarness axis(BATON_OP_QUANTIZE);
  axis.input<float>({2}, {1, 2}).output(BATON_INT8, Quantization::per_axis({1, 1, 1}, 0));
  EXPECT_FALSE(axis.prepare().ok());
}

TEST(Dequantize, PerTensor) {
  for (const ElementType& type :
       {ElementType{BATON_UINT8, 0.1f, 128}, ElementType{BATON_INT8, 0.013f, -7},
        ElementType{BATON_INT16, 0.001f, 12}}) {
    Reals input = scattered(300, -10, 10, 4);
    OpHarness op(BATON_OP_DEQUANTIZE);
    add_input(op, {300}, input, type);
    op.output(BATON_FLOAT32);
    ASSERT_TRUE(op.run()) << op.message();
    expect_close(op, input, {BATON_FLOAT32});
  }
}

// Every float16, by its definition.
TEST(Dequantize, Float16) {
  std::vector<uint8_t> bytes;
  std::vector<double> expected;
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    bytes.push_back(static_cast<uint8_t>(bits));
    bytes.push_back(static_cast<uint8_t>(bits >> 8));
    const int exponent = static_cast<int>(bits >> 10 & 31);
    const int fraction = static_cast<int>(bits & 1023);
    double value =
        exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
    if (exponent == 31) {
      value = fraction == 0 ? std::numeric_limits<double>::infinity()
                            : std::numeric_limits<double>::quiet_NaN();
    }
    expected.push_back(bits & 0x8000 ? -value : value);
  }
  OpHarness op(BATON_OP_DEQUANTIZE);
  op.raw_input(BATON_FLOAT16, {65536}, bytes).output(BATON_FLOAT32);
  ASSERT_TRUE(op.run()) << op.message();
  const auto result = op.result<float>();
  for (size_t i = 0; i < expected.size(); ++i) {
    if (std::isnan(expected[i])) {
      ASSERT_TRUE(std::isnan(result[i])) << i;
    } else {
      ASSERT_EQ(static_cast<double>(result[i]), expected[i]) << i;
    }
  }
  // And back: every float16 is its own nearest.
  OpHarness cast(BATON_OP_CAST);
  cast.input({65536}, result).output(BATON_FLOAT16);
  ASSERT_TRUE(cast.run()) << cast.message();
  const auto* halves = cast.context().output(0).as<const uint16_t>();
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    if (std::isnan(expected[bits])) continue;
    ASSERT_EQ(halves[bits], bits);
  }
}

TEST(Cast, FloatToFloat16RoundsToNearestEven) {
  OpHarness op(BATON_OP_CAST);
  op.input<float>({6}, {1.00048828125f, 1.00146484375f, 65519.0f, 65520.0f, 2.98023223876953125e-8f,
                        2.9802325e-8f})
      .output(BATON_FLOAT16);
  ASSERT_TRUE(op.run()) << op.message();
  const auto* halves = op.context().output(0).as<const uint16_t>();
  EXPECT_EQ(halves[0], 0x3c00);  // half way between 1 and the next: to even
  EXPECT_EQ(halves[1], 0x3c02);
  EXPECT_EQ(halves[2], 0x7bff);
  EXPECT_EQ(halves[3], 0x7c00);
  EXPECT_EQ(halves[4], 0);  // half of the smallest: to even
  EXPECT_EQ(halves[5], 1);
}

TEST(Dequantize, Refusals) {
  OpHarness none(BATON_OP_DEQUANTIZE);
  none.input<int8_t>({1}, {1}).output(BATON_FLOAT32);
  EXPECT_FALSE(none.prepare().ok());
  OpHarness axis(BATON_OP_DEQUANTIZE);
  axis.input<int8_t>({2}, {1, 2}, Quantization::per_axis({1, 1, 1}, 0)).output(BATON_FLOAT32);
  EXPECT_FALSE(axis.prepare().ok());
}

TEST(Cast, BetweenAllTypes) {
  const baton_dtype types[] = {BATON_FLOAT32, BATON_UINT8, BATON_INT8, BATON_INT16,
                               BATON_INT32,   BATON_INT64, BATON_BOOL};
  for (const baton_dtype from : types) {
    for (const baton_dtype to : types) {
      SCOPED_TRACE(std::string(dtype_name(from)) + " to " + dtype_name(to));
      Reals input = scattered(60, 0, 99, 5);
      input[0] = 0;
      OpHarness op(BATON_OP_CAST);
      add_input(op, {60}, input, {from});
      op.output(to).attributes(baton_cast_attributes(BATON_CAST_ATTRIBUTES_INIT));
      ASSERT_TRUE(op.run()) << op.message();
      Reals expected;
      for (const double x : input) {
        expected.push_back(to == BATON_BOOL ? x != 0 : to == BATON_FLOAT32 ? x : std::trunc(x));
      }
      expect_close(op, expected, {to});
    }
  }
}

TEST(Cast, OutOfRange) {
  const float inf = std::numeric_limits<float>::infinity();
  OpHarness op(BATON_OP_CAST);
  op.input<float>({5}, {-1.9f, 1e20f, -inf, std::numeric_limits<float>::quiet_NaN(), 3e9f});
  op.output(BATON_INT32);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.result<int32_t>(), (std::vector<int32_t>{-1, INT32_MAX, INT32_MIN, 0, INT32_MAX}));
  OpHarness narrow(BATON_OP_CAST);
  narrow.input<int32_t>({3}, {-1, 300, 128}).output(BATON_UINT8);
  ASSERT_TRUE(narrow.run()) << narrow.message();
  EXPECT_EQ(narrow.result<uint8_t>(), (std::vector<uint8_t>{255, 44, 128}));
}

TEST(Cast, StringsAreRefused) {
  OpHarness op(BATON_OP_CAST);
  op.raw_input(BATON_STRING, {1}, {0}).output(BATON_FLOAT32);
  EXPECT_FALSE(op.prepare().ok());
}

}  // namespace
}  // namespace baton::test
