#include "tests/support/quantised.h"

#include <algorithm>

namespace baton::test {
namespace {

// Index into the scales for each element of a tensor in row-major order.
class ScaleIndex {
 public:
  ScaleIndex(const Quantisation& quantisation, const std::vector<int>& shape) {
    count_ = quantisation.scales.size();
    for (size_t i = static_cast<size_t>(quantisation.axis) + 1; i < shape.size(); ++i) {
      inner_ *= static_cast<size_t>(shape[i]);
    }
  }
  size_t operator()(size_t element) const { return count_ == 1 ? 0 : element / inner_ % count_; }

 private:
  size_t count_ = 1;
  size_t inner_ = 1;
};

int64_t zero_point(const Quantisation& quantisation, size_t index) {
  return quantisation.zero_points.size() == 1 ? quantisation.zero_points[0]
                                              : quantisation.zero_points[index];
}

}  // namespace

std::vector<double> dequantise(const std::vector<int64_t>& values, const Quantisation& quantisation,
                               const std::vector<int>& shape) {
  const ScaleIndex index(quantisation, shape);
  std::vector<double> reals(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t s = index(i);
    reals[i] =
        quantisation.scales[s] * static_cast<double>(values[i] - zero_point(quantisation, s));
  }
  return reals;
}

std::vector<int64_t> quantise(const std::vector<double>& reals, const Quantisation& quantisation,
                              int64_t low, int64_t high, const std::vector<int>& shape) {
  const ScaleIndex index(quantisation, shape);
  std::vector<int64_t> values(reals.size());
  for (size_t i = 0; i < reals.size(); ++i) {
    const size_t s = index(i);
    const double steps = std::round(reals[i] / quantisation.scales[s]) +
                         static_cast<double>(zero_point(quantisation, s));
    values[i] = static_cast<int64_t>(
        std::clamp(steps, static_cast<double>(low), static_cast<double>(high)));
  }
  return values;
}

float half_value(uint16_t bits) {
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  const float sign = bits >> 15 ? -1.0f : 1.0f;
  if (exponent == 31) {
    return fraction ? std::numeric_limits<float>::quiet_NaN()
                    : sign * std::numeric_limits<float>::infinity();
  }
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(fraction), -24);
  return sign * std::ldexp(static_cast<float>(1024 + fraction), exponent - 25);
}

uint16_t half_bits(float value) {
  const uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  if (std::isnan(value)) return static_cast<uint16_t>(sign | 0x7e00);
  const double magnitude = std::fabs(static_cast<double>(value));
  if (magnitude >= 65520) return static_cast<uint16_t>(sign | 0x7c00);
  int exponent = 0;
  std::frexp(magnitude, &exponent);  // magnitude = [0.5, 1) * 2^exponent
  // One unit in the last place: 11 significant bits, at least 2^-24.
  const int unit = std::max(exponent - 11, -24);
  const auto steps = static_cast<int>(std::nearbyint(std::ldexp(magnitude, -unit)));
  // Steps of 1024 to 2047 belong to exponent field unit + 25; a carry to 2048 moves it by itself.
  return static_cast<uint16_t>(sign | (steps < 1024 ? steps : steps + ((unit + 24) << 10)));
}

}  // namespace baton::test
