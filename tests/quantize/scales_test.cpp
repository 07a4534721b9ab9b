// Scales, zero points and constants against definitions that share nothing with the code.
#include "converter/quantize/scales.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "converter/quantize/rules.h"
#include "tests/support/quantised.h"
#include "tests/support/split_mix.h"

namespace baton::test {
namespace {

using namespace quantize;

// The largest distance of an end of the range from what the format can represent of it.
double end_error(Range range, double scale, int zero_point, const Format& format) {
  const double low = scale * (format.low - zero_point);
  const double high = scale * (format.high - zero_point);
  return std::max(std::fabs(low - std::min(double{range.min}, 0.0)),
                  std::fabs(high - std::max(double{range.max}, 0.0)));
}

TEST(Spread, NoZeroPointFitsBetter) {
  SplitMix random(5);
  const auto uniform = [&] { return static_cast<double>(random.next() >> 11) * 0x1p-53; };
  for (const Format& format : {kInt8Activations, kUint8Activations, kUint8Weights}) {
    for (int i = 0; i < 500; ++i) {
      const double size = std::pow(10.0, 8 * uniform() - 4);
      const double a = size * (2 * uniform() - 1);
      const double b = size * (2 * uniform() - 1);
      const Range range{static_cast<float>(std::min(a, b)), static_cast<float>(std::max(a, b))};
      const Scale scale = spread(range, format);
      ASSERT_GE(scale.zero_point, format.low);
      ASSERT_LE(scale.zero_point, format.high);
      const double width = std::max(double{range.max}, 0.0) - std::min(double{range.min}, 0.0);
      EXPECT_NEAR(double{scale.scale} * (format.high - format.low), width, 1e-6 * width);
      double best = std::numeric_limits<double>::infinity();
      for (int zero_point = format.low; zero_point <= format.high; ++zero_point) {
        best = std::min(best, end_error(range, double{scale.scale}, zero_point, format));
      }
      EXPECT_LE(end_error(range, double{scale.scale}, scale.zero_point, format),
                best + 1e-6 * width);
    }
  }
}

TEST(Spread, ZeroIsExact) {
  for (const Range range : {Range{-0.7f, 3.1f}, Range{0.5f, 2}, Range{-9, -3}, Range{0, 0}}) {
    const Scale scale = spread(range, kInt8Activations);
    const auto stored = quantize_values(std::vector<float>{0}, scale, kInt8Activations);
    EXPECT_EQ(static_cast<int8_t>(stored[0]), scale.zero_point);
  }
}

TEST(Spread, OneSidedRangesBeginAtZero) {
  EXPECT_EQ(spread({2, 5.1f}, kInt8Activations).zero_point, -128);
  EXPECT_EQ(spread({-5.1f, -2}, kInt8Activations).zero_point, 127);
  EXPECT_EQ(spread({0, 6}, kUint8Activations), (Scale{6.0f / 255, 0}));
}

TEST(Spread, DegenerateRangesHaveAUsableScale) {
  for (const Range range : {Range{0, 0}, Range{-1e-38f, 1e-38f}}) {
    const Scale scale = spread(range, kUint8Activations);
    EXPECT_EQ(scale.scale, kSmallestScale);
    EXPECT_GE(scale.zero_point, 0);
    EXPECT_LE(scale.zero_point, 255);
  }
  const Scale point = spread({4, 4}, kInt8Activations);
  EXPECT_FLOAT_EQ(point.scale, 4.0f / 255);
}

TEST(RangeOf, NeedsFiniteValues) {
  EXPECT_EQ(range_of(std::vector<float>{1, -2, 0.5f}), (Range{-2, 1}));
  EXPECT_EQ(range_of(std::vector<float>{}), std::nullopt);
  EXPECT_EQ(range_of(std::vector<float>{1, INFINITY}), std::nullopt);
  EXPECT_EQ(range_of(std::vector<float>{NAN}), std::nullopt);
}

// Values whose size differs from channel to channel of the axis.
std::vector<float> channelled(const tflite::Shape& shape, int axis) {
  SplitMix random(9);
  size_t inner = 1;
  for (size_t i = static_cast<size_t>(axis) + 1; i < shape.size(); ++i) {
    inner *= static_cast<size_t>(shape[i]);
  }
  size_t count = 1;
  for (const int32_t dim : shape) count *= static_cast<size_t>(dim);
  std::vector<float> values;
  for (size_t i = 0; i < count; ++i) {
    const size_t channel = i / inner % static_cast<size_t>(shape[static_cast<size_t>(axis)]);
    const double uniform = static_cast<double>(random.next() >> 11) * 0x1p-53;
    values.push_back(
        static_cast<float>(std::pow(4.0, static_cast<double>(channel)) * (2 * uniform - 1)));
  }
  return values;
}

std::vector<int64_t> signed_values(const tflite::Bytes& bytes) {
  std::vector<int64_t> values;
  for (const uint8_t byte : bytes) values.push_back(static_cast<int8_t>(byte));
  return values;
}

TEST(SymmetricWeights, AreTheOraclesForEachAxis) {
  const tflite::Shape shape = {4, 3, 2, 5};
  for (const int axis : {0, 1, 2, 3}) {
    const std::vector<float> values = channelled(shape, axis);
    const Constant constant = symmetric_weights(values, shape, axis);
    const auto& scales = constant.quantization.scale;
    ASSERT_EQ(scales.size(), static_cast<size_t>(shape[static_cast<size_t>(axis)]));
    EXPECT_EQ(constant.quantization.axis, axis);
    EXPECT_EQ(constant.quantization.zero_point, std::vector<int64_t>(scales.size(), 0));
    const Quantisation oracle{
        {scales.begin(), scales.end()}, std::vector<int64_t>(scales.size(), 0), axis};
    EXPECT_EQ(signed_values(constant.bytes), quantise({values.begin(), values.end()}, oracle, -127,
                                                      127, {shape.begin(), shape.end()}));
    // Each channel uses the whole of the type.
    for (size_t c = 1; c < scales.size(); ++c) EXPECT_GT(scales[c], scales[c - 1]);
  }
}

TEST(SymmetricWeights, OneScaleReaches127) {
  const Constant constant = symmetric_weights(std::vector<float>{0.5f, -2, 1}, {3}, kPerTensor);
  ASSERT_EQ(constant.quantization.scale.size(), 1u);
  EXPECT_FLOAT_EQ(constant.quantization.scale[0], 2.0f / 127);
  EXPECT_EQ(signed_values(constant.bytes), (std::vector<int64_t>{32, -127, 64}));
}

TEST(SymmetricWeights, AChannelOfZerosHasAScale) {
  const Constant constant = symmetric_weights(std::vector<float>{0, 0, 1, 2}, {2, 2}, 0);
  EXPECT_GT(constant.quantization.scale[0], 0);
  EXPECT_EQ(signed_values(constant.bytes), (std::vector<int64_t>{0, 0, 64, 127}));
}

TEST(Bias, IsExactToHalfAStep) {
  const std::vector<float> bias = {0.3f, -7, 0};
  const Constant weights = symmetric_weights(std::vector<float>{1, 2, 3, 4, 5, 6}, {3, 2}, 0);
  const Constant constant = int32_bias(bias, 0.02f, weights.quantization);
  EXPECT_EQ(constant.dtype, BATON_INT32);
  std::vector<int32_t> stored(3);
  std::memcpy(stored.data(), constant.bytes.data(), constant.bytes.size());
  for (size_t c = 0; c < 3; ++c) {
    const double scale = double{constant.quantization.scale[c]};
    EXPECT_NEAR(scale, 0.02 * double{weights.quantization.scale[c]}, 1e-6 * scale);
    EXPECT_NEAR(scale * stored[c], double{bias[c]}, 0.51 * scale);
  }
}

// A large bias beside tiny weights: the weights' scale gives way, the bias still fits.
TEST(Bias, FitsBesideTinyWeights) {
  const std::vector<float> bias = {100, 1};
  const std::vector<float> values = {1e-9f, -1e-9f, 1, 1};
  const Constant weights = symmetric_weights(values, {2, 2}, 0, {bias, 0.01f});
  const Constant constant = int32_bias(bias, 0.01f, weights.quantization);
  std::vector<int32_t> stored(2);
  std::memcpy(stored.data(), constant.bytes.data(), constant.bytes.size());
  EXPECT_LE(std::abs(stored[0]), 1 << 30);
  EXPECT_NEAR(double{constant.quantization.scale[0]} * stored[0], 100, 1e-4);
  EXPECT_FLOAT_EQ(weights.quantization.scale[1], 1.0f / 127);

  const Constant old = uint8_weights(std::vector<float>{0, 0}, {bias, 0.01f});
  const Constant old_bias = int32_bias(bias, 0.01f, old.quantization);
  std::memcpy(stored.data(), old_bias.bytes.data(), old_bias.bytes.size());
  EXPECT_NEAR(double{old_bias.quantization.scale[0]} * stored[0], 100, 1e-4);
}

TEST(Uint8Weights, LeaveOutTheLowestValue) {
  const Constant constant = uint8_weights(std::vector<float>{-1, 0, 1.54f}, {});
  EXPECT_EQ(constant.dtype, BATON_UINT8);
  EXPECT_FLOAT_EQ(constant.quantization.scale[0], 0.01f);
  EXPECT_EQ(constant.quantization.zero_point[0], 101);
  EXPECT_EQ(constant.bytes, (tflite::Bytes{1, 101, 255}));
}

}  // namespace
}  // namespace baton::test
