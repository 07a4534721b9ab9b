// Fused activations.
#pragma once

#include <initializer_list>

#include "tests/conformance/operators/draft.h"

namespace baton::conformance {

// Those that limit the values.
inline constexpr std::initializer_list<int32_t> kClamps = {
    BATON_ACTIVATION_NONE, BATON_ACTIVATION_RELU, BATON_ACTIVATION_RELU6,
    BATON_ACTIVATION_RELU_N1_TO_1};

// How large values before an activation are: some elements meet its limits, and some do not.
inline double clamp_spread(Draft& d, int32_t activation) {
  switch (activation) {
    case BATON_ACTIVATION_RELU6:
      return d.random().real(8, 12);
    case BATON_ACTIVATION_RELU_N1_TO_1:
      return d.random().real(1.3, 2.5);
    default:
      return d.pick({2.0, 0.05, 40.0, 6.0});
  }
}

}  // namespace baton::conformance
