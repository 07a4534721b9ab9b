// What packing asks about 8-bit depthwise weights.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "delegates/kernels/depthwise.h"

namespace baton::kernels {

// The beginning of packed weights.
struct alignas(64) Int8DepthwiseHeader {
  bool small;    // rescale_small() is right for all sums
  bool foreign;  // packed by another kernel, which can do what this one cannot
};

// Less the zero point: 9 bits.
inline int32_t weight_at(const Int8DepthwiseWeights& weights, size_t i) {
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
  int64_t sum = weights.bias == nullptr ? 0 : std::abs(int64_t{weights.bias[c]});
  const size_t taps = shape.filter_height * shape.filter_width;
  for (size_t t = 0; t < taps; ++t) {
    sum += input * std::abs(weight_at(weights, t * shape.channels + c));
  }
  return sum;
}

inline bool weights_fit_int8(const DepthwiseShape& shape, const Int8DepthwiseWeights& weights) {
  const size_t count = shape.filter_height * shape.filter_width * shape.channels;
  for (size_t i = 0; i < count; ++i) {
    const int32_t weight = weight_at(weights, i);
    if (weight < INT8_MIN || weight > INT8_MAX) return false;
  }
  return true;
}

}  // namespace baton::kernels
