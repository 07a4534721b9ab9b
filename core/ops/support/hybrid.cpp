#include "core/ops/support/hybrid.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace baton::ops {
namespace {

struct Range {
  float low;
  float high;
};

Range range_of(const float* values, int64_t count) {
  if (count == 0) return {0, 0};
  Range range{values[0], values[0]};
  for (int64_t i = 1; i < count; ++i) {
    if (values[i] < range.low) range.low = values[i];
    if (values[i] > range.high) range.high = values[i];
  }
  return range;
}

// Rounds half away from zero; NaN becomes `low`.
int8_t round_within(float value, int32_t low, int32_t high) {
  const float rounded = std::round(value);
  if (!(rounded > static_cast<float>(low))) return static_cast<int8_t>(low);
  if (rounded >= static_cast<float>(high)) return static_cast<int8_t>(high);
  return static_cast<int8_t>(rounded);
}

}  // namespace

HybridScale quantize_symmetric(const float* values, int64_t count, int8_t* quantized) {
  const Range range = range_of(values, count);
  const float largest = std::max(std::abs(range.low), std::abs(range.high));
  if (largest == 0) {
    std::memset(quantized, 0, static_cast<size_t>(count));
    return {1.0f, 0};
  }
  const float inverse = 127 / largest;
  for (int64_t i = 0; i < count; ++i) quantized[i] = round_within(values[i] * inverse, -127, 127);
  return {largest / 127, 0};
}

HybridScale quantize_asymmetric(const float* values, int64_t count, int8_t* quantized) {
  const Range range = range_of(values, count);
  const auto low = static_cast<double>(std::min(0.0f, range.low));
  const auto high = static_cast<double>(std::max(0.0f, range.high));
  if (low == high) {
    std::memset(quantized, 0, static_cast<size_t>(count));
    return {1.0f, 0};
  }
  const double scale = (high - low) / 255;
  // The zero point from either end of the range; the end with the smaller magnitudes errs less.
  const double from_low = -128 - low / scale;
  const double from_high = 127 - high / scale;
  const double exact =
      128 + std::abs(low / scale) < 127 + std::abs(high / scale) ? from_low : from_high;
  int32_t zero_point = -128;
  if (exact >= 127) {
    zero_point = 127;
  } else if (exact > -128) {
    zero_point = static_cast<int32_t>(std::round(exact));
  }
  const auto rounded_scale = static_cast<float>(scale);
  const float inverse = 1.0f / rounded_scale;
  const auto offset = static_cast<float>(zero_point);
  for (int64_t i = 0; i < count; ++i) {
    quantized[i] = round_within(offset + values[i] * inverse, -128, 127);
  }
  return {rounded_scale, zero_point};
}

}  // namespace baton::ops
