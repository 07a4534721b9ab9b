// Dot products of one vector with several rows of weights at once: what convolutions and fully
// connected layers spend their time in.
#pragma once

#include <algorithm>
#include <cstdint>

#include "baton/fixed_point.h"

namespace baton::ops {

// Rows that share one pass over the vector. More than one chain of additions keeps the processor
// busy although each chain adds in the reference order.
inline constexpr int kDotRows = 4;

// sums[r] += sum over i of x[i] * rows[r * stride + i], added in the order of i.
template <int kRows>
inline void accumulate_dots(const float* x, const float* rows, int64_t stride, int64_t count,
                            float* sums) {
  float local[kRows];
  for (int r = 0; r < kRows; ++r) local[r] = sums[r];
  for (int64_t i = 0; i < count; ++i) {
    const float value = x[i];
    for (int r = 0; r < kRows; ++r) local[r] += value * rows[r * stride + i];
  }
  for (int r = 0; r < kRows; ++r) sums[r] = local[r];
}

// The same of (x[i] - x_zero) * (rows[...] - row_zero), modulo 2^32. Both zero points lie in the
// range of their type, so that differences fit 9 bits and 2^14 products fit an int32.
template <int kRows, typename X, typename W>
inline void accumulate_dots(const X* x, int32_t x_zero, const W* rows, int64_t stride,
                            int32_t row_zero, int64_t count, int32_t* sums) {
  constexpr int64_t kBlock = 1 << 14;
  for (int64_t begin = 0; begin < count; begin += kBlock) {
    const int64_t end = std::min(count, begin + kBlock);
    int32_t local[kRows] = {};
    for (int64_t i = begin; i < end; ++i) {
      const auto value = static_cast<int16_t>(x[i] - x_zero);
      for (int r = 0; r < kRows; ++r) {
        local[r] += value * static_cast<int16_t>(rows[r * stride + i] - row_zero);
      }
    }
    for (int r = 0; r < kRows; ++r) sums[r] = baton_wrapping_add(sums[r], local[r]);
  }
}

}  // namespace baton::ops
