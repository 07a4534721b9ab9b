// Between stored elements and real numbers, in double: independent of the arithmetic under test.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace baton::test {

// Scales and zero points, one of each or one per index of `axis`.
struct Quantisation {
  std::vector<double> scales = {1.0};
  std::vector<int64_t> zero_points = {0};
  int axis = 0;
};

// scale * (value - zero point); `shape` is needed for more than one scale.
std::vector<double> dequantise(const std::vector<int64_t>& values, const Quantisation& quantisation,
                               const std::vector<int>& shape = {});
// round(real / scale) + zero point limited to [low, high], ties away from zero.
std::vector<int64_t> quantise(const std::vector<double>& reals, const Quantisation& quantisation,
                              int64_t low, int64_t high, const std::vector<int>& shape = {});

template <typename T>
std::vector<double> dequantise(std::span<const T> values, double scale, int64_t zero_point) {
  std::vector<double> reals;
  for (const T value : values) {
    reals.push_back(scale * static_cast<double>(static_cast<int64_t>(value) - zero_point));
  }
  return reals;
}
template <typename T>
std::vector<T> quantise(const std::vector<double>& reals, double scale, int64_t zero_point) {
  std::vector<T> values;
  for (const int64_t value :
       quantise(reals, Quantisation{{scale}, {zero_point}, 0}, std::numeric_limits<T>::min(),
                std::numeric_limits<T>::max())) {
    values.push_back(static_cast<T>(value));
  }
  return values;
}

// IEEE half: to its bits (to nearest, ties to even) and back.
uint16_t half_bits(float value);
float half_value(uint16_t bits);

}  // namespace baton::test
