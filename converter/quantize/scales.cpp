#include "converter/quantize/scales.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace baton::quantize {
namespace {

using tflite::Bytes;

// Leaves a bit of an int32 to the products.
constexpr double kLargestBias = 1 << 30;

int32_t quantize_value(double value, double scale, int32_t zero_point, const Format& format) {
  const double quantised = std::round(value / scale) + zero_point;
  return static_cast<int32_t>(
      std::clamp(quantised, static_cast<double>(format.low), static_cast<double>(format.high)));
}

// The least scale of weights with which a bias of this magnitude fits.
float least_scale(double bias, float input_scale) {
  return static_cast<float>(bias / (static_cast<double>(input_scale) * kLargestBias));
}

double magnitude(std::span<const float> values) {
  double largest = 0;
  for (const float value : values) largest = std::max(largest, std::fabs(double{value}));
  return largest;
}

// How many elements lie between two neighbours of dimension `channels`.
size_t step_of(const tflite::Shape& shape, int channels) {
  size_t step = 1;
  for (size_t i = static_cast<size_t>(channels) + 1; i < shape.size(); ++i) {
    step *= static_cast<size_t>(shape[i]);
  }
  return step;
}

}  // namespace

Scale spread(Range range, const Format& format) {
  const double min = std::min(double{range.min}, 0.0);
  const double max = std::max(double{range.max}, 0.0);
  Scale result;
  result.scale =
      std::max(static_cast<float>((max - min) / (format.high - format.low)), kSmallestScale);
  const double zero_point = format.low - min / double{result.scale};
  result.zero_point = static_cast<int32_t>(std::clamp(
      std::round(zero_point), static_cast<double>(format.low), static_cast<double>(format.high)));
  return result;
}

std::optional<Range> range_of(std::span<const float> values) {
  if (values.empty()) return std::nullopt;
  Range range{values[0], values[0]};
  for (const float value : values) {
    if (!std::isfinite(value)) return std::nullopt;
    range = unite(range, {value, value});
  }
  return range;
}

Range unite(Range a, Range b) { return {std::min(a.min, b.min), std::max(a.max, b.max)}; }

Bytes quantize_values(std::span<const float> values, Scale scale, const Format& format) {
  Bytes bytes(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    bytes[i] =
        static_cast<uint8_t>(quantize_value(values[i], scale.scale, scale.zero_point, format));
  }
  return bytes;
}

Constant symmetric_weights(std::span<const float> values, const tflite::Shape& shape, int channels,
                           const BiasLimit& bias) {
  const bool one = channels < 0 || static_cast<size_t>(channels) >= shape.size();
  const size_t count = one ? 1 : static_cast<size_t>(shape[static_cast<size_t>(channels)]);
  const size_t step = one ? std::max<size_t>(values.size(), 1) : step_of(shape, channels);
  const auto channel_of = [&](size_t i) { return i / step % count; };

  const auto bias_of = [&](size_t c) {
    if (one) return magnitude(bias.values);
    return c < bias.values.size() ? std::fabs(double{bias.values[c]}) : 0.0;
  };

  std::vector<double> largest(count);
  for (size_t i = 0; i < values.size(); ++i) {
    double& here = largest[channel_of(i)];
    here = std::max(here, std::fabs(double{values[i]}));
  }
  std::vector<float> scales(count);
  for (size_t c = 0; c < count; ++c) {
    scales[c] = std::max(static_cast<float>(largest[c] / kInt8Weights.high),
                         least_scale(bias_of(c), bias.input_scale));
    // A channel of zeros: any scale will do.
    if (!(scales[c] >= kSmallestScale * kSmallestScale)) scales[c] = 1;
  }
  Constant result;
  result.bytes.resize(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    result.bytes[i] =
        static_cast<uint8_t>(quantize_value(values[i], scales[channel_of(i)], 0, kInt8Weights));
  }
  result.quantization =
      one ? tflite::per_tensor(scales[0]) : tflite::per_axis(std::move(scales), channels);
  return result;
}

Constant uint8_weights(std::span<const float> values, const BiasLimit& bias) {
  Range range = range_of(values).value_or(Range{});
  const float least = least_scale(magnitude(bias.values), bias.input_scale);
  range.max =
      std::max(range.max, std::min(range.min, 0.0f) +
                              least * static_cast<float>(kUint8Weights.high - kUint8Weights.low));
  const Scale scale = spread(range, kUint8Weights);
  return {.dtype = BATON_UINT8,
          .bytes = quantize_values(values, scale, kUint8Weights),
          .quantization = tflite::per_tensor(scale.scale, scale.zero_point)};
}

Constant int32_bias(std::span<const float> values, float input_scale,
                    const tflite::Quantization& weights) {
  std::vector<float> scales;
  for (const float scale : weights.scale) scales.push_back(input_scale * scale);
  std::vector<int32_t> quantised;
  for (size_t i = 0; i < values.size(); ++i) {
    // One scale is that of all.
    const double scale = double{scales[std::min(i, scales.size() - 1)]};
    constexpr double kLimit = std::numeric_limits<int32_t>::max();
    quantised.push_back(
        static_cast<int32_t>(std::clamp(std::round(double{values[i]} / scale), -kLimit, kLimit)));
  }
  Constant result{.dtype = BATON_INT32, .bytes = tflite::bytes_of(quantised), .quantization = {}};
  result.quantization =
      scales.size() == 1 ? tflite::per_tensor(scales[0]) : tflite::per_axis(std::move(scales), 0);
  return result;
}

}  // namespace baton::quantize
