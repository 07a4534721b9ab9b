// What is asked of rescaled sums below zero.
//
// Outputs that are limited to their zero point, as those of RELU and RELU6 are, need not know a sum
// below zero: all that comes out at zero or less is the same. Rounding then needs no sign.
#pragma once

#include <cstdint>

namespace baton::kernels {

enum class BelowZero : uint8_t {
  kExact,
  kNotAbove,  // any result that is not above zero
};

inline BelowZero below_zero(int32_t low, int32_t zero_point) {
  return low >= zero_point ? BelowZero::kNotAbove : BelowZero::kExact;
}

}  // namespace baton::kernels
