// How far a delegate's results may be from the reference kernels'.
#pragma once

#include <cstdint>

#include "core/host/delegate.h"

namespace baton::conformance {

struct Limits {
  int64_t units = 0;          // of 8- and 16-bit integers
  int significand_bits = 24;  // of the numbers that it computes with

  // Whether floats are held to less than float32 has.
  bool reduced() const;
  // Of floats, relative to the largest value expected, where so many products are summed up for one
  // element:
  //
  //   float32   max(1e-5, 10 eps sqrt(depth))
  //   b bits    4 * 2^-b * sqrt(depth), at most 1/4
  //
  // The latter: rounding to nearest changes an operand by 2^-b of itself at most, a product by
  // 2 * 2^-b to the first order, so a sum of products p by 2 * 2^-b * sum |p|. By Cauchy and
  // Schwarz sum |p| <= sqrt(depth) * sqrt(sum p^2), and the root is how large sums of terms of
  // random signs are. Twice that, as depth is a mean over the elements (a transposed convolution
  // has elements with more products). Errors rarely have the same sign: what is beyond 1/4 is no
  // rounding.
  double of_floats(uint64_t depth) const;
};

// By the device's BATON_DEVICE_EXACT_INTEGER (without it integers may be one unit off), and by the
// delegate's option `precision`. A word that is not known is held to float32's limit.
Limits limits_of(const Delegate& delegate);

}  // namespace baton::conformance
