#include <gtest/gtest.h>

#include "tests/ops/oracle_window.h"

namespace baton::test {
namespace {

struct Case {
  std::vector<int32_t> input_dims;
  int32_t units;
  int32_t depth;
  bool keep_num_dims;
  int32_t activation;
  std::vector<int32_t> output_dims;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << "rank " << c.input_dims.size() << " units " << c.units << " depth " << c.depth;
}

baton_fully_connected_attributes attributes_of(const Case& c) {
  baton_fully_connected_attributes attributes = BATON_FULLY_CONNECTED_ATTRIBUTES_INIT;
  attributes.keep_num_dims = c.keep_num_dims;
  attributes.fused_activation_function = c.activation;
  return attributes;
}

Reals oracle(const Case& c, const Reals& input, const Reals& filter, const Reals& bias) {
  Reals output;
  const auto depth = static_cast<size_t>(c.depth);
  const size_t rows = depth == 0 ? 0 : input.size() / depth;
  for (size_t row = 0; row < rows; ++row) {
    for (size_t unit = 0; unit < static_cast<size_t>(c.units); ++unit) {
      double sum = bias.empty() ? 0 : bias[unit];
      for (size_t i = 0; i < depth; ++i) sum += input[row * depth + i] * filter[unit * depth + i];
      output.push_back(sum);
    }
  }
  return output;
}

class FullyConnected : public testing::TestWithParam<Case> {
 protected:
  const Case& c() const { return GetParam(); }
  size_t input_count() const { return *element_count(c().input_dims); }
  size_t units() const { return static_cast<size_t>(c().units); }
  size_t depth() const { return static_cast<size_t>(c().depth); }
  size_t filter_count() const { return units() * depth(); }

  // bias_type is the attribute, where the operator has it.
  template <typename T, typename W = T, typename B = int32_t>
  void check_integer(int64_t input_zero, const Quantization& filter_q,
                     [[maybe_unused]] int32_t bias_type = BATON_FLOAT32) {
    constexpr int32_t low = std::numeric_limits<T>::lowest();
    constexpr int32_t high = std::numeric_limits<T>::max();
    Numbers numbers(31);
    const auto input = numbers.integers<T>(input_count(), low, high);
    const auto filter = numbers.integers<W>(filter_count(), std::numeric_limits<W>::lowest(),
                                            std::numeric_limits<W>::max());
    const auto bias = numbers.integers<B>(units(), low * 16, high * 16);
    const auto input_q = Quantization::per_tensor(0.02f, input_zero);
    const Reals real_bias = dequantize_bias(bias, input_q, filter_q);
    const Reals exact =
        oracle(c(), dequantize(input, input_q),
               dequantize(filter, filter_q, [&](size_t i) { return i / depth(); }), real_bias);
    const auto output_q = output_quantization<T>(exact);
    auto attributes = attributes_of(c());
    attributes.quantized_bias_type = bias_type;
    OpHarness op(BATON_OP_FULLY_CONNECTED);
    op.input(c().input_dims, input, input_q)
        .input({c().units, c().depth}, filter, filter_q)
        .input({c().units}, bias,
               filter_q.scales.size() == 1 ? Quantization::per_tensor(0.02f * filter_q.scales[0], 0)
                                           : Quantization{})
        .output(dtype_of<T>(), output_q)
        .attributes(attributes)
        .threads(2);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), c().output_dims);
    expect_quantized_near(op.result<T>(), exact, output_q, c().activation);
  }

  template <typename W>
  void check_hybrid(const Quantization& filter_q, bool asymmetric, int32_t low, int32_t high) {
    if (depth() < 2 || filter_count() == 0) return;
    Numbers numbers(37);
    const auto input = exact_activations(numbers, input_count(), depth(), low, high);
    const auto filter = numbers.integers<int8_t>(filter_count(), -127, 127);
    const auto bias = numbers.reals(units());
    auto attributes = attributes_of(c());
    attributes.asymmetric_quantize_inputs = asymmetric;
    OpHarness op(BATON_OP_FULLY_CONNECTED);
    op.input(c().input_dims, input);
    op.raw_input(dtype_of<W>(), {c().units, c().depth}, {filter.begin(), filter.end()}, filter_q);
    op.input({c().units}, bias).output(BATON_FLOAT32).attributes(attributes).threads(3);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), c().output_dims);
    const Reals exact = oracle(c(), {input.begin(), input.end()},
                               dequantize(filter, filter_q, [&](size_t i) { return i / depth(); }),
                               {bias.begin(), bias.end()});
    expect_float_near(op.result<float>(), exact, c().activation, 2e-6);
  }

  Quantization per_unit() const {
    std::vector<float> scales(units());
    for (size_t o = 0; o < units(); ++o) scales[o] = 0.004f + 0.003f * static_cast<float>(o % 5);
    return Quantization::per_axis(scales, 0);
  }
};

TEST_P(FullyConnected, Float) {
  Numbers numbers(41);
  const auto input = numbers.reals(input_count());
  const auto filter = numbers.reals(filter_count());
  const auto bias = numbers.reals(units());
  for (const bool with_bias : {true, false}) {
    OpHarness op(BATON_OP_FULLY_CONNECTED);
    op.input(c().input_dims, input).input({c().units, c().depth}, filter);
    if (with_bias) op.input({c().units}, bias);
    op.output(BATON_FLOAT32).attributes(attributes_of(c())).threads(with_bias ? 3 : 1);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), c().output_dims);
    if (c().depth == 0) continue;
    expect_float_near(op.result<float>(),
                      oracle(c(), {input.begin(), input.end()}, {filter.begin(), filter.end()},
                             with_bias ? Reals{bias.begin(), bias.end()} : Reals{}),
                      c().activation);
  }
}

TEST_P(FullyConnected, Uint8) {
  if (c().depth == 0) return;
  for (const int64_t input_zero : {0, 128, 255}) {
    for (const int64_t filter_zero : {0, 131, 255}) {
      check_integer<uint8_t>(input_zero, Quantization::per_tensor(0.005f, filter_zero));
    }
  }
}

TEST_P(FullyConnected, Int8) {
  if (c().depth == 0) return;
  for (const int64_t input_zero : {-128, 3, 127}) {
    check_integer<int8_t>(input_zero, Quantization::per_tensor(0.005f, 0));
    check_integer<int8_t>(input_zero, Quantization::per_tensor(0.005f, -7));
    if (units() > 1) check_integer<int8_t>(input_zero, per_unit());
  }
}

TEST_P(FullyConnected, Int16) {
  if (c().depth == 0) return;
  std::vector<Quantization> filters{Quantization::per_tensor(0.005f, 0),
                                    Quantization::per_tensor(0.005f, -7)};
  if (units() > 1) filters.push_back(per_unit());
  for (const Quantization& filter_q : filters) {
    check_integer<int16_t, int8_t, int64_t>(0, filter_q);
    check_integer<int16_t, int8_t, int32_t>(0, filter_q, BATON_INT32);
  }
}

// int4 filters give what the same numbers give as int8.
TEST_P(FullyConnected, Int4Filter) {
  const auto filter = Numbers(9).integers<int8_t>(filter_count(), -8, 7);
  const auto q = Quantization::per_tensor(0.1f, 0);
  const auto check = [&]<typename T>(const std::vector<T>& input, const Quantization& io_q) {
    std::vector<T> results[2];
    for (const bool packed : {false, true}) {
      OpHarness op(BATON_OP_FULLY_CONNECTED);
      op.input(c().input_dims, input, io_q);
      if (packed) {
        op.raw_input(BATON_INT4, {c().units, c().depth}, pack_int4(filter), q, true);
      } else {
        op.input({c().units, c().depth}, filter, q);
      }
      op.output(dtype_of<T>(), io_q).attributes(attributes_of(c()));
      ASSERT_TRUE(op.run()) << op.message();
      results[packed] = op.result<T>();
    }
    EXPECT_EQ(results[0], results[1]);
  };
  check(Numbers(10).integers<int8_t>(input_count(), -128, 127), q);
  check(Numbers(10).integers<int16_t>(input_count(), -300, 300), q);
  check(Numbers(10).reals(input_count()), {});
}

TEST_P(FullyConnected, Hybrid) {
  const auto one = Quantization::per_tensor(0.01f, 0);
  check_hybrid<int8_t>(one, false, -127, 127);
  check_hybrid<uint8_t>(one, false, -127, 127);
  check_hybrid<int8_t>(one, true, -128, 127);
  check_hybrid<int8_t>(one, true, 0, 255);
  if (units() < 2) return;
  check_hybrid<int8_t>(per_unit(), false, -127, 127);
  check_hybrid<int8_t>(per_unit(), true, -40, 215);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, FullyConnected,
    testing::Values(Case{{1, 10}, 4, 10, false, 0, {1, 4}}, Case{{3, 7}, 5, 7, false, 1, {3, 5}},
                    Case{{2, 3, 4}, 6, 4, true, 3, {2, 3, 6}},
                    Case{{2, 3, 4}, 6, 12, false, 2, {2, 6}}, Case{{8}, 3, 8, false, 0, {1, 3}},
                    Case{{8}, 3, 8, true, 0, {3}}, Case{{1, 2, 2, 9}, 11, 36, false, 0, {1, 11}},
                    Case{{1, 1}, 1, 1, false, 0, {1, 1}}, Case{{1, 300}, 9, 300, false, 0, {1, 9}},
                    Case{{0, 5}, 2, 5, false, 0, {0, 2}}, Case{{2, 5}, 0, 5, false, 0, {2, 0}},
                    Case{{3, 0}, 2, 0, false, 0, {3, 2}}, Case{{3, 0}, 2, 0, true, 0, {3, 2}}));

// Sums are rescaled in double and halves rounded away from zero, whatever the type: 9830 * 10 / 3 =
// 32766.67 would be 32766 with a factor of 16 bits, and -5 / 2 would be -2 rounded half up.
template <typename T>
void expect_rescaled(int32_t x, int32_t w, float output_scale, int32_t expected,
                     int32_t bias_type = BATON_FLOAT32) {
  auto attributes = attributes_of({{}, 1, 1, false, 0, {}});
  attributes.quantized_bias_type = bias_type;
  const int64_t zero = std::is_same_v<T, uint8_t> ? 128 : 0;
  OpHarness op(BATON_OP_FULLY_CONNECTED);
  op.input<T>({1, 1}, {static_cast<T>(x + zero)}, Quantization::per_tensor(1, zero));
  if (zero != 0) {
    op.input<uint8_t>({1, 1}, {static_cast<uint8_t>(w + zero)}, Quantization::per_tensor(1, zero));
  } else {
    op.input<int8_t>({1, 1}, {static_cast<int8_t>(w)}, Quantization::per_tensor(1, 0));
  }
  op.absent_input()
      .output(dtype_of<T>(), Quantization::per_tensor(output_scale, zero))
      .attributes(attributes);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.result<T>(), std::vector<T>{static_cast<T>(expected + zero)});
}

TEST(FullyConnectedBits, RescaledInDouble) {
  for (const int32_t bias_type : {BATON_FLOAT32, BATON_INT32}) {
    expect_rescaled<int16_t>(9830, 10, 3, 32767, bias_type);
    expect_rescaled<int16_t>(-1, 5, 2, -3, bias_type);
  }
  expect_rescaled<int8_t>(-1, 5, 2, -3);
  expect_rescaled<int8_t>(1, 5, 2, 3);
  expect_rescaled<uint8_t>(-1, 5, 2, -3);
  // -3956 / 93.0909 = -42.496: rounded twice it becomes -43.
  expect_rescaled<int8_t>(-92, 43, 93.0909f, -42);
}

TEST(FullyConnectedBits, OneOutput) {
  OpHarness op(BATON_OP_FULLY_CONNECTED);
  op.input<float>({1, 1}, {1}).input<float>({1, 1}, {1}).absent_input();
  op.output(BATON_FLOAT32).output(BATON_FLOAT32);
  op.attributes(attributes_of({{}, 1, 1, false, 0, {}}));
  EXPECT_FALSE(op.run());
  EXPECT_NE(op.message().find("two outputs"), std::string::npos) << op.message();
}

// With nothing to add up, the output is the bias.
TEST(FullyConnectedBits, NoDepthGivesTheBias) {
  OpHarness op(BATON_OP_FULLY_CONNECTED);
  op.input({2, 0}, std::vector<float>())
      .input({3, 0}, std::vector<float>())
      .input<float>({3}, {1, 2, 3})
      .output(BATON_FLOAT32)
      .attributes(attributes_of({{}, 3, 0, false, 0, {}}));
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.result<float>(), (std::vector<float>{1, 2, 3, 1, 2, 3}));
}

// Rows are quantised one by one: a large row does not blur a small one.
TEST(FullyConnectedBits, HybridRowsHaveScalesOfTheirOwn) {
  OpHarness op(BATON_OP_FULLY_CONNECTED);
  op.input<float>({2, 2}, {1e6f, -1e6f, 1e-6f, 1e-6f})
      .input<int8_t>({1, 2}, {127, 127}, Quantization::per_tensor(1.0f / 127, 0))
      .absent_input()
      .output(BATON_FLOAT32)
      .attributes(attributes_of({{}, 1, 2, false, 0, {}}));
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_NEAR(op.result<float>()[0], 0, 1e-3);
  EXPECT_NEAR(op.result<float>()[1], 2e-6, 1e-12);
}

// Values between two steps round to the nearer one: with scale 2 / 127, 1.02 is 64.77 steps.
TEST(FullyConnectedBits, HybridRounding) {
  OpHarness op(BATON_OP_FULLY_CONNECTED);
  op.input<float>({1, 3}, {2.0f, 1.02f, -1.02f})
      .input<int8_t>({3, 3}, {1, 0, 0, 0, 1, 0, 0, 0, 1}, Quantization::per_tensor(1, 0))
      .absent_input()
      .output(BATON_FLOAT32)
      .attributes(attributes_of({{}, 3, 3, false, 0, {}}));
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_FLOAT_EQ(op.result<float>()[0], 2.0f);
  EXPECT_FLOAT_EQ(op.result<float>()[1], 65 * (2.0f / 127));
  EXPECT_FLOAT_EQ(op.result<float>()[2], -65 * (2.0f / 127));
}

// [-1, 2] in 255 steps puts zero at -43; 0.525 is 44.625 steps above it.
TEST(FullyConnectedBits, HybridRoundingWithZeroPoint) {
  auto attributes = attributes_of({{}, 3, 3, false, 0, {}});
  attributes.asymmetric_quantize_inputs = 1;
  OpHarness op(BATON_OP_FULLY_CONNECTED);
  op.input<float>({1, 3}, {-1.0f, 2.0f, 0.525f})
      .input<int8_t>({3, 3}, {1, 0, 0, 0, 1, 0, 0, 0, 1}, Quantization::per_tensor(1, 0))
      .absent_input()
      .output(BATON_FLOAT32)
      .attributes(attributes);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_FLOAT_EQ(op.result<float>()[0], -1.0f);
  EXPECT_FLOAT_EQ(op.result<float>()[1], 2.0f);
  EXPECT_FLOAT_EQ(op.result<float>()[2], 45 * (3.0f / 255));
}

TEST(FullyConnectedBits, HybridTanhAndSignBit) {
  const struct {
    int32_t activation;
    double expected[2];
  } cases[] = {{BATON_ACTIVATION_TANH, {std::tanh(-0.75), std::tanh(0.5)}},
               {BATON_ACTIVATION_SIGN_BIT, {1, 0}}};
  for (const auto& c : cases) {
    OpHarness op(BATON_OP_FULLY_CONNECTED);
    op.input<float>({1, 2}, {127.0f, -127.0f})
        .input<int8_t>({2, 2}, {-1, 0, 0, -1}, Quantization::per_tensor(1.0f / 127, 0))
        .input<float>({2}, {0.25f, -0.5f})
        .output(BATON_FLOAT32)
        .attributes(attributes_of({{}, 2, 2, false, c.activation, {}}));
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_NEAR(op.result<float>()[0], c.expected[0], 1e-6) << c.activation;
    EXPECT_NEAR(op.result<float>()[1], c.expected[1], 1e-6) << c.activation;
  }
}

TEST(FullyConnectedVersion, SmallestThatSays) {
  const auto q = Quantization::per_tensor(0.1f, 0);
  const auto version = [](OpHarness& op, bool bias, bool keep, bool asymmetric) {
    if (bias) op.input({2}, std::vector<float>(2));
    auto attributes = attributes_of({{}, 2, 2, keep, 0, {}});
    attributes.asymmetric_quantize_inputs = asymmetric;
    op.output(BATON_FLOAT32).attributes(attributes);
    EXPECT_TRUE(op.infer().ok());
    return op.op()->min_version(op.context());
  };
  const auto real = [] {
    OpHarness op(BATON_OP_FULLY_CONNECTED);
    op.input({1, 2}, std::vector<float>(2));
    return op;
  };
  const std::vector<float> weights(4);
  const std::vector<int8_t> small(4);
  OpHarness plain = real(), keep = real(), no_bias = real(), hybrid = real(), zero_point = real(),
            per_unit = real();
  EXPECT_EQ(version(plain.input({2, 2}, weights), true, false, false), 1);
  EXPECT_EQ(version(keep.input({2, 2}, weights), true, true, false), 5);
  EXPECT_EQ(version(no_bias.input({2, 2}, weights), false, false, false), 6);
  EXPECT_EQ(version(hybrid.input({2, 2}, small, q), true, false, false), 3);
  EXPECT_EQ(version(zero_point.input({2, 2}, small, q), true, false, true), 9);
  EXPECT_EQ(
      version(per_unit.input({2, 2}, small, Quantization::per_axis({1, 2}, 0)), true, false, false),
      12);
  OpHarness int8(BATON_OP_FULLY_CONNECTED);
  int8.input({1, 2}, std::vector<int8_t>(2), q).input({2, 2}, small, q);
  EXPECT_EQ(version(int8, true, false, false), 4);
}

TEST(FullyConnectedBits, HybridNotANumberIsNoFault) {
  for (const bool asymmetric : {false, true}) {
    auto attributes = attributes_of({{}, 1, 3, false, 0, {}});
    attributes.asymmetric_quantize_inputs = asymmetric;
    OpHarness op(BATON_OP_FULLY_CONNECTED);
    op.input<float>({1, 3}, {std::nanf(""), INFINITY, -1.0f})
        .input<int8_t>({1, 3}, {1, 2, 3}, Quantization::per_tensor(1, 0))
        .absent_input()
        .output(BATON_FLOAT32)
        .attributes(attributes);
    EXPECT_EQ(op.prepare().code(), BATON_OK);
    op.run();
  }
}

TEST(FullyConnectedErrors, AreRefused) {
  const auto infer = [](const std::vector<int32_t>& input, const std::vector<int32_t>& filter,
                        const std::vector<int32_t>& bias, auto edit) {
    const auto zeros = [](const std::vector<int32_t>& dims) {
      return std::vector<float>(element_count(dims).value_or(0));
    };
    baton_fully_connected_attributes attributes = BATON_FULLY_CONNECTED_ATTRIBUTES_INIT;
    edit(attributes);
    OpHarness op(BATON_OP_FULLY_CONNECTED);
    op.input(input, zeros(input)).input(filter, zeros(filter)).input(bias, zeros(bias));
    op.output(BATON_FLOAT32).attributes(attributes);
    return op.prepare().code();
  };
  const auto none = [](auto&) {};
  EXPECT_EQ(infer({1, 4}, {3, 4}, {3}, none), BATON_OK);
  EXPECT_EQ(infer({1, 4}, {3, 2, 2}, {3}, none), BATON_INVALID_MODEL);
  EXPECT_EQ(infer({1, 4}, {3, 4}, {4}, none), BATON_INVALID_MODEL);
  EXPECT_EQ(infer({2, 6}, {3, 4}, {3}, [](auto& a) { a.keep_num_dims = 1; }), BATON_INVALID_MODEL);
  EXPECT_EQ(infer({}, {3, 4}, {3}, [](auto& a) { a.keep_num_dims = 1; }), BATON_INVALID_MODEL);
  EXPECT_EQ(infer({1, 4}, {3, 4}, {3}, [](auto& a) { a.weights_format = 1; }), BATON_UNSUPPORTED);
  EXPECT_EQ(infer({1, 4}, {3, 4}, {3}, [](auto& a) { a.fused_activation_function = 4; }),
            BATON_INVALID_MODEL);

  const auto q = Quantization::per_tensor(0.1f, 0);
  OpHarness scales(BATON_OP_FULLY_CONNECTED);
  scales.input({1, 2}, std::vector<uint8_t>(2), q)
      .input({2, 2}, std::vector<uint8_t>(4), Quantization::per_axis({0.1f, 0.2f}, 0))
      .absent_input()
      .output(BATON_UINT8, q)
      .attributes(attributes_of({{}, 2, 2, false, 0, {}}));
  EXPECT_EQ(scales.prepare().code(), BATON_UNSUPPORTED);

  OpHarness types(BATON_OP_FULLY_CONNECTED);
  types.input({1, 2}, std::vector<int8_t>(2), q)
      .input({2, 2}, std::vector<uint8_t>(4), q)
      .absent_input()
      .output(BATON_INT8, q)
      .attributes(attributes_of({{}, 2, 2, false, 0, {}}));
  EXPECT_EQ(types.prepare().code(), BATON_UNSUPPORTED);
}

}  // namespace
}  // namespace baton::test
