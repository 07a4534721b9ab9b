// Hybrid operators: float activations quantised row by row, in each run, for 8-bit weights.
#pragma once

#include <cstdint>

#include "delegates/cpu/operator.h"
#include "delegates/kernels/hybrid.h"
#include "delegates/kernels/kernel.h"

namespace baton::cpu {

inline kernels::HybridFunction hybrid_quantizer(bool asymmetric, const Compiler& compiler) {
  return kernels::find<kernels::HybridFunction>(
      "quantize_row", asymmetric ? "asymmetric" : "symmetric", compiler.isa());
}

// Where quantised rows go: those of `length` elements one after the other.
struct HybridRows {
  int8_t* quantized = nullptr;
  float* scales = nullptr;
  int32_t* zero_points = nullptr;  // of asymmetric rows
};

inline void quantize_rows(kernels::HybridFunction quantize, const float* values, int64_t stride,
                          int64_t rows, int64_t length, const HybridRows& to) {
  for (int64_t row = 0; row < rows; ++row) {
    quantize({values + row * stride, static_cast<size_t>(length), to.quantized + row * length,
              to.scales + row, to.zero_points + row});
  }
}

}  // namespace baton::cpu
