// Models of which the CPU delegate can run every node, as bytes of .tflite files.
#pragma once

#include "baton/types.h"
#include "tests/session/models.h"

namespace baton::test {

// An image [-1, 10, 12, 20] that is transposed, padded, sliced, split, concatenated and tiled; four
// outputs. Any type whose elements are whole bytes; 8-bit types are quantised.
File movement_model(baton_dtype dtype);

// Tensors that are parts of others where the batch is 1: x, float32 [-1, 6, 4, 5], z [4, 7], and
// bytes, uint8 [1, 12], are split, sliced, unpacked, bitcast, packed and concatenated along their
// outermost dimensions, also graph outputs, constants, and parts that are used twice.
File parts_model();

// -x, float32 [1, 8, 65536], computed in two parts that are concatenated.
File negated_parts_model();

// Rows of x, float32 [6, 5], that int32 indices [4] pick.
File gather_model();
// y = x ^ exponent, float32: 8 of x by 6 exponents.
File pow_model();

// Rows of an int8 table [4, 3] as float32, which int32 lookup [5] picks. The table has a scale for
// each row, and these zero points.
File lookup_model(const std::vector<float>& scales, const std::vector<int64_t>& zero_points);

// Convolutions of 3 x 3, float32, of an image [1, height, width, 32] that may be resized: with an
// activation (output 0), then with explicit padding and an addition, then without padding
// (output 1). Weights in the file are float32, or float16 behind a DEQUANTIZE.
File conv_3x3_model(int32_t height, int32_t width, baton_dtype weights = BATON_FLOAT32);

// Convolutions of 3 x 3 with padding, float32, one after the other, of an image [1, 56, 56, 64].
struct ConvLayer {
  int32_t channels;
  int32_t stride;
};
constexpr ConvLayer kConvLayers[] = {{64, 1},  {128, 2}, {128, 1}, {256, 2},
                                     {256, 1}, {512, 2}, {512, 1}};
constexpr int32_t kConvLayersSize = 56, kConvLayersDepth = 64;
File conv_layers_model(baton_dtype weights);

// Convolutions of few output channels, of an image [1, 14, 24, 6] that may be resized: one with an
// activation (output 0), that one's with strides (output 1), and with an addition (output 2).
// float32, int8, uint8, or float32 with filters of int8.
File narrow_convs_model(baton_dtype dtype, baton_dtype filter_dtype);
// int8 convolutions, depthwise ones too, one after the other, with sums of what lies between them
// and of the input.
File conv_chain_int8_model();

// Float32 [1, 64, 64, 16]: nodes 0 to 3 are an inverted residual, which the delegate runs as one
// step (1 x 1 convolution to 64 channels, depthwise 3 x 3, 1 x 1 to 16, addition of x); 4 to 6 are
// explicit padding, a convolution of 3 x 3 and RELU, another step.
File fused_model();

// A transposed convolution of an image [1, 2, 2, 3] with a filter of 2 x 2 to [1, 11, 11, 2],
// float32, with one stride for both dimensions.
File transposed_conv_model(int32_t stride);

// Convolutions of float32 whose sizes are all inputs: the sum (output 0) of a 1 x 1 convolution of
// x [1, 4, 4, 8] with filter [8, 1, 1, 8] and of y [1, 4, 4, 8], and a depthwise one of z [1, 4, 4,
// 8] with a constant filter of 8 channels (output 1).
File resizable_convs_model();

// `count` transpositions of a float32 matrix [512, 512]: with an even count the output is the
// input.
File long_model(int count);

}  // namespace baton::test
