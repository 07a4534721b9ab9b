// Functions that add one operator with its output tensor, whose shape they compute. Everything is
// as in the format: images NHWC, convolution weights OHWI (depthwise 1HWO), fully connected weights
// [out, in].
//
//   const TensorId y = conv_2d(b, x, weights, bias, {.stride_w = 2, .stride_h = 2,
//                              .activation = BATON_ACTIVATION_RELU6}, {.name = "y"});
//
// The inputs must exist. A size that may vary (-1 in the shape signature) is not followed through.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "converter/tflite/builder.h"

namespace baton::tflite {

// What the output tensor gets instead of what follows from the operator.
struct Output {
  std::string name = {};           // a unique name is made from the operator's
  Quantization quantization = {};  // operators that only move values take their input's
  std::optional<baton_dtype> dtype = {};
  std::optional<Shape> shape = {};
};

struct Conv2D {
  int32_t stride_w = 1;
  int32_t stride_h = 1;
  int32_t padding = BATON_PADDING_SAME;
  int32_t activation = BATON_ACTIVATION_NONE;
  int32_t dilation_w = 1;
  int32_t dilation_h = 1;
};

// `bias` may be kNoTensor.
TensorId conv_2d(SubgraphBuilder& b, TensorId x, TensorId weights, TensorId bias,
                 const Conv2D& options = {}, const Output& output = {});
// The depth multiplier follows from the weights.
TensorId depthwise_conv_2d(SubgraphBuilder& b, TensorId x, TensorId weights, TensorId bias,
                           const Conv2D& options = {}, const Output& output = {});
// The output's shape is a constant of its own in the file, made here.
TensorId transpose_conv(SubgraphBuilder& b, TensorId x, TensorId weights, TensorId bias,
                        const Shape& output_shape, const Conv2D& options = {},
                        const Output& output = {});

struct Pool2D {
  int32_t filter_w = 2;
  int32_t filter_h = 2;
  int32_t stride_w = 2;
  int32_t stride_h = 2;
  int32_t padding = BATON_PADDING_VALID;
  int32_t activation = BATON_ACTIVATION_NONE;
};

// `code`: BATON_OP_AVERAGE_POOL_2D, BATON_OP_MAX_POOL_2D or BATON_OP_L2_POOL_2D.
TensorId pool_2d(SubgraphBuilder& b, int32_t code, TensorId x, const Pool2D& options = {},
                 const Output& output = {});

struct FullyConnected {
  int32_t activation = BATON_ACTIVATION_NONE;
  bool keep_num_dims = false;
  bool asymmetric_quantize_inputs = false;
};

TensorId fully_connected(SubgraphBuilder& b, TensorId x, TensorId weights, TensorId bias,
                         const FullyConnected& options = {}, const Output& output = {});

// An operator with one input and an output of the same shape: BATON_OP_RELU, BATON_OP_EXP ...
TensorId unary(SubgraphBuilder& b, int32_t code, TensorId x, const Output& output = {},
               AttributeSet attributes = {});
// An operator with two inputs that are broadcast: BATON_OP_ADD, BATON_OP_LESS ... The activation
// goes to those that have one. Comparisons give booleans.
TensorId binary(SubgraphBuilder& b, int32_t code, TensorId x, TensorId y,
                int32_t activation = BATON_ACTIVATION_NONE, const Output& output = {});

TensorId softmax(SubgraphBuilder& b, TensorId x, float beta = 1.0f, const Output& output = {});
// One size may be -1 and follows from the others.
TensorId reshape(SubgraphBuilder& b, TensorId x, const Shape& shape, const Output& output = {});
TensorId concatenation(SubgraphBuilder& b, const std::vector<TensorId>& inputs, int32_t axis,
                       int32_t activation = BATON_ACTIVATION_NONE, const Output& output = {});
// `paddings`: before and after, for each dimension.
TensorId pad(SubgraphBuilder& b, TensorId x, const std::vector<int32_t>& paddings,
             const Output& output = {});
// BATON_OP_MEAN, BATON_OP_SUM, BATON_OP_REDUCE_MAX ...
TensorId reduce(SubgraphBuilder& b, int32_t code, TensorId x, const std::vector<int32_t>& axes,
                bool keep_dims = false, const Output& output = {});
TensorId transpose(SubgraphBuilder& b, TensorId x, const std::vector<int32_t>& permutation,
                   const Output& output = {});
TensorId slice(SubgraphBuilder& b, TensorId x, const std::vector<int32_t>& begin,
               const std::vector<int32_t>& size, const Output& output = {});
// `count` equal parts along an axis.
std::vector<TensorId> split(SubgraphBuilder& b, TensorId x, int32_t axis, int32_t count);

struct Resize {
  bool align_corners = false;
  bool half_pixel_centers = false;
};

// BATON_OP_RESIZE_BILINEAR or BATON_OP_RESIZE_NEAREST_NEIGHBOR.
TensorId resize(SubgraphBuilder& b, int32_t code, TensorId x, int32_t height, int32_t width,
                const Resize& options = {}, const Output& output = {});

// To another element type: BATON_OP_QUANTIZE, BATON_OP_DEQUANTIZE or BATON_OP_CAST.
TensorId quantize(SubgraphBuilder& b, TensorId x, baton_dtype dtype, Quantization quantization,
                  const std::string& name = {});
TensorId dequantize(SubgraphBuilder& b, TensorId x, const std::string& name = {});
TensorId cast(SubgraphBuilder& b, TensorId x, baton_dtype dtype, const std::string& name = {});

}  // namespace baton::tflite
