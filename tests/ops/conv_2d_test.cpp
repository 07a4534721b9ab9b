#include <gtest/gtest.h>

#include "tests/ops/oracle_window.h"

namespace baton::test {
namespace {

baton_conv_2d_attributes attributes_of(const WindowCase& c) {
  baton_conv_2d_attributes attributes = BATON_CONV_2D_ATTRIBUTES_INIT;
  attributes.padding = c.padding;
  attributes.stride_h = c.stride_h;
  attributes.stride_w = c.stride_w;
  attributes.dilation_h_factor = c.dilation_h;
  attributes.dilation_w_factor = c.dilation_w;
  attributes.fused_activation_function = c.activation;
  return attributes;
}

class Conv2D : public testing::TestWithParam<WindowCase> {
 protected:
  const WindowCase& c() const { return GetParam(); }
  int filter_channels() const { return c().channels / c().groups; }
  std::vector<int32_t> input_dims() const {
    return {c().batch, c().height, c().width, c().channels};
  }
  std::vector<int32_t> filter_dims() const {
    return {c().outputs, c().filter_height, c().filter_width, filter_channels()};
  }
  size_t input_count() const {
    return static_cast<size_t>(c().batch) * c().height * c().width * c().channels;
  }
  size_t row_count() const {
    return static_cast<size_t>(c().filter_height) * c().filter_width * filter_channels();
  }
  size_t filter_count() const { return row_count() * c().outputs; }
  size_t outputs() const { return static_cast<size_t>(c().outputs); }
  std::vector<int32_t> output_dims() const {
    const WindowOracle window(c());
    return {c().batch, window.y.size, window.x.size, c().outputs};
  }

  // bias_type is the attribute, where the operator has it.
  template <typename T, typename W = T, typename B = int32_t>
  void check_integer(int64_t input_zero, const Quantization& filter_q,
                     [[maybe_unused]] int32_t bias_type = BATON_FLOAT32) {
    constexpr int32_t low = std::numeric_limits<T>::lowest();
    constexpr int32_t high = std::numeric_limits<T>::max();
    Numbers numbers(7);
    const auto input = numbers.integers<T>(input_count(), low, high);
    const auto filter = numbers.integers<W>(filter_count(), std::numeric_limits<W>::lowest(),
                                            std::numeric_limits<W>::max());
    const auto bias = numbers.integers<B>(outputs(), low * 16, high * 16);
    const auto input_q = Quantization::per_tensor(0.02f, input_zero);
    const Reals real_bias = dequantize_bias(bias, input_q, filter_q);
    const Reals exact = oracle_conv(
        c(), dequantize(input, input_q),
        dequantize(filter, filter_q, [&](size_t i) { return i / row_count(); }), real_bias);
    const auto output_q = output_quantization<T>(exact);
    auto attributes = attributes_of(c());
    attributes.quantized_bias_type = bias_type;
    OpHarness op(BATON_OP_CONV_2D);
    op.input(input_dims(), input, input_q)
        .input(filter_dims(), filter, filter_q)
        .input({c().outputs}, bias,
               filter_q.scales.size() == 1 ? Quantization::per_tensor(0.02f * filter_q.scales[0], 0)
                                           : Quantization{})
        .output(dtype_of<T>(), output_q)
        .attributes(attributes)
        .threads(3);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), output_dims());
    expect_quantized_near(op.result<T>(), exact, output_q, c().activation);
  }

  template <typename W>
  void check_hybrid(const Quantization& filter_q, int32_t low, int32_t high) {
    Numbers numbers(11);
    if (input_count() == 0) return;
    const size_t image = input_count() / static_cast<size_t>(c().batch);
    if (image < 2) return;
    const auto input = exact_activations(numbers, input_count(), image, low, high);
    const auto filter = numbers.integers<int8_t>(filter_count(), -127, 127);
    const auto bias = numbers.reals(outputs());
    const Reals exact =
        oracle_conv(c(), {input.begin(), input.end()},
                    dequantize(filter, filter_q, [&](size_t i) { return i / row_count(); }),
                    {bias.begin(), bias.end()});
    OpHarness op(BATON_OP_CONV_2D);
    op.input(input_dims(), input);
    op.raw_input(dtype_of<W>(), filter_dims(), {filter.begin(), filter.end()}, filter_q);
    op.input({c().outputs}, bias).output(BATON_FLOAT32).attributes(attributes_of(c())).threads(3);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), output_dims());
    expect_float_near(op.result<float>(), exact, c().activation, 2e-6);
  }

  Quantization per_channel() const {
    std::vector<float> scales(outputs());
    for (size_t o = 0; o < outputs(); ++o) scales[o] = 0.004f + 0.003f * static_cast<float>(o % 5);
    return Quantization::per_axis(scales, 0);
  }
};

TEST_P(Conv2D, Float) {
  Numbers numbers(3);
  const auto input = numbers.reals(input_count());
  const auto filter = numbers.reals(filter_count());
  const auto bias = numbers.reals(outputs());
  for (const bool with_bias : {true, false}) {
    OpHarness op(BATON_OP_CONV_2D);
    op.input(input_dims(), input).input(filter_dims(), filter);
    if (with_bias) {
      op.input({c().outputs}, bias);
    } else {
      op.absent_input();
    }
    op.output(BATON_FLOAT32).attributes(attributes_of(c())).threads(with_bias ? 3 : 1);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), output_dims());
    const Reals exact =
        oracle_conv(c(), {input.begin(), input.end()}, {filter.begin(), filter.end()},
                    with_bias ? Reals{bias.begin(), bias.end()} : Reals{});
    expect_float_near(op.result<float>(), exact, c().activation);
  }
}

TEST_P(Conv2D, Uint8) {
  for (const int64_t input_zero : {0, 128, 255}) {
    for (const int64_t filter_zero : {0, 131, 255}) {
      check_integer<uint8_t>(input_zero, Quantization::per_tensor(0.005f, filter_zero));
    }
  }
}

TEST_P(Conv2D, Int8PerTensor) {
  for (const int64_t input_zero : {-128, 3, 127}) {
    check_integer<int8_t>(input_zero, Quantization::per_tensor(0.005f, 0));
  }
}

TEST_P(Conv2D, Int8PerChannel) {
  if (outputs() < 2) return;
  for (const int64_t input_zero : {-128, 3, 127}) check_integer<int8_t>(input_zero, per_channel());
}

TEST_P(Conv2D, Int16) {
  std::vector<Quantization> filters{Quantization::per_tensor(0.005f, 0)};
  if (outputs() > 1) filters.push_back(per_channel());
  for (const Quantization& filter_q : filters) {
    check_integer<int16_t, int8_t, int64_t>(0, filter_q);
    check_integer<int16_t, int8_t, int64_t>(0, filter_q, BATON_INT64);
    check_integer<int16_t, int8_t, int32_t>(0, filter_q);
    check_integer<int16_t, int8_t, int32_t>(0, filter_q, BATON_INT32);
  }
}

// int4 filters give what the same numbers give as int8.
TEST_P(Conv2D, Int4Filter) {
  const auto filter = Numbers(9).integers<int8_t>(filter_count(), -8, 7);
  const auto q = Quantization::per_tensor(0.1f, 0);
  const auto check = [&]<typename T>(const std::vector<T>& input, const Quantization& io_q) {
    std::vector<T> results[2];
    for (const bool packed : {false, true}) {
      OpHarness op(BATON_OP_CONV_2D);
      op.input(input_dims(), input, io_q);
      if (packed) {
        op.raw_input(BATON_INT4, filter_dims(), pack_int4(filter), q, true);
      } else {
        op.input(filter_dims(), filter, q);
      }
      op.absent_input().output(dtype_of<T>(), io_q).attributes(attributes_of(c()));
      ASSERT_TRUE(op.run()) << op.message();
      results[packed] = op.result<T>();
    }
    EXPECT_EQ(results[0], results[1]);
  };
  check(Numbers(10).integers<int8_t>(input_count(), -128, 127), q);
  check(Numbers(10).integers<int16_t>(input_count(), -300, 300), q);
  check(Numbers(10).reals(input_count()), {});
}

TEST_P(Conv2D, HybridPerTensor) {
  const auto filter_q = Quantization::per_tensor(0.005f, 0);
  // Grouped filters always use a zero point, and so -128.
  const int32_t low = c().groups == 1 ? -127 : -128;
  check_hybrid<int8_t>(filter_q, low, 127);
  if (c().groups == 1) check_hybrid<uint8_t>(filter_q, low, 127);
  // The same scale for each channel counts as one scale.
  if (outputs() < 2) return;
  check_hybrid<int8_t>(Quantization::per_axis(std::vector<float>(outputs(), 0.01f), 0), low, 127);
}

TEST_P(Conv2D, HybridPerChannel) {
  if (outputs() < 2) return;
  check_hybrid<int8_t>(per_channel(), -128, 127);
  check_hybrid<int8_t>(per_channel(), 0, 255);
  check_hybrid<int8_t>(per_channel(), -55, 200);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, Conv2D,
    testing::Values(
        // batch, height, width, channels, filter, stride, dilation, padding, activation, outputs
        WindowCase{1, 5, 5, 3, 3, 3, 1, 1, 1, 1, 0, 0, 4},
        WindowCase{1, 5, 5, 3, 3, 3, 1, 1, 1, 1, 1, 1, 8},
        WindowCase{2, 7, 6, 5, 3, 2, 2, 1, 1, 1, 0, 3, 7},
        WindowCase{1, 8, 9, 2, 2, 5, 3, 2, 1, 1, 1, 2, 5},
        WindowCase{3, 1, 1, 17, 1, 1, 1, 1, 1, 1, 0, 0, 9},
        WindowCase{1, 4, 4, 33, 1, 1, 1, 1, 1, 1, 1, 3, 6},
        WindowCase{1, 9, 9, 4, 3, 3, 1, 1, 2, 2, 0, 1, 4},
        WindowCase{1, 9, 11, 2, 3, 3, 1, 1, 2, 3, 1, 0, 3},
        WindowCase{1, 9, 9, 2, 3, 3, 2, 2, 3, 2, 0, 0, 3},
        WindowCase{2, 6, 6, 6, 3, 3, 1, 1, 1, 1, 0, 0, 9, 3},
        WindowCase{1, 5, 5, 8, 1, 1, 1, 1, 1, 1, 1, 1, 8, 2},
        WindowCase{1, 5, 5, 4, 3, 3, 1, 2, 1, 1, 0, 0, 4, 4},
        WindowCase{1, 2, 2, 1, 5, 5, 1, 1, 1, 1, 0, 0, 1},
        WindowCase{1, 7, 7, 1, 1, 1, 3, 3, 1, 1, 0, 0, 2},
        WindowCase{1, 3, 64, 3, 3, 7, 1, 1, 1, 1, 0, 0, 2},
        WindowCase{0, 4, 4, 2, 3, 3, 1, 1, 1, 1, 0, 0, 2},
        WindowCase{1, 0, 4, 2, 3, 3, 1, 1, 1, 1, 0, 0, 2},
        WindowCase{1, 4, 4, 2, 3, 3, 1, 1, 1, 1, 0, 0, 0}));

// (2 - 1) * (3 - 0) * 16 + 4 = 52; times 0.5 * 0.25 / 0.25 = 26; plus 10.
TEST(Conv2DBits, SmallVector) {
  OpHarness op(BATON_OP_CONV_2D);
  baton_conv_2d_attributes attributes = BATON_CONV_2D_ATTRIBUTES_INIT;
  attributes.stride_h = attributes.stride_w = 1;
  op.input({1, 1, 1, 16}, std::vector<uint8_t>(16, 2), Quantization::per_tensor(0.5f, 1))
      .input({1, 1, 1, 16}, std::vector<uint8_t>(16, 3), Quantization::per_tensor(0.25f, 0))
      .input<int32_t>({1}, {4}, Quantization::per_tensor(0.125f, 0))
      .output(BATON_UINT8, Quantization::per_tensor(0.25f, 10))
      .attributes(attributes);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.result<uint8_t>(), std::vector<uint8_t>{36});
}

// 9830 * 10 / 3 = 32766.67. The factor 1/3 is 21845 / 2^16 in the 16 bits that 64-bit sums are
// multiplied with: 32766.17, rounded down. 32-bit sums are multiplied with 31 bits, and rounded up.
TEST(Conv2DBits, Int16) {
  for (const bool wide : {true, false}) {
    OpHarness op(BATON_OP_CONV_2D);
    baton_conv_2d_attributes attributes = BATON_CONV_2D_ATTRIBUTES_INIT;
    attributes.stride_h = attributes.stride_w = 1;
    attributes.quantized_bias_type = wide ? BATON_INT64 : BATON_INT32;
    op.input<int16_t>({1, 1, 2, 1}, {9830, -32768}, Quantization::per_tensor(1, 0))
        .input<int8_t>({2, 1, 1, 1}, {10, -128}, Quantization::per_axis({1, 1}, 0));
    if (wide) {
      op.input<int64_t>({2}, {0, 1 << 30});
    } else {
      op.input<int32_t>({2}, {0, 0});
    }
    op.output(BATON_INT16, Quantization::per_tensor(3, 0)).attributes(attributes);
    ASSERT_TRUE(op.run()) << op.message();
    // The second channel and pixel saturate: the bias of 2^30, products of 2^22.
    EXPECT_EQ(op.result<int16_t>(), wide ? (std::vector<int16_t>{32766, 32767, -32768, 32767})
                                         : (std::vector<int16_t>{32767, -32768, -32768, 32767}));
  }
}

// Sums beyond int32 wrap; nothing is undefined.
TEST(Conv2DBits, LongSumsAreExactModulo32Bits) {
  constexpr int kDepth = 70000;
  OpHarness op(BATON_OP_CONV_2D);
  baton_conv_2d_attributes attributes = BATON_CONV_2D_ATTRIBUTES_INIT;
  attributes.stride_h = attributes.stride_w = 1;
  op.input({1, 1, 1, kDepth}, std::vector<uint8_t>(kDepth, 255), Quantization::per_tensor(1, 0))
      .input({1, 1, 1, kDepth}, std::vector<uint8_t>(kDepth, 255), Quantization::per_tensor(1, 0))
      .absent_input()
      .output(BATON_UINT8, Quantization::per_tensor(2097152, 0))
      .attributes(attributes);
  ASSERT_TRUE(op.run()) << op.message();
  // 70000 * 65025 - 2^32 = 256782704; / 2^21 = 122.4.
  EXPECT_EQ(op.result<uint8_t>(), std::vector<uint8_t>{122});
}

struct Edit {
  const char* name;
  std::function<void(baton_conv_2d_attributes&)> attributes;
};

TEST(Conv2DErrors, BadAttributes) {
  const Edit edits[] = {
      {"stride 0", [](auto& a) { a.stride_h = 0; }},
      {"negative stride", [](auto& a) { a.stride_w = -1; }},
      {"dilation 0", [](auto& a) { a.dilation_h_factor = 0; }},
      {"unknown padding", [](auto& a) { a.padding = 7; }},
      {"filter larger than input", [](auto& a) { a.dilation_w_factor = 100; }},
      {"overflow", [](auto& a) { a.dilation_w_factor = INT32_MAX; }},
  };
  for (const Edit& edit : edits) {
    baton_conv_2d_attributes attributes = BATON_CONV_2D_ATTRIBUTES_INIT;
    attributes.padding = BATON_PADDING_VALID;
    attributes.stride_h = attributes.stride_w = 1;
    edit.attributes(attributes);
    OpHarness op(BATON_OP_CONV_2D);
    op.input({1, 4, 4, 1}, std::vector<float>(16))
        .input({1, 2, 2, 1}, std::vector<float>(4))
        .absent_input()
        .output(BATON_FLOAT32)
        .attributes(attributes);
    EXPECT_EQ(op.infer().code(), BATON_INVALID_MODEL) << edit.name;
  }
}

Status infer_shapes(const std::vector<int32_t>& input, const std::vector<int32_t>& filter,
                    const std::vector<int32_t>& bias) {
  const auto zeros = [](const std::vector<int32_t>& dims) {
    return std::vector<float>(element_count(dims).value_or(0));
  };
  baton_conv_2d_attributes attributes = BATON_CONV_2D_ATTRIBUTES_INIT;
  attributes.stride_h = attributes.stride_w = 1;
  OpHarness op(BATON_OP_CONV_2D);
  op.input(input, zeros(input)).input(filter, zeros(filter)).input(bias, zeros(bias));
  op.output(BATON_FLOAT32).attributes(attributes);
  return op.infer();
}

TEST(Conv2DErrors, BadShapes) {
  EXPECT_TRUE(infer_shapes({1, 4, 4, 2}, {3, 1, 1, 2}, {3}).ok());
  EXPECT_EQ(infer_shapes({4, 4, 2}, {3, 1, 1, 2}, {3}).code(), BATON_INVALID_MODEL);
  EXPECT_EQ(infer_shapes({1, 4, 4, 2}, {3, 1, 2}, {3}).code(), BATON_INVALID_MODEL);
  EXPECT_EQ(infer_shapes({1, 4, 4, 3}, {3, 1, 1, 2}, {3}).code(), BATON_INVALID_MODEL);
  EXPECT_EQ(infer_shapes({1, 4, 4, 2}, {3, 1, 1, 0}, {3}).code(), BATON_INVALID_MODEL);
  EXPECT_EQ(infer_shapes({1, 4, 4, 0}, {3, 1, 1, 2}, {3}).code(), BATON_INVALID_MODEL);
  EXPECT_EQ(infer_shapes({1, 4, 4, 4}, {3, 1, 1, 2}, {3}).code(), BATON_INVALID_MODEL);
  EXPECT_EQ(infer_shapes({1, 4, 4, 2}, {3, 0, 1, 2}, {3}).code(), BATON_INVALID_MODEL);
  EXPECT_EQ(infer_shapes({1, 4, 4, 2}, {3, 1, 1, 2}, {4}).code(), BATON_INVALID_MODEL);
}

TEST(Conv2DErrors, BadTypesAndQuantization) {
  baton_conv_2d_attributes attributes = BATON_CONV_2D_ATTRIBUTES_INIT;
  attributes.stride_h = attributes.stride_w = 1;
  const auto prepare = [&](const Quantization& x, const Quantization& w, const Quantization& y,
                           const Quantization& bias = {}) {
    OpHarness op(BATON_OP_CONV_2D);
    op.input({1, 1, 1, 2}, std::vector<int8_t>(2), x)
        .input({2, 1, 1, 2}, std::vector<int8_t>(4), w)
        .input({2}, std::vector<int32_t>(2), bias)
        .output(BATON_INT8, y)
        .attributes(attributes);
    return op.prepare().code();
  };
  const auto good = Quantization::per_tensor(0.1f, 0);
  EXPECT_EQ(prepare(good, good, good), BATON_OK);
  EXPECT_EQ(prepare({}, good, good), BATON_INVALID_MODEL);
  EXPECT_EQ(prepare(good, {}, good), BATON_INVALID_MODEL);
  EXPECT_EQ(prepare(good, good, {}), BATON_INVALID_MODEL);
  EXPECT_EQ(prepare(good, Quantization::per_tensor(0.1f, 1), good), BATON_INVALID_MODEL);
  EXPECT_EQ(prepare(good, good, Quantization::per_tensor(0.0f, 0)), BATON_INVALID_MODEL);
  EXPECT_EQ(prepare(Quantization::per_tensor(0.1f, 128), good, good), BATON_INVALID_MODEL);
  EXPECT_EQ(prepare(good, Quantization::per_axis({0.1f, 0.2f, 0.3f}, 0), good),
            BATON_INVALID_MODEL);
  EXPECT_EQ(prepare(good, Quantization::per_axis({0.1f, 0.2f}, 9), good), BATON_INVALID_MODEL);
  EXPECT_EQ(prepare(good, good, good, Quantization::per_tensor(0.01f, 5)), BATON_INVALID_MODEL);

  OpHarness mixed(BATON_OP_CONV_2D);
  mixed.input({1, 1, 1, 2}, std::vector<int16_t>(2), good)
      .input({2, 1, 1, 2}, std::vector<uint8_t>(4), good)
      .absent_input()
      .output(BATON_INT16, good)
      .attributes(attributes);
  EXPECT_EQ(mixed.prepare().code(), BATON_UNSUPPORTED);

  // The bias of a uint8 convolution must have the product's scale.
  OpHarness bias(BATON_OP_CONV_2D);
  bias.input({1, 1, 1, 2}, std::vector<uint8_t>(2), good)
      .input({2, 1, 1, 2}, std::vector<uint8_t>(4), good)
      .input({2}, std::vector<int32_t>(2), Quantization::per_tensor(0.5f, 0))
      .output(BATON_UINT8, good)
      .attributes(attributes);
  EXPECT_EQ(bias.prepare().code(), BATON_INVALID_MODEL);
}

TEST(Conv2DErrors, Int16) {
  const auto good = Quantization::per_tensor(0.1f, 0);
  const auto prepare = [&]<typename B>(const Quantization& x, const Quantization& y, B,
                                       int32_t bias_type) {
    baton_conv_2d_attributes attributes = BATON_CONV_2D_ATTRIBUTES_INIT;
    attributes.stride_h = attributes.stride_w = 1;
    attributes.quantized_bias_type = bias_type;
    OpHarness op(BATON_OP_CONV_2D);
    op.input({1, 1, 1, 2}, std::vector<int16_t>(2), x)
        .input({2, 1, 1, 2}, std::vector<int8_t>(4), good)
        .input({2}, std::vector<B>(2))
        .output(BATON_INT16, y)
        .attributes(attributes);
    return op.prepare().code();
  };
  const auto moved = Quantization::per_tensor(0.1f, 1);
  EXPECT_EQ(prepare(good, good, int64_t{}, BATON_FLOAT32), BATON_OK);
  EXPECT_EQ(prepare(moved, good, int64_t{}, BATON_FLOAT32), BATON_UNSUPPORTED);
  EXPECT_EQ(prepare(good, moved, int64_t{}, BATON_FLOAT32), BATON_UNSUPPORTED);
  EXPECT_EQ(prepare(good, good, int64_t{}, BATON_INT32), BATON_INVALID_MODEL);
  EXPECT_EQ(prepare(good, good, int32_t{}, BATON_INT64), BATON_INVALID_MODEL);
  EXPECT_EQ(prepare(good, good, int8_t{}, BATON_INT8), BATON_UNSUPPORTED);
  EXPECT_EQ(prepare(good, good, float{}, BATON_FLOAT32), BATON_UNSUPPORTED);

  // A filter that is only known in the run is not unpacked.
  baton_conv_2d_attributes attributes = BATON_CONV_2D_ATTRIBUTES_INIT;
  attributes.stride_h = attributes.stride_w = 1;
  OpHarness packed(BATON_OP_CONV_2D);
  packed.input({1, 1, 1, 2}, std::vector<int8_t>(2), good)
      .raw_input(BATON_INT4, {1, 1, 1, 2}, {0x21}, good)
      .absent_input()
      .output(BATON_INT8, good)
      .attributes(attributes);
  EXPECT_EQ(packed.prepare().code(), BATON_UNSUPPORTED);
}

TEST(Conv2DVersion, SmallestThatSays) {
  baton_conv_2d_attributes attributes = BATON_CONV_2D_ATTRIBUTES_INIT;
  attributes.stride_h = attributes.stride_w = 1;
  const auto q = Quantization::per_tensor(0.1f, 0);
  const auto version = [&](OpHarness& op) {
    op.absent_input().output(BATON_FLOAT32).attributes(attributes);
    EXPECT_TRUE(op.infer().ok());
    return op.op()->min_version(op.context());
  };
  OpHarness plain(BATON_OP_CONV_2D);
  plain.input({1, 1, 1, 2}, std::vector<float>(2)).input({2, 1, 1, 2}, std::vector<float>(4));
  EXPECT_EQ(version(plain), 1);
  OpHarness hybrid(BATON_OP_CONV_2D);
  hybrid.input({1, 1, 1, 2}, std::vector<float>(2)).input({2, 1, 1, 2}, std::vector<int8_t>(4), q);
  EXPECT_EQ(version(hybrid), 2);
  OpHarness int8(BATON_OP_CONV_2D);
  int8.input({1, 1, 1, 2}, std::vector<int8_t>(2), q)
      .input({2, 1, 1, 2}, std::vector<int8_t>(4), q);
  EXPECT_EQ(version(int8), 3);
  OpHarness grouped(BATON_OP_CONV_2D);
  grouped.input({1, 1, 1, 4}, std::vector<float>(4)).input({2, 1, 1, 2}, std::vector<float>(4));
  EXPECT_EQ(version(grouped), 6);
}

}  // namespace
}  // namespace baton::test
