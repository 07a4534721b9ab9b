#include <gtest/gtest.h>

#include "tests/ops/oracle_window.h"

namespace baton::test {
namespace {

struct Case {
  int batch, height, width, channels;
  int filter_height, filter_width;
  int stride_h, stride_w;
  int padding;
  int output_height, output_width, outputs;
  int activation;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.batch << "x" << c.height << "x" << c.width << "x" << c.channels << " filter "
       << c.filter_height << "x" << c.filter_width << " stride " << c.stride_h << "," << c.stride_w
       << " padding " << c.padding << " to " << c.output_height << "x" << c.output_width << "x"
       << c.outputs << " activation " << c.activation;
}

baton_transpose_conv_attributes attributes_of(const Case& c) {
  baton_transpose_conv_attributes attributes = BATON_TRANSPOSE_CONV_ATTRIBUTES_INIT;
  attributes.padding = c.padding;
  attributes.stride_h = c.stride_h;
  attributes.stride_w = c.stride_w;
  attributes.fused_activation_function = c.activation;
  return attributes;
}

// Each input pixel is spread over the output; what falls outside is lost.
Reals oracle(const Case& c, const Reals& input, const Reals& filter, const Reals& bias) {
  const int top = oracle_axis(c.padding, c.output_height, c.filter_height, c.stride_h, 1).before;
  const int left = oracle_axis(c.padding, c.output_width, c.filter_width, c.stride_w, 1).before;
  Reals output(static_cast<size_t>(c.batch) * c.output_height * c.output_width * c.outputs);
  for (size_t i = 0; i < output.size(); ++i) output[i] = bias.empty() ? 0 : bias[i % c.outputs];
  size_t at = 0;
  for (int b = 0; b < c.batch; ++b) {
    for (int iy = 0; iy < c.height; ++iy) {
      for (int ix = 0; ix < c.width; ++ix) {
        for (int i = 0; i < c.channels; ++i, ++at) {
          for (int fy = 0; fy < c.filter_height; ++fy) {
            for (int fx = 0; fx < c.filter_width; ++fx) {
              const int oy = iy * c.stride_h - top + fy;
              const int ox = ix * c.stride_w - left + fx;
              if (oy < 0 || oy >= c.output_height || ox < 0 || ox >= c.output_width) continue;
              for (int o = 0; o < c.outputs; ++o) {
                output[((static_cast<size_t>(b) * c.output_height + oy) * c.output_width + ox) *
                           c.outputs +
                       o] +=
                    input[at] *
                    filter[((static_cast<size_t>(o) * c.filter_height + fy) * c.filter_width + fx) *
                               c.channels +
                           i];
              }
            }
          }
        }
      }
    }
  }
  return output;
}

class TransposeConv : public testing::TestWithParam<Case> {
 protected:
  const Case& c() const { return GetParam(); }
  std::vector<int32_t> output_dims() const {
    return {c().batch, c().output_height, c().output_width, c().outputs};
  }
  std::vector<int32_t> filter_dims() const {
    return {c().outputs, c().filter_height, c().filter_width, c().channels};
  }
  std::vector<int32_t> input_dims() const {
    return {c().batch, c().height, c().width, c().channels};
  }
  size_t input_count() const { return *element_count(input_dims()); }
  size_t filter_count() const { return *element_count(filter_dims()); }
  size_t outputs() const { return static_cast<size_t>(c().outputs); }
  size_t channel_of(size_t i) const { return i / (filter_count() / outputs()); }

  Quantization per_channel() const {
    std::vector<float> scales(outputs());
    for (size_t o = 0; o < outputs(); ++o) scales[o] = 0.004f + 0.003f * static_cast<float>(o % 5);
    return Quantization::per_axis(scales, 0);
  }

  template <typename T, typename W, typename B>
  void check_integer(int64_t input_zero, const Quantization& filter_q,
                     int32_t bias_type = BATON_FLOAT32) {
    constexpr int32_t low = std::numeric_limits<T>::lowest();
    constexpr int32_t high = std::numeric_limits<T>::max();
    Numbers numbers(7);
    const auto input = numbers.integers<T>(input_count(), low, high);
    const auto filter = numbers.integers<W>(filter_count(), std::numeric_limits<W>::lowest(),
                                            std::numeric_limits<W>::max());
    const auto bias = numbers.integers<B>(outputs(), low * 16, high * 16);
    const auto input_q = Quantization::per_tensor(0.02f, input_zero);
    for (const bool with_bias : {true, false}) {
      const Reals exact =
          oracle(c(), dequantize(input, input_q),
                 dequantize(filter, filter_q, [&](size_t i) { return channel_of(i); }),
                 with_bias ? dequantize_bias(bias, input_q, filter_q) : Reals{});
      const auto output_q = output_quantization<T>(exact);
      auto attributes = attributes_of(c());
      attributes.quantized_bias_type = bias_type;
      OpHarness op(BATON_OP_TRANSPOSE_CONV);
      op.constant({4}, output_dims()).input(filter_dims(), filter, filter_q);
      op.input(input_dims(), input, input_q);
      if (with_bias) {
        op.input({c().outputs}, bias,
                 filter_q.scales.size() == 1
                     ? Quantization::per_tensor(0.02f * filter_q.scales[0], 0)
                     : Quantization{});
      }
      op.output(dtype_of<T>(), output_q).attributes(attributes).threads(3);
      ASSERT_TRUE(op.run()) << op.message();
      EXPECT_EQ(op.dims(), output_dims());
      expect_quantized_near(op.result<T>(), exact, output_q, c().activation);
    }
  }
};

TEST_P(TransposeConv, Float) {
  Numbers numbers(3);
  const auto input = numbers.reals(input_count());
  const auto filter = numbers.reals(filter_count());
  const auto bias = numbers.reals(outputs());
  for (const bool with_bias : {true, false}) {
    OpHarness op(BATON_OP_TRANSPOSE_CONV);
    op.constant({4}, output_dims()).input(filter_dims(), filter).input(input_dims(), input);
    if (with_bias) op.input({c().outputs}, bias);
    op.output(BATON_FLOAT32).attributes(attributes_of(c())).threads(with_bias ? 3 : 1);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), output_dims());
    expect_float_near(op.result<float>(),
                      oracle(c(), {input.begin(), input.end()}, {filter.begin(), filter.end()},
                             with_bias ? Reals{bias.begin(), bias.end()} : Reals{}),
                      c().activation);
  }
}

TEST_P(TransposeConv, Uint8) {
  for (const int64_t filter_zero : {0, 131}) {
    check_integer<uint8_t, uint8_t, int32_t>(120, Quantization::per_tensor(0.005f, filter_zero));
  }
}

TEST_P(TransposeConv, Int8) {
  for (const int64_t input_zero : {-128, 3}) {
    check_integer<int8_t, int8_t, int32_t>(input_zero, Quantization::per_tensor(0.005f, 0));
    if (outputs() > 1) check_integer<int8_t, int8_t, int32_t>(input_zero, per_channel());
  }
}

TEST_P(TransposeConv, Int16) {
  std::vector<Quantization> filters{Quantization::per_tensor(0.005f, 0)};
  if (outputs() > 1) filters.push_back(per_channel());
  for (const Quantization& filter_q : filters) {
    check_integer<int16_t, int8_t, int64_t>(0, filter_q);
    check_integer<int16_t, int8_t, int32_t>(0, filter_q, BATON_INT32);
  }
}

TEST_P(TransposeConv, Hybrid) {
  if (input_count() == 0 || input_count() / static_cast<size_t>(c().batch) < 2) return;
  Numbers numbers(19);
  const auto input = exact_activations(numbers, input_count(),
                                       input_count() / static_cast<size_t>(c().batch), -30, 225);
  const auto filter = numbers.integers<int8_t>(filter_count(), -127, 127);
  const auto filter_q = outputs() > 1 ? per_channel() : Quantization::per_tensor(0.01f, 0);
  OpHarness op(BATON_OP_TRANSPOSE_CONV);
  op.constant({4}, output_dims()).input(filter_dims(), filter, filter_q).input(input_dims(), input);
  op.output(BATON_FLOAT32).attributes(attributes_of(c())).threads(3);
  ASSERT_TRUE(op.run()) << op.message();
  expect_float_near(
      op.result<float>(),
      oracle(c(), {input.begin(), input.end()},
             dequantize(filter, filter_q, [&](size_t i) { return channel_of(i); }), {}),
      c().activation, 2e-6);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, TransposeConv,
    testing::Values(
        // batch, height, width, channels, filter, stride, padding, output, channels, activation
        Case{1, 3, 3, 2, 3, 3, 1, 1, 0, 3, 3, 4, 0}, Case{1, 3, 3, 2, 3, 3, 1, 1, 1, 5, 5, 3, 1},
        Case{2, 4, 3, 5, 3, 3, 2, 2, 0, 8, 6, 7, 3}, Case{1, 2, 5, 3, 2, 4, 2, 3, 1, 4, 16, 5, 2},
        Case{1, 4, 4, 1, 5, 5, 3, 2, 0, 11, 7, 1, 0}, Case{1, 2, 2, 9, 1, 1, 3, 3, 1, 4, 4, 2, 0},
        Case{3, 1, 1, 17, 2, 2, 2, 2, 1, 2, 2, 9, 1},
        // Outputs that no convolution of this kind would have given the input.
        Case{1, 4, 4, 2, 3, 3, 2, 2, 1, 3, 20, 2, 0}, Case{1, 4, 4, 2, 3, 3, 2, 2, 0, 1, 1, 2, 0},
        Case{1, 1, 1, 2, 3, 3, 1, 1, 1, 1, 2, 2, 0}, Case{1, 0, 4, 2, 3, 3, 2, 2, 0, 4, 4, 2, 0},
        Case{1, 2, 2, 2, 3, 3, 2, 2, 0, 0, 4, 2, 0}, Case{0, 2, 2, 2, 3, 3, 2, 2, 0, 4, 4, 2, 0}));

// By hand: 9830 * 10 / 3 with a factor of 16 bits, and with one of 31 (see CONV_2D).
TEST(TransposeConvBits, Int16) {
  for (const bool wide : {true, false}) {
    auto attributes = attributes_of({1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0});
    attributes.quantized_bias_type = wide ? BATON_FLOAT32 : BATON_INT32;
    OpHarness op(BATON_OP_TRANSPOSE_CONV);
    op.constant<int32_t>({4}, {1, 1, 1, 1})
        .input<int8_t>({1, 1, 1, 1}, {10}, Quantization::per_tensor(1, 0))
        .input<int16_t>({1, 1, 1, 1}, {9830}, Quantization::per_tensor(1, 0))
        .output(BATON_INT16, Quantization::per_tensor(3, 0))
        .attributes(attributes);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.result<int16_t>(),
              std::vector<int16_t>{static_cast<int16_t>(wide ? 32766 : 32767)});
  }
}

TEST(TransposeConvShape, WaitsForItsContent) {
  OpHarness op(BATON_OP_TRANSPOSE_CONV);
  op.input<int32_t>({4}, {1, 4, 4, 1})
      .input({1, 3, 3, 1}, std::vector<float>(9))
      .input({1, 2, 2, 1}, std::vector<float>(4))
      .output(BATON_FLOAT32)
      .attributes(attributes_of({1, 2, 2, 1, 3, 3, 2, 2, 0, 4, 4, 1, 0}));
  ASSERT_TRUE(op.infer().ok());
  EXPECT_FALSE(op.context().output(0).shape_known());
}

TEST(TransposeConvErrors, AreRefused) {
  const Case good{1, 2, 2, 1, 3, 3, 2, 2, 0, 4, 4, 2, 0};
  const auto infer = [](const std::vector<int32_t>& shape, const std::vector<int32_t>& filter,
                        const std::vector<int32_t>& input, const std::vector<int32_t>& bias,
                        const Case& c) {
    const auto zeros = [](const std::vector<int32_t>& dims) {
      return std::vector<float>(element_count(dims).value_or(0));
    };
    OpHarness op(BATON_OP_TRANSPOSE_CONV);
    op.constant({static_cast<int32_t>(shape.size())}, shape).input(filter, zeros(filter));
    op.input(input, zeros(input)).input(bias, zeros(bias));
    op.output(BATON_FLOAT32).attributes(attributes_of(c));
    return op.infer().code();
  };
  const std::vector<int32_t> shape{1, 4, 4, 2}, filter{2, 3, 3, 1}, input{1, 2, 2, 1};
  EXPECT_EQ(infer(shape, filter, input, {2}, good), BATON_OK);
  EXPECT_EQ(infer({1, 4, 4}, filter, input, {2}, good), BATON_INVALID_MODEL);
  EXPECT_EQ(infer({5, 4, 4, 2}, filter, input, {2}, good), BATON_INVALID_MODEL);
  EXPECT_EQ(infer({1, 4, 4, 3}, filter, input, {2}, good), BATON_INVALID_MODEL);
  EXPECT_EQ(infer({1, -4, 4, 2}, filter, input, {2}, good), BATON_INVALID_MODEL);
  EXPECT_EQ(infer({1, INT32_MAX, INT32_MAX, 2}, filter, input, {2}, good), BATON_INVALID_MODEL);
  EXPECT_EQ(infer(shape, {2, 3, 3, 2}, input, {2}, good), BATON_INVALID_MODEL);
  EXPECT_EQ(infer(shape, {2, 0, 3, 1}, input, {2}, good), BATON_INVALID_MODEL);
  EXPECT_EQ(infer(shape, {2, 3, 3}, input, {2}, good), BATON_INVALID_MODEL);
  EXPECT_EQ(infer(shape, filter, {2, 2, 1}, {2}, good), BATON_INVALID_MODEL);
  EXPECT_EQ(infer(shape, filter, input, {3}, good), BATON_INVALID_MODEL);
  Case bad = good;
  bad.stride_h = 0;
  EXPECT_EQ(infer(shape, filter, input, {2}, bad), BATON_INVALID_MODEL);
  bad = good;
  bad.padding = 3;
  EXPECT_EQ(infer(shape, filter, input, {2}, bad), BATON_INVALID_MODEL);

  OpHarness shape_type(BATON_OP_TRANSPOSE_CONV);
  shape_type.constant<int64_t>({4}, {1, 4, 4, 2}).input(filter, std::vector<float>(18));
  shape_type.input(input, std::vector<float>(4)).output(BATON_FLOAT32);
  EXPECT_EQ(shape_type.attributes(attributes_of(good)).infer().code(), BATON_UNSUPPORTED);

  OpHarness types(BATON_OP_TRANSPOSE_CONV);
  types.constant({4}, shape).input(filter, std::vector<int8_t>(18), Quantization::per_tensor(1, 0));
  types.input(input, std::vector<uint8_t>(4), Quantization::per_tensor(1, 0));
  types.output(BATON_UINT8, Quantization::per_tensor(1, 0)).attributes(attributes_of(good));
  EXPECT_EQ(types.prepare().code(), BATON_UNSUPPORTED);
}

TEST(TransposeConvGrain, OfLargeStrides) {
  OpHarness op(BATON_OP_TRANSPOSE_CONV);
  op.constant<int32_t>({4}, {1, 2, 2, 1}).input<float>({1, 1, 1, 1}, {3});
  op.input<float>({1, 1, 1, 1}, {2}).output(BATON_FLOAT32).threads(2);
  auto attributes = baton_transpose_conv_attributes(BATON_TRANSPOSE_CONV_ATTRIBUTES_INIT);
  attributes.padding = BATON_PADDING_VALID;
  attributes.stride_h = INT32_MAX;
  attributes.stride_w = INT32_MAX;
  ASSERT_TRUE(op.attributes(attributes).run()) << op.message();
  EXPECT_EQ(op.result<float>(), (std::vector<float>{6, 0, 0, 0}));
  EXPECT_GE(op.largest_grain(), 1u);
  EXPECT_LE(op.largest_grain(), uint64_t{INT64_MAX});
}

TEST(TransposeConvVersion, SmallestThatSays) {
  const auto q = Quantization::per_tensor(1, 0);
  const auto version = [&](bool int8, bool bias, int activation) {
    OpHarness op(BATON_OP_TRANSPOSE_CONV);
    op.constant<int32_t>({4}, {1, 1, 1, 1});
    if (int8) {
      op.input<int8_t>({1, 1, 1, 1}, {1}, q).input<int8_t>({1, 1, 1, 1}, {1}, q);
    } else {
      op.input<float>({1, 1, 1, 1}, {1}).input<float>({1, 1, 1, 1}, {1});
    }
    if (bias) op.input<int32_t>({1}, {1});
    op.output(BATON_INT8, q)
        .attributes(attributes_of({1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, activation}));
    EXPECT_TRUE(op.infer().ok());
    return op.op()->min_version(op.context());
  };
  EXPECT_EQ(version(false, false, 0), 1);
  EXPECT_EQ(version(true, false, 0), 2);
  EXPECT_EQ(version(true, true, 0), 3);
  EXPECT_EQ(version(false, false, 1), 4);
}

}  // namespace
}  // namespace baton::test
