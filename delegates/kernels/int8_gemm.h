// 8-bit matrix products and convolutions, with the epilogue that makes them 8-bit again. Exact: the
// bits are those of <baton/fixed_point.h>.
//
//   sum[m][n] = bias[n] + sum over taps t, depth k of (a[t][m][k] - a_zero) * (w[n][t][k] - w_zero)
//
// Rows, taps and pointers are as in gemm.h; a tap outside the image points to a row filled with
// a_zero.
#pragma once

#include <cstddef>
#include <cstdint>

namespace baton::kernels {

// How sums become outputs.
enum class Requantize : uint8_t {
  kFixed,   // baton_multiply_by_quantized_multiplier(sum, multiplier[n], shift[n]) + zero, clamped
  kDouble,  // baton_rescale_in_double(sum, scale[n]) + zero, clamped
  kFloat,   // hybrid: float(sum without bias) * (row_scales[m] * float(scale[n])) + float_bias[n],
            // clamped to low and high; float32 output
  kSums,    // int32 sums as they are
};

// What packing reads. Weights as in F32GemmWeights, strides in elements.
struct Int8GemmWeights {
  const void* data = nullptr;  // int8_t, or uint8_t where unsigned_weights
  bool unsigned_weights = false;
  int32_t weights_zero = 0;
  bool unsigned_input = false;  // what a is: uint8_t, else int8_t
  int32_t input_zero = 0;
  int64_t column_stride = 0;
  int64_t tap_stride = 0;
  int64_t depth_stride = 1;
  const int32_t* bias = nullptr;  // [columns], or nullptr: zeros
  size_t columns = 0;
  size_t taps = 1;
  size_t depth = 0;

  Requantize requantize = Requantize::kFixed;
  // [columns], or one for all when `one_scale`.
  const int32_t* multipliers = nullptr;  // kFixed: Q0.31 significands, > 0
  const int32_t* shifts = nullptr;       // kFixed: negative is to the right
  const double* scales = nullptr;        // kDouble, kFloat
  bool one_scale = false;
  const float* float_bias = nullptr;  // kFloat: [columns], or nullptr
};

// A residual addition after requantisation, of TensorFlow Lite's ADD with 8-bit operands:
//   x = (out - out_zero) << left_shift scaled by the first pair, y = (residual - residual_zero) <<
//   left_shift by the second, their sum by the third, plus sum_zero, clamped to low2 and high2.
// Each scaling is baton_multiply_by_quantized_multiplier_smaller_than_one.
struct Int8Residual {
  int32_t left_shift = 20;
  int32_t zero0 = 0, multiplier0 = 0, shift0 = 0;  // of the convolution's own output
  int32_t zero1 = 0, multiplier1 = 0, shift1 = 0;  // of the residual
  int32_t multiplier_sum = 0, shift_sum = 0, sum_zero = 0;
  int32_t low2 = 0, high2 = 0;
};

struct Int8GemmTile {
  const void* const* a = nullptr;  // a[t * kernel.rows + m], uint8_t or int8_t
  const void* packed = nullptr;
  size_t taps = 1;
  size_t depth = 0;
  size_t rows = 0;          // 1 <= rows <= kernel.rows
  size_t first_column = 0;  // a multiple of kernel.columns
  size_t columns = 0;
  Requantize requantize = Requantize::kFixed;  // as packed
  bool unsigned_input = false;                 // as packed
  bool unsigned_output = false;
  void* out = nullptr;  // of row 0 and column first_column: 8 bits, float or int32_t
  int64_t out_stride = 0;
  int32_t out_zero = 0;
  int32_t low = 0, high = 0;            // clamp of 8-bit outputs
  float float_low = 0, float_high = 0;  // clamp of kFloat
  const float* row_scales = nullptr;    // kFloat: [rows]
  const int32_t* row_zeros = nullptr;   // kFloat: [rows] input zero point of each row (asymmetric
                                        // hybrid; packed with input_zero 0), or nullptr
  const Int8Residual* add = nullptr;    // kFixed only; residual is of out's type
  const void* residual = nullptr;       // as out
  int64_t residual_stride = 0;
  void* scratch = nullptr;  // scratch_bytes(taps, depth) of it, 64-byte aligned
};

struct Int8Gemm {
  size_t rows;     // of a tile at most
  size_t columns;  // of a panel
  // As in F32Gemm. Also holds whatever the epilogue needs per column.
  size_t (*panel_bytes)(size_t taps, size_t depth);
  void (*pack)(const Int8GemmWeights& weights, size_t first, size_t end, void* packed);
  size_t (*scratch_bytes)(size_t taps, size_t depth);  // per tile that is computed at one time
  void (*run)(const Int8GemmTile& tile);
  // Signed rows take longer.
  bool wants_unsigned_rows = false;
};

inline size_t packed_bytes(const Int8Gemm& gemm, size_t columns, size_t taps, size_t depth) {
  return (columns + gemm.columns - 1) / gemm.columns * gemm.panel_bytes(taps, depth);
}

// Rows of the table: operation "gemm", types "int8". All combinations of signed and unsigned
// input, weights and output, and of Requantize, are in each.

}  // namespace baton::kernels
