// Float activations on their way into products with 8-bit weights: a row is quantised by what it
// holds, as TensorFlow Lite's hybrid operators do. All kernels give the same bits.
#pragma once

#include <cstddef>
#include <cstdint>

namespace baton::kernels {

// real = scale * (quantized - zero_point).
struct HybridRow {
  const float* values = nullptr;
  size_t count = 0;
  int8_t* quantized = nullptr;
  float* scale = nullptr;         // where the result goes; 1 for a row of zeros
  int32_t* zero_point = nullptr;  // written by "asymmetric" only; 0 for a row of zeros
};

using HybridFunction = void (*)(const HybridRow& row);

// Rows of the table: operation "quantize_row", types
//   "symmetric"   to [-127, 127] by the largest magnitude
//   "asymmetric"  to [-128, 127] over [min(0, smallest), max(0, largest)], the zero point exact
// Values are rounded half away from zero; NaN becomes the lowest number.

}  // namespace baton::kernels
