// Float matrix products, and convolutions as such ("indirect": the left operand's rows are found
// through pointers, so that nothing is copied).
//
//   out[m][n] = clamp(bias[n] + sum over taps t, depth k of  a[t][m][k] * w[n][t][k])
//
// then, with a residual:  out[m][n] = clamp2(out[m][n] + residual[m][n]).
//
// A plain matrix product has one tap. A convolution has one tap per filter position: a[t][m] points
// to the input pixel under tap t for output pixel m, or to a row of zeros where that lies outside.
#pragma once

#include <cstddef>
#include <cstdint>

namespace baton::kernels {

// What packing reads: weights w[n][t][k] at data + n * column_stride + t * tap_stride + k *
// depth_stride. The strides allow both layouts of a matrix.
struct F32GemmWeights {
  const float* data = nullptr;
  int64_t column_stride = 0;
  int64_t tap_stride = 0;
  int64_t depth_stride = 1;
  const float* bias = nullptr;  // [columns], or nullptr: zeros
  size_t columns = 0;
  size_t taps = 1;
  size_t depth = 0;
};

// One tile of rows, all of the columns [first_column, first_column + columns).
struct F32GemmTile {
  // a[t * kernel.rows + m], m < rows: kernel.rows is the kernel's, rows this tile's.
  const float* const* a = nullptr;
  const void* packed = nullptr;  // what pack() wrote, for all columns
  size_t taps = 1;
  size_t depth = 0;
  size_t rows = 0;          // 1 <= rows <= kernel.rows
  size_t first_column = 0;  // a multiple of kernel.columns
  size_t columns = 0;
  float* out = nullptr;  // of row 0 and column first_column
  int64_t out_stride = 0;
  float low = 0, high = 0;          // clamp; -inf, inf for none
  const float* residual = nullptr;  // as out; nullptr: none
  int64_t residual_stride = 0;
  float low2 = 0, high2 = 0;  // clamp2
  void* scratch = nullptr;    // scratch_bytes(taps, depth) of it, 64-byte aligned
};

struct F32Gemm {
  size_t rows;     // of a tile at most
  size_t columns;  // of a panel
  // Bytes of the packed weights, which pack() writes from a 64-byte aligned address on. Panels of
  // `columns` columns lie one after the other, each panel_bytes(taps, depth) long.
  size_t (*panel_bytes)(size_t taps, size_t depth);
  // Packs panels [first, end).
  void (*pack)(const F32GemmWeights& weights, size_t first, size_t end, void* packed);
  size_t (*scratch_bytes)(size_t taps, size_t depth);  // per tile that is computed at one time
  void (*run)(const F32GemmTile& tile);
};

inline size_t packed_bytes(const F32Gemm& gemm, size_t columns, size_t taps, size_t depth) {
  return (columns + gemm.columns - 1) / gemm.columns * gemm.panel_bytes(taps, depth);
}

// Rows of the table: operation "gemm", types
//   "f32"   float32. A panel is bias[columns], then w[t][k][columns], with zeros for the columns
//           that there are not
//   "bf16"  operands rounded to bfloat16 (to nearest even, subnormal numbers to zero), sums in
//           float32; a, bias, residual and out are float32 in memory as above. Only from
//           kAvx512Bf16 on. Each run() rounds the tile's rows anew: give it many columns at once.

}  // namespace baton::kernels
