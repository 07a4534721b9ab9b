// Pools. One call computes a run of pixels of one output row and a run of channels; kernels know
// the left and right borders.
//
//   out[x][c] = clamp(the mean, or the largest, of in[y][x * stride - pad + fx][c]
//                     over y < rows, fx < filter_width inside the image)
//
// Integer means round half away from zero. A largest value leaves NaN out; a mean does not.
#pragma once

#include <cstddef>
#include <cstdint>

namespace baton::kernels {

struct PoolRow {
  // Pixel 0 of the first input row under the window, at the first channel.
  const void* in = nullptr;
  int64_t line_stride = 0;  // from input row to input row
  int64_t rows = 1;         // input rows under the window
  int64_t input_width = 0;  // pixels; those outside [0, input_width) do not count
  int64_t filter_width = 1;
  int64_t stride = 1;
  int64_t pad = 0;             // before pixel 0; every window meets the image
  int64_t pixel_stride = 0;    // of input and output
  size_t channels = 0;         // to compute
  int64_t begin = 0, end = 0;  // output pixels
  void* out = nullptr;         // of output pixel 0, at the first channel
  float float_low = 0, float_high = 0;
  int32_t low = 0, high = 0;
};

// A mean of 8 bits has at most kMostPooled elements.
inline constexpr int64_t kMostPooled = int64_t{1} << 22;

using PoolFunction = void (*)(const PoolRow& row);

// Rows of the table: operations "average_pool" and "max_pool", types "f32", "s8" and "u8".

}  // namespace baton::kernels
