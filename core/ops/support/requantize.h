// From integer sums of products to quantised outputs.
#pragma once

#include <cstdint>
#include <type_traits>
#include <vector>

#include "baton/fixed_point.h"
#include "core/base/status.h"
#include "core/ops/value.h"

namespace baton::ops {

// a + b of one integer type, modulo its range.
template <typename T>
constexpr T wrapping_sum(T a, T b) {
  using Bits = std::make_unsigned_t<T>;
  return static_cast<T>(static_cast<Bits>(a) + static_cast<Bits>(b));
}

// Weights with one scale, or one for each of the output's `channels`.
Status check_weight_scales(const Value& filter, int32_t channels);

// Every zero point of the filter is 0.
Status check_symmetric(const Value& filter);

struct Requantization {
  std::vector<int32_t> multiplier;  // one, or one per output channel
  std::vector<int32_t> shift;
  std::vector<double> factor;  // what they stand for, before the scales' product was rounded
  int32_t zero_point = 0;
  int32_t low = 0;
  int32_t high = 0;

  // `bias` may be nullptr. Sums of 32 bits are rounded twice, sums of 64 bits once, with a
  // multiplier of 16 bits: as TensorFlow Lite has it.
  template <typename Sum>
  int32_t apply(Sum sum, const Sum* bias, int64_t channel) const {
    const size_t i = multiplier.size() == 1 ? 0 : static_cast<size_t>(channel);
    if (bias) sum = wrapping_sum(sum, bias[channel]);
    return baton_clamp(wrapping_sum(scale(sum, i), zero_point), low, high);
  }
  // FULLY_CONNECTED's way.
  template <typename Sum>
  int32_t apply_in_double(Sum sum, const Sum* bias, int64_t channel) const {
    const size_t i = factor.size() == 1 ? 0 : static_cast<size_t>(channel);
    if (bias) sum = wrapping_sum(sum, bias[channel]);
    return baton_clamp(wrapping_sum(baton_rescale_in_double(sum, factor[i]), zero_point), low,
                       high);
  }

 private:
  int32_t scale(int32_t sum, size_t i) const {
    return baton_multiply_by_quantized_multiplier(sum, multiplier[i], shift[i]);
  }
  int32_t scale(int64_t sum, size_t i) const {
    return baton_multiply_by_quantized_multiplier_int64(sum, multiplier[i], shift[i]);
  }
};

enum class ScaleRule {
  kPerChannel,  // the product of scales in double; for one scale too
  kPerTensor    // in float, as TensorFlow Lite's older operators do; one scale only
};

// Checks the quantisation of all tensors (bias may be nullptr) and computes the factors.
Status make_requantization(const Value& input, const Value& filter, const Value* bias,
                           const Value& output, int32_t activation, ScaleRule rule,
                           Requantization* result);

}  // namespace baton::ops
