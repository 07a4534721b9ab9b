// Rows of exponentials: SOFTMAX and LOG_SOFTMAX.
#pragma once

#include <cstddef>
#include <cstdint>

namespace baton::kernels {

// Rows of `depth` elements, one after the other; depth >= 1.
struct SoftmaxRows {
  const void* in = nullptr;
  void* out = nullptr;
  size_t rows = 0;
  size_t depth = 0;
  float beta = 1;
  // Of 8-bit types: exp of each difference to the largest element, 0 to 255, in Q0.31, as
  // baton_softmax_exp has it.
  const int32_t* exponentials = nullptr;
};

using SoftmaxFunction = void (*)(const SoftmaxRows& rows);

// Rows of the table: operation
//   "softmax"      types "f32"; "s8", "u8", with the bits of baton_softmax_row_int8 and _uint8
//   "log_softmax"  types "f32" (beta is 1)
// Floats: exp((x - largest) * beta) / sum, and x - largest - log(sum).

}  // namespace baton::kernels
