// Depthwise convolutions: each channel with its own small filter. One call computes a run of
// pixels of one output row, all channels; kernels know the borders.
//
//   out[x][c] = clamp(bias[c] + sum over filter positions (fy, fx) of
//                     in[fy][x * stride - pad + fx * dilation][c / multiplier] * w[fy][fx][c])
#pragma once

#include <cstddef>
#include <cstdint>

#include "delegates/kernels/int8_gemm.h"

namespace baton::kernels {

struct DepthwiseShape {
  size_t filter_height = 0;
  size_t filter_width = 0;
  size_t channels = 0;    // of the output
  size_t multiplier = 1;  // outputs per input channel
};

// Where a row of output takes its input from.
struct DepthwiseRow {
  // rows[fy]: pixel 0 of the input row under filter row fy; nullptr: outside the image, adds
  // nothing.
  const void* const* rows = nullptr;
  int64_t input_width = 0;         // pixels; those outside [0, input_width) add nothing
  int64_t input_pixel_stride = 0;  // elements from pixel to pixel
  int64_t stride = 1;
  int64_t dilation = 1;
  int64_t pad = 0;             // before pixel 0
  int64_t begin = 0, end = 0;  // output pixels [begin, end) of the row
  void* out = nullptr;         // of output pixel 0 of the row
  int64_t out_pixel_stride = 0;
};

struct F32DepthwiseTile : DepthwiseRow {
  const void* packed = nullptr;
  DepthwiseShape shape;
  float low = 0, high = 0;
};

struct F32Depthwise {
  size_t (*packed_bytes)(const DepthwiseShape& shape);
  // weights [filter_height][filter_width][channels]; bias [channels] or nullptr.
  void (*pack)(const DepthwiseShape& shape, const float* weights, const float* bias, void* packed);
  void (*run)(const F32DepthwiseTile& tile);
};

// Zero points lie within their types.
struct Int8DepthwiseWeights {
  const void* data = nullptr;  // as above; int8_t, or uint8_t where unsigned_weights
  bool unsigned_weights = false;
  int32_t weights_zero = 0;
  bool unsigned_input = false;
  int32_t input_zero = 0;
  const int32_t* bias = nullptr;         // [channels], or nullptr
  const int32_t* multipliers = nullptr;  // [channels], or one for all when `one_scale`
  const int32_t* shifts = nullptr;
  bool one_scale = false;
  size_t channels = 0;  // that are given, of which the shape's are repetitions; 0: all
};

// Sums become outputs as with Requantize::kFixed.
struct Int8DepthwiseTile : DepthwiseRow {
  const void* packed = nullptr;
  DepthwiseShape shape;
  bool unsigned_input = false;  // as packed
  bool unsigned_output = false;
  int32_t input_zero = 0;  // as packed
  int32_t out_zero = 0;
  int32_t low = 0, high = 0;
};

struct Int8Depthwise {
  size_t (*packed_bytes)(const DepthwiseShape& shape);
  void (*pack)(const DepthwiseShape& shape, const Int8DepthwiseWeights& weights, void* packed);
  void (*run)(const Int8DepthwiseTile& tile);
};

// Rows of the table: operation "depthwise", types "f32" and "int8" (all combinations of signs).

}  // namespace baton::kernels
