// Float activations quantised on the way into operators with 8-bit weights ("hybrid").
#pragma once

#include <cstdint>

namespace baton::ops {

// How one batch of the input was quantised: real = scale * (value - zero_point).
struct HybridScale {
  float scale;
  int32_t zero_point;
};

// To [-127, 127] around zero, by the largest magnitude.
HybridScale quantize_symmetric(const float* values, int64_t count, int8_t* quantized);

// To [-128, 127] over [min(0, smallest), max(0, largest)], with a zero point that is exact.
HybridScale quantize_asymmetric(const float* values, int64_t count, int8_t* quantized);

}  // namespace baton::ops
