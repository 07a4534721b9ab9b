// Dot products of one vector with several rows of weights at once: what convolutions and fully
// connected layers spend their time in.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "core/ops/support/requantize.h"

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

// The same of (x[i] - x_zero) * (rows[...] - row_zero), modulo the range of Sum. Zero points lie in
// the range of their type, and int16 vectors have none: differences of bytes fit 9 bits, so that
// blocks of products fit an int32. 16-bit rows take 64-bit steps.
template <int kRows, typename X, typename W, typename Sum>
inline void accumulate_dots(const X* x, int32_t x_zero, const W* rows, int64_t stride,
                            int32_t row_zero, int64_t count, Sum* sums) {
  using Factor = std::conditional_t<sizeof(W) == 1, int16_t, int64_t>;
  using Local = std::conditional_t<sizeof(W) == 1, int32_t, int64_t>;
  constexpr int64_t kBlock = sizeof(X) == 1 ? 1 << 14 : 1 << 7;
  for (int64_t begin = 0; begin < count; begin += kBlock) {
    const int64_t end = std::min(count, begin + kBlock);
    Local local[kRows] = {};
    for (int64_t i = begin; i < end; ++i) {
      const auto value = static_cast<Factor>(x[i] - x_zero);
      for (int r = 0; r < kRows; ++r) {
        local[r] += value * static_cast<Factor>(rows[r * stride + i] - row_zero);
      }
    }
    for (int r = 0; r < kRows; ++r) sums[r] = wrapping_sum(sums[r], static_cast<Sum>(local[r]));
  }
}

// A vector and rows of weights as the kernels of convolutions walk them: at() moves both, add()
// adds kRows dot products of what lies there.
struct FloatDot {
  const float* input;
  const float* filter;
  int64_t filter_stride;

  using Sum = float;
  template <int kRows>
  void add(int64_t x, int64_t w, int64_t count, float* sums) const {
    accumulate_dots<kRows>(input + x, filter + w, filter_stride, count, sums);
  }
  FloatDot at(int64_t x, int64_t w) const { return {input + x, filter + w, filter_stride}; }
};

template <typename X, typename W, typename SumType = int32_t>
struct IntegerDot {
  const X* input;
  int32_t input_zero;
  const W* filter;
  int64_t filter_stride;
  int32_t filter_zero;

  using Sum = SumType;
  template <int kRows>
  void add(int64_t x, int64_t w, int64_t count, Sum* sums) const {
    accumulate_dots<kRows>(input + x, input_zero, filter + w, filter_stride, filter_zero, count,
                           sums);
  }
  IntegerDot at(int64_t x, int64_t w) const {
    return {input + x, input_zero, filter + w, filter_stride, filter_zero};
  }
};

}  // namespace baton::ops
