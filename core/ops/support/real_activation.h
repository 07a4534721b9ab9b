// Fused activations of the recurrent operators, which also know TANH.
#pragma once

#include <algorithm>
#include <cmath>

#include "core/ops/operator.h"

namespace baton::ops {

inline Status check_real_activation(int32_t activation) {
  if (activation >= BATON_ACTIVATION_NONE && activation <= BATON_ACTIVATION_TANH) return {};
  return error(BATON_UNSUPPORTED, "fused activation %d is not supported", activation);
}

inline float real_activation(float x, int32_t activation) {
  switch (activation) {
    case BATON_ACTIVATION_RELU:
      return std::max(0.0f, x);
    case BATON_ACTIVATION_RELU_N1_TO_1:
      return std::max(-1.0f, std::min(x, 1.0f));
    case BATON_ACTIVATION_RELU6:
      return std::max(0.0f, std::min(x, 6.0f));
    case BATON_ACTIVATION_TANH:
      return std::tanh(x);
    default:
      return x;
  }
}

// The sum of n products, in order.
inline float dot(const float* a, const float* b, int64_t n) {
  float sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace baton::ops
