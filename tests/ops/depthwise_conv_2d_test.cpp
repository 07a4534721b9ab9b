#include <gtest/gtest.h>

#include "tests/ops/oracle_window.h"

namespace baton::test {
namespace {

baton_depthwise_conv_2d_attributes attributes_of(const WindowCase& c) {
  baton_depthwise_conv_2d_attributes attributes = BATON_DEPTHWISE_CONV_2D_ATTRIBUTES_INIT;
  attributes.padding = c.padding;
  attributes.stride_h = c.stride_h;
  attributes.stride_w = c.stride_w;
  attributes.dilation_h_factor = c.dilation_h;
  attributes.dilation_w_factor = c.dilation_w;
  attributes.depth_multiplier = c.outputs;
  attributes.fused_activation_function = c.activation;
  return attributes;
}

class DepthwiseConv2D : public testing::TestWithParam<WindowCase> {
 protected:
  const WindowCase& c() const { return GetParam(); }
  int channels() const { return c().channels * c().outputs; }
  std::vector<int32_t> input_dims() const {
    return {c().batch, c().height, c().width, c().channels};
  }
  std::vector<int32_t> filter_dims() const {
    return {1, c().filter_height, c().filter_width, channels()};
  }
  size_t input_count() const {
    return static_cast<size_t>(c().batch) * c().height * c().width * c().channels;
  }
  size_t outputs() const { return static_cast<size_t>(channels()); }
  size_t filter_count() const {
    return static_cast<size_t>(c().filter_height) * c().filter_width * outputs();
  }
  std::vector<int32_t> output_dims() const {
    const WindowOracle window(c());
    return {c().batch, window.y.size, window.x.size, channels()};
  }

  // bias_type is the attribute, where the operator has it.
  template <typename T, typename W = T, typename B = int32_t>
  void check_integer(int64_t input_zero, const Quantization& filter_q,
                     [[maybe_unused]] int32_t bias_type = BATON_FLOAT32) {
    constexpr int32_t low = std::numeric_limits<T>::lowest();
    constexpr int32_t high = std::numeric_limits<T>::max();
    Numbers numbers(17);
    const auto input = numbers.integers<T>(input_count(), low, high);
    const auto filter = numbers.integers<W>(filter_count(), std::numeric_limits<W>::lowest(),
                                            std::numeric_limits<W>::max());
    const auto bias = numbers.integers<B>(outputs(), low * 16, high * 16);
    const auto input_q = Quantization::per_tensor(0.02f, input_zero);
    const Reals real_bias = dequantize_bias(bias, input_q, filter_q);
    const Reals exact = oracle_depthwise(
        c(), dequantize(input, input_q),
        dequantize(filter, filter_q, [&](size_t i) { return i % outputs(); }), real_bias);
    const auto output_q = output_quantization<T>(exact);
    OpHarness op(BATON_OP_DEPTHWISE_CONV_2D);
    op.input(input_dims(), input, input_q)
        .input(filter_dims(), filter, filter_q)
        .input({channels()}, bias,
               filter_q.scales.size() == 1 ? Quantization::per_tensor(0.02f * filter_q.scales[0], 0)
                                           : Quantization{})
        .output(dtype_of<T>(), output_q)
        .attributes(attributes_of(c()))
        .threads(2);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), output_dims());
    expect_quantized_near(op.result<T>(), exact, output_q, c().activation);
  }

  Quantization per_channel() const {
    std::vector<float> scales(outputs());
    for (size_t o = 0; o < outputs(); ++o) scales[o] = 0.004f + 0.003f * static_cast<float>(o % 5);
    return Quantization::per_axis(scales, 3);
  }
};

TEST_P(DepthwiseConv2D, Float) {
  Numbers numbers(5);
  const auto input = numbers.reals(input_count());
  const auto filter = numbers.reals(filter_count());
  const auto bias = numbers.reals(outputs());
  for (const bool with_bias : {true, false}) {
    OpHarness op(BATON_OP_DEPTHWISE_CONV_2D);
    op.input(input_dims(), input).input(filter_dims(), filter);
    if (with_bias) op.input({channels()}, bias);
    op.output(BATON_FLOAT32).attributes(attributes_of(c())).threads(with_bias ? 3 : 1);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), output_dims());
    const Reals exact =
        oracle_depthwise(c(), {input.begin(), input.end()}, {filter.begin(), filter.end()},
                         with_bias ? Reals{bias.begin(), bias.end()} : Reals{});
    expect_float_near(op.result<float>(), exact, c().activation);
  }
}

TEST_P(DepthwiseConv2D, Uint8) {
  for (const int64_t input_zero : {0, 128, 255}) {
    for (const int64_t filter_zero : {0, 131, 255}) {
      check_integer<uint8_t>(input_zero, Quantization::per_tensor(0.005f, filter_zero));
    }
  }
}

TEST_P(DepthwiseConv2D, Int8PerTensor) {
  for (const int64_t input_zero : {-128, 3, 127}) {
    check_integer<int8_t>(input_zero, Quantization::per_tensor(0.005f, 0));
  }
}

TEST_P(DepthwiseConv2D, Int8PerChannel) {
  if (outputs() < 2) return;
  for (const int64_t input_zero : {-128, 3, 127}) check_integer<int8_t>(input_zero, per_channel());
}

TEST_P(DepthwiseConv2D, Int16) {
  check_integer<int16_t, int8_t, int64_t>(0, Quantization::per_tensor(0.005f, 0));
  if (outputs() > 1) check_integer<int16_t, int8_t, int64_t>(0, per_channel());
}

// int4 filters give what the same numbers give as int8.
TEST_P(DepthwiseConv2D, Int4Filter) {
  const auto input = Numbers(10).integers<int8_t>(input_count(), -128, 127);
  const auto filter = Numbers(9).integers<int8_t>(filter_count(), -8, 7);
  const auto q = Quantization::per_tensor(0.1f, 0);
  std::vector<int8_t> results[2];
  for (const bool packed : {false, true}) {
    OpHarness op(BATON_OP_DEPTHWISE_CONV_2D);
    op.input(input_dims(), input, q);
    if (packed) {
      op.raw_input(BATON_INT4, filter_dims(), pack_int4(filter), q, true);
    } else {
      op.input(filter_dims(), filter, q);
    }
    op.output(BATON_INT8, q).attributes(attributes_of(c()));
    ASSERT_TRUE(op.run()) << op.message();
    results[packed] = op.result<int8_t>();
  }
  EXPECT_EQ(results[0], results[1]);
}

TEST_P(DepthwiseConv2D, Hybrid) {
  if (input_count() == 0 || input_count() / static_cast<size_t>(c().batch) < 2) return;
  const size_t image = input_count() / static_cast<size_t>(c().batch);
  for (const int32_t low : {-128, 0, -30}) {
    for (const bool one_scale : {false, true}) {
      Numbers numbers(19);
      const auto input = exact_activations(numbers, input_count(), image, low, low + 255);
      const auto filter = numbers.integers<int8_t>(filter_count(), -127, 127);
      const auto bias = numbers.reals(outputs());
      const auto filter_q =
          one_scale || outputs() < 2 ? Quantization::per_tensor(0.01f, 0) : per_channel();
      OpHarness op(BATON_OP_DEPTHWISE_CONV_2D);
      op.input(input_dims(), input)
          .input(filter_dims(), filter, filter_q)
          .input({channels()}, bias)
          .output(BATON_FLOAT32)
          .attributes(attributes_of(c()))
          .threads(3);
      ASSERT_TRUE(op.run()) << op.message();
      const Reals exact =
          oracle_depthwise(c(), {input.begin(), input.end()},
                           dequantize(filter, filter_q, [&](size_t i) { return i % outputs(); }),
                           {bias.begin(), bias.end()});
      expect_float_near(op.result<float>(), exact, c().activation, 2e-6);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, DepthwiseConv2D,
    testing::Values(
        // batch, height, width, channels, filter, stride, dilation, padding, activation, multiplier
        WindowCase{1, 5, 5, 3, 3, 3, 1, 1, 1, 1, 0, 0, 1},
        WindowCase{1, 5, 5, 3, 3, 3, 1, 1, 1, 1, 1, 1, 2},
        WindowCase{2, 7, 6, 5, 3, 2, 2, 1, 1, 1, 0, 3, 1},
        WindowCase{1, 8, 9, 2, 2, 5, 3, 2, 1, 1, 1, 2, 3},
        WindowCase{1, 4, 4, 70, 3, 3, 1, 1, 1, 1, 0, 3, 1},
        WindowCase{1, 4, 4, 130, 3, 3, 2, 2, 1, 1, 1, 0, 1},
        WindowCase{1, 4, 4, 1, 3, 3, 1, 1, 1, 1, 0, 0, 80},
        WindowCase{1, 9, 11, 4, 3, 3, 1, 1, 2, 3, 0, 1, 1},
        WindowCase{1, 9, 9, 2, 3, 3, 2, 2, 3, 2, 0, 0, 2},
        WindowCase{1, 2, 2, 1, 5, 5, 1, 1, 1, 1, 0, 0, 1},
        WindowCase{3, 6, 5, 7, 1, 1, 2, 3, 1, 1, 0, 0, 1},
        WindowCase{0, 4, 4, 2, 3, 3, 1, 1, 1, 1, 0, 0, 1},
        WindowCase{1, 4, 0, 2, 3, 3, 1, 1, 1, 1, 0, 0, 1}));

TEST(DepthwiseConv2DErrors, BadShapesAndAttributes) {
  WindowCase good{1, 4, 4, 2, 3, 3, 1, 1, 1, 1, 0, 0, 1};
  const auto infer = [](const std::vector<int32_t>& input, const std::vector<int32_t>& filter,
                        const std::vector<int32_t>& bias, const WindowCase& c) {
    const auto zeros = [](const std::vector<int32_t>& dims) {
      return std::vector<float>(element_count(dims).value_or(0));
    };
    OpHarness op(BATON_OP_DEPTHWISE_CONV_2D);
    op.input(input, zeros(input)).input(filter, zeros(filter)).input(bias, zeros(bias));
    op.output(BATON_FLOAT32).attributes(attributes_of(c));
    return op.infer().code();
  };
  EXPECT_EQ(infer({1, 4, 4, 2}, {1, 3, 3, 2}, {2}, good), BATON_OK);
  // The multiplier follows from the shapes.
  EXPECT_EQ(infer({1, 4, 4, 2}, {1, 3, 3, 4}, {4}, good), BATON_OK);
  EXPECT_EQ(infer({1, 4, 4, 2}, {2, 3, 3, 2}, {2}, good), BATON_INVALID_MODEL);
  EXPECT_EQ(infer({1, 4, 4, 2}, {1, 3, 3, 3}, {3}, good), BATON_INVALID_MODEL);
  EXPECT_EQ(infer({1, 4, 4, 0}, {1, 3, 3, 2}, {2}, good), BATON_INVALID_MODEL);
  EXPECT_EQ(infer({4, 4, 2}, {1, 3, 3, 2}, {2}, good), BATON_INVALID_MODEL);
  EXPECT_EQ(infer({1, 4, 4, 2}, {1, 3, 3, 2}, {3}, good), BATON_INVALID_MODEL);
  EXPECT_EQ(infer({1, 4, 4, 2}, {1, 3, 3, 2}, {1, 2}, good), BATON_INVALID_MODEL);
  WindowCase bad = good;
  bad.stride_h = 0;
  EXPECT_EQ(infer({1, 4, 4, 2}, {1, 3, 3, 2}, {2}, bad), BATON_INVALID_MODEL);
  bad = good;
  bad.dilation_w = -1;
  EXPECT_EQ(infer({1, 4, 4, 2}, {1, 3, 3, 2}, {2}, bad), BATON_INVALID_MODEL);
}

TEST(DepthwiseConv2DVersion, SmallestThatSays) {
  const auto q = Quantization::per_tensor(0.1f, 0);
  const auto version = [](OpHarness& op, int dilation) {
    op.output(BATON_FLOAT32);
    op.attributes(attributes_of({1, 1, 1, 2, 1, 1, 1, 1, dilation, 1, 0, 0, 1}));
    EXPECT_TRUE(op.infer().ok());
    return op.op()->min_version(op.context());
  };
  const std::vector<int32_t> dims{1, 1, 1, 2};
  const std::vector<float> real(2);
  const std::vector<int8_t> small(2);
  OpHarness plain(BATON_OP_DEPTHWISE_CONV_2D), dilated(BATON_OP_DEPTHWISE_CONV_2D),
      int8(BATON_OP_DEPTHWISE_CONV_2D), hybrid(BATON_OP_DEPTHWISE_CONV_2D),
      per_channel(BATON_OP_DEPTHWISE_CONV_2D);
  EXPECT_EQ(version(plain.input(dims, real).input(dims, real), 1), 1);
  EXPECT_EQ(version(dilated.input(dims, real).input(dims, real), 2), 2);
  EXPECT_EQ(version(int8.input(dims, small, q).input(dims, small, q), 1), 3);
  EXPECT_EQ(version(hybrid.input(dims, real).input(dims, small, q), 1), 4);
  EXPECT_EQ(
      version(per_channel.input(dims, real).input(dims, small, Quantization::per_axis({1, 2}, 3)),
              1),
      6);
}

// 16-bit factors, as in CONV_2D: 9830 * 10 / 3 is 32766, with 7 for bias 32768.5 or so: 32767.
TEST(DepthwiseConv2DBits, Int16) {
  OpHarness op(BATON_OP_DEPTHWISE_CONV_2D);
  op.input<int16_t>({1, 1, 1, 2}, {9830, 9830}, Quantization::per_tensor(1, 0))
      .input<int8_t>({1, 1, 1, 2}, {10, 10}, Quantization::per_tensor(1, 0))
      .input<int64_t>({2}, {0, 7})
      .output(BATON_INT16, Quantization::per_tensor(3, 0))
      .attributes(attributes_of({1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 0, 0, 1}));
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.result<int16_t>(), (std::vector<int16_t>{32766, 32767}));
}

TEST(DepthwiseConv2DErrors, BiasOfInt16HasInt64) {
  const auto q = Quantization::per_tensor(0.1f, 0);
  OpHarness op(BATON_OP_DEPTHWISE_CONV_2D);
  op.input({1, 1, 1, 2}, std::vector<int16_t>(2), q)
      .input({1, 1, 1, 2}, std::vector<int8_t>(2), q)
      .input({2}, std::vector<int32_t>(2))
      .output(BATON_INT16, q)
      .attributes(attributes_of({1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 0, 0, 1}));
  EXPECT_EQ(op.prepare().code(), BATON_UNSUPPORTED);
}

TEST(DepthwiseConv2DErrors, BadTypes) {
  const auto q = Quantization::per_tensor(0.1f, 0);
  OpHarness op(BATON_OP_DEPTHWISE_CONV_2D);
  op.input({1, 1, 1, 2}, std::vector<float>(2))
      .input({1, 1, 1, 2}, std::vector<uint8_t>(2), q)
      .output(BATON_FLOAT32)
      .attributes(attributes_of({1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 0, 0, 1}));
  EXPECT_EQ(op.prepare().code(), BATON_UNSUPPORTED);
}

}  // namespace
}  // namespace baton::test
