// What packing asks about 8-bit depthwise weights.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "delegates/kernels/depthwise.h"

namespace baton::kernels {

// The beginning of packed weights.
struct alignas(64) Int8DepthwiseHeader {
  bool foreign;  // packed by another kernel, which can do what this one cannot
};

// Where what belongs to channel c is among all that is given.
inline size_t given_channel(const Int8DepthwiseWeights& weights, size_t c) {
  return weights.channels == 0 ? c : c % weights.channels;
}

// Less the zero point: 9 bits.
inline int32_t weight_at(const DepthwiseShape& shape, const Int8DepthwiseWeights& weights,
                         size_t tap, size_t c) {
  const size_t channels = weights.channels == 0 ? shape.channels : weights.channels;
  const size_t i = tap * channels + given_channel(weights, c);
  const int32_t value = weights.unsigned_weights ? static_cast<const uint8_t*>(weights.data)[i]
                                                 : static_cast<const int8_t*>(weights.data)[i];
  return value - weights.weights_zero;
}

// The input's zero point when its bytes count from 0 to 255.
inline int32_t unsigned_zero(const Int8DepthwiseWeights& weights) {
  return weights.unsigned_input ? weights.input_zero : weights.input_zero + 128;
}

// A bound of the size of channel c's sums.
inline int64_t largest_sum(const DepthwiseShape& shape, const Int8DepthwiseWeights& weights,
                           size_t c) {
  const int64_t zero = unsigned_zero(weights);
  const int64_t input = std::max(zero, 255 - zero);
  int64_t sum =
      weights.bias == nullptr ? 0 : std::abs(int64_t{weights.bias[given_channel(weights, c)]});
  const size_t taps = shape.filter_height * shape.filter_width;
  for (size_t t = 0; t < taps; ++t) {
    sum += input * std::abs(weight_at(shape, weights, t, c));
  }
  return sum;
}

// Weights that are wider than int8_t are the sum of two: the narrow one nearest to them in their
// own filter row, the excess in an extra row that has the same input. Of trained weights few are
// wide, so that few blocks of channels have extra rows, and most of these lie where a filter's
// height is filled up to whole groups anyway.
constexpr size_t kMostExtraRows = 3;
constexpr size_t kTallestWithExtraRows = 16;

struct ExtraRows {
  uint8_t count = 0;
  uint8_t rows[kMostExtraRows] = {};  // the filter rows whose excess they hold
};

inline int32_t narrow_weight(int32_t weight) { return std::clamp(weight, INT8_MIN, INT8_MAX); }

// For channels [first, end), and filter rows in groups of `group`; false where these weights have
// no such form.
inline bool find_extra_rows(const DepthwiseShape& shape, const Int8DepthwiseWeights& weights,
                            size_t group, size_t first, size_t end, ExtraRows* extra) {
  *extra = {};
  for (size_t fy = 0; fy < shape.filter_height; ++fy) {
    bool wide = false;
    for (size_t fx = 0; fx < shape.filter_width; ++fx) {
      const size_t tap = fy * shape.filter_width + fx;
      for (size_t c = first; c < end; ++c) {
        const int32_t weight = weight_at(shape, weights, tap, c);
        const int32_t excess = weight - narrow_weight(weight);
        if (excess > INT8_MAX) return false;
        wide = wide || excess != 0;
      }
    }
    if (!wide) continue;
    if (extra->count == kMostExtraRows || shape.filter_height > kTallestWithExtraRows) return false;
    extra->rows[extra->count++] = static_cast<uint8_t>(fy);
  }
  if (extra->count == 0) return true;
  // So that there are few heights.
  const size_t spare = (group - shape.filter_height % group) % group;
  extra->count = static_cast<uint8_t>(extra->count <= spare ? spare : kMostExtraRows);
  return true;
}

}  // namespace baton::kernels
