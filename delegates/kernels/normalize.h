// Rows divided by their length, or by their neighbourhood's.
#pragma once

#include <cstddef>
#include <cstdint>

namespace baton::kernels {

// Rows of `depth` elements, one after the other.
struct L2Rows {
  const void* in = nullptr;
  void* out = nullptr;
  size_t rows = 0;
  size_t depth = 0;
  int32_t input_zero = 0;  // 8 bits
};

using L2Function = void (*)(const L2Rows& rows);

// Rows of the table: operation "l2_normalize", types
//   "f32"  x / max(sqrt(sum of squares), 1e-6)
//   "s8"   with scale 1/128 and zero point 0, by baton_inverse_sqrt
//   "u8"   with scale 1/128 and zero point 128

// out[i] = in[i] * (bias + alpha * sum of in[k]^2, i - radius <= k < i + radius) ^ -beta
struct LocalResponseRows {
  const float* in = nullptr;
  float* out = nullptr;
  size_t rows = 0;
  size_t depth = 0;
  size_t radius = 0;  // at most depth
  float bias = 0, alpha = 0, beta = 0;
  float* scratch = nullptr;  // depth + 2 * radius + 64 floats
};

using LocalResponseFunction = void (*)(const LocalResponseRows& rows);

// Rows of the table: operation "local_response", types "f32".

}  // namespace baton::kernels
