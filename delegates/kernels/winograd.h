// Winograd's transforms for float32 convolutions with a filter of 3 x 3 and stride 1, after
// A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks" (2015).
//
// A tile of m x m outputs is made of s x s inputs, s = m + 2, by fewer products than it has taps:
//
//   Y = A' [ (G g G') * (B' d B) ] A        ' transposes, * multiplies element by element
//
// with g a filter (3 x 3), d a tile of the input (s x s), Y the outputs (m x m). Sums over input
// channels are made between the transforms: for each of the s * s elements a product of matrices,
// tiles x input channels x output channels (gemm.h).
//
//   m = 2   B' = 1  0 -1  0     G = 1    0    0      A' = 1  1  1  0
//                0  1  1  0        1/2  1/2  1/2          0  1 -1 -1
//                0 -1  1  0        1/2 -1/2  1/2
//                0  1  0 -1         0    0    1
//
//   m = 4   B' = 4  0 -5  0  1  0     G =  1/4    0     0     A' = 1  1  1  1  1  0
//                0 -4 -4  1  1  0         -1/6  -1/6  -1/6         0  1 -1  2 -2  0
//                0  4 -4 -1  1  0         -1/6   1/6  -1/6         0  1  1  4  4  0
//                0 -2 -1  2  1  0         1/24  1/12   1/6         0  1 -1  8 -8  1
//                0  2 -1 -2  1  0         1/24 -1/12   1/6
//                0  4  0 -5  0  1           0     0     1
#pragma once

#include <cstddef>
#include <cstdint>

namespace baton::kernels {

// B' d B of one tile.
struct WinogradInput {
  // [s * s] pixels of the tile, row after row; each at its first channel. Pixels outside of the
  // image point to zeros.
  const float* const* pixels = nullptr;
  size_t channels = 0;
  float* out = nullptr;        // of element 0; room for a multiple of 16 channels, all written
  int64_t element_stride = 0;  // from element to element
};

// The outputs of one tile:  out = clamp(A' M A + bias), then clamp2(out + residual).
struct WinogradOutput {
  // M at element 0 and the first channel, a multiple of 16 channels readable.
  const float* in = nullptr;
  int64_t element_stride = 0;
  const float* bias = nullptr;  // [channels], or nullptr: zeros
  size_t channels = 0;
  size_t rows = 0, columns = 0;  // of the tile to keep, at most m
  float* out = nullptr;          // of the tile's first pixel
  int64_t line_stride = 0, pixel_stride = 0;
  float low = 0, high = 0;          // clamp; -inf, inf for none
  const float* residual = nullptr;  // of the tile's first pixel; nullptr: none
  int64_t residual_line_stride = 0, residual_pixel_stride = 0;
  float low2 = 0, high2 = 0;  // clamp2
};

// G g G' of many filters side by side, computed in double and rounded once.
struct WinogradWeights {
  const float* filter = nullptr;  // of tap 0: [9] taps, row after row, each of `count` floats
  int64_t tap_stride = 0;
  size_t count = 0;
  float* out = nullptr;  // of element 0: [s * s] elements of `count` floats
  int64_t element_stride = 0;
};

struct Winograd {
  size_t outputs;  // m
  size_t inputs;   // s
  void (*weights)(const WinogradWeights& filters);
  void (*input)(const WinogradInput& tile);
  // Whether all sums of the tile, also those not kept, are finite. Where not, what it wrote is of
  // no use: an infinity in one pixel is a NaN in the others.
  bool (*output)(const WinogradOutput& tile);
};

// Rows of the table: operations "winograd_2x2" and "winograd_4x4" (m), types "f32".

}  // namespace baton::kernels
