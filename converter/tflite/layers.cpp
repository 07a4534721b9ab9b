#include "converter/tflite/layers.h"

#include <algorithm>
#include <cctype>

#include "core/schema/operators.h"

namespace baton::tflite {
namespace {

std::string lower_case_name(int32_t code) {
  std::string name = operator_name(code);
  for (char& letter : name) letter = static_cast<char>(std::tolower(letter));
  return name;
}

// The output tensor of an operator: `output`'s wishes, else these.
TensorId make_output(SubgraphBuilder& b, int32_t code, const Output& output, baton_dtype dtype,
                     const Shape& shape, const Quantization& quantization = {}) {
  return b.tensor(output.name.empty() ? b.unique_name(lower_case_name(code)) : output.name,
                  output.dtype.value_or(dtype), output.shape.value_or(shape),
                  output.quantization.empty() ? quantization : output.quantization);
}

// A constant operand that belongs to one operator.
TensorId operand(SubgraphBuilder& b, int32_t code, const char* what,
                 const std::vector<int32_t>& values) {
  return b.int32s(b.unique_name(lower_case_name(code) + "/" + what), values);
}

int32_t window_count(int32_t size, int32_t filter, int32_t stride, int32_t dilation,
                     int32_t padding) {
  const int32_t covered = padding == BATON_PADDING_SAME ? 1 : (filter - 1) * dilation + 1;
  return std::max((size - covered + stride) / stride, 0);
}

std::vector<TensorId> with_bias(std::vector<TensorId> inputs, TensorId bias) {
  if (bias != kNoTensor) inputs.push_back(bias);
  return inputs;
}

Shape broadcast_shapes(const Shape& x, const Shape& y) {
  Shape shape(std::max(x.size(), y.size()), 1);
  for (const Shape* operand : {&x, &y}) {
    const size_t missing = shape.size() - operand->size();
    for (size_t i = 0; i < operand->size(); ++i) {
      // A size 0 wins over 1, too.
      if ((*operand)[i] != 1) shape[missing + i] = (*operand)[i];
    }
  }
  return shape;
}

bool is_comparison(int32_t code) {
  constexpr int32_t kComparisons[] = {
      BATON_OP_LESS,  BATON_OP_LESS_EQUAL, BATON_OP_GREATER,    BATON_OP_GREATER_EQUAL,
      BATON_OP_EQUAL, BATON_OP_NOT_EQUAL,  BATON_OP_LOGICAL_OR, BATON_OP_LOGICAL_AND};
  return std::find(std::begin(kComparisons), std::end(kComparisons), code) !=
         std::end(kComparisons);
}

template <AttributeStruct T>
AttributeSet with_activation(int32_t activation) {
  T attributes = default_attributes<T>();
  attributes.fused_activation_function = activation;
  return attributes;
}

AttributeSet binary_attributes(int32_t code, int32_t activation) {
  switch (code) {
    case BATON_OP_ADD:
      return with_activation<baton_add_attributes>(activation);
    case BATON_OP_SUB:
      return with_activation<baton_sub_attributes>(activation);
    case BATON_OP_MUL:
      return with_activation<baton_mul_attributes>(activation);
    case BATON_OP_DIV:
      return with_activation<baton_div_attributes>(activation);
    default:
      return {};
  }
}

size_t positive_axis(int32_t axis, size_t rank) {
  return static_cast<size_t>(axis < 0 ? axis + static_cast<int32_t>(rank) : axis);
}

}  // namespace

TensorId conv_2d(SubgraphBuilder& b, TensorId x, TensorId weights, TensorId bias,
                 const Conv2D& options, const Output& output) {
  const Shape in = b.at(x).shape;
  const Shape filter = b.at(weights).shape;
  const Shape shape = {
      in[0], window_count(in[1], filter[1], options.stride_h, options.dilation_h, options.padding),
      window_count(in[2], filter[2], options.stride_w, options.dilation_w, options.padding),
      filter[0]};
  auto attributes = default_attributes<baton_conv_2d_attributes>();
  attributes.padding = options.padding;
  attributes.stride_w = options.stride_w;
  attributes.stride_h = options.stride_h;
  attributes.dilation_w_factor = options.dilation_w;
  attributes.dilation_h_factor = options.dilation_h;
  attributes.fused_activation_function = options.activation;
  const TensorId y = make_output(b, BATON_OP_CONV_2D, output, b.at(x).dtype, shape);
  b.op(BATON_OP_CONV_2D, with_bias({x, weights}, bias), {y}, attributes);
  return y;
}

TensorId depthwise_conv_2d(SubgraphBuilder& b, TensorId x, TensorId weights, TensorId bias,
                           const Conv2D& options, const Output& output) {
  const Shape in = b.at(x).shape;
  const Shape filter = b.at(weights).shape;
  const Shape shape = {
      in[0], window_count(in[1], filter[1], options.stride_h, options.dilation_h, options.padding),
      window_count(in[2], filter[2], options.stride_w, options.dilation_w, options.padding),
      filter[3]};
  auto attributes = default_attributes<baton_depthwise_conv_2d_attributes>();
  attributes.padding = options.padding;
  attributes.stride_w = options.stride_w;
  attributes.stride_h = options.stride_h;
  attributes.depth_multiplier = in[3] != 0 ? filter[3] / in[3] : 1;
  attributes.dilation_w_factor = options.dilation_w;
  attributes.dilation_h_factor = options.dilation_h;
  attributes.fused_activation_function = options.activation;
  const TensorId y = make_output(b, BATON_OP_DEPTHWISE_CONV_2D, output, b.at(x).dtype, shape);
  b.op(BATON_OP_DEPTHWISE_CONV_2D, with_bias({x, weights}, bias), {y}, attributes);
  return y;
}

TensorId transpose_conv(SubgraphBuilder& b, TensorId x, TensorId weights, TensorId bias,
                        const Shape& output_shape, const Conv2D& options, const Output& output) {
  auto attributes = default_attributes<baton_transpose_conv_attributes>();
  attributes.padding = options.padding;
  attributes.stride_w = options.stride_w;
  attributes.stride_h = options.stride_h;
  attributes.fused_activation_function = options.activation;
  const TensorId sizes = operand(b, BATON_OP_TRANSPOSE_CONV, "output_shape", output_shape);
  const TensorId y = make_output(b, BATON_OP_TRANSPOSE_CONV, output, b.at(x).dtype, output_shape);
  b.op(BATON_OP_TRANSPOSE_CONV, with_bias({sizes, weights, x}, bias), {y}, attributes);
  return y;
}

TensorId pool_2d(SubgraphBuilder& b, int32_t code, TensorId x, const Pool2D& options,
                 const Output& output) {
  const Shape in = b.at(x).shape;
  const Shape shape = {
      in[0], window_count(in[1], options.filter_h, options.stride_h, 1, options.padding),
      window_count(in[2], options.filter_w, options.stride_w, 1, options.padding), in[3]};
  auto attributes = default_attributes<baton_pool_2d_attributes>();
  attributes.padding = options.padding;
  attributes.stride_w = options.stride_w;
  attributes.stride_h = options.stride_h;
  attributes.filter_width = options.filter_w;
  attributes.filter_height = options.filter_h;
  attributes.fused_activation_function = options.activation;
  const TensorId y =
      make_output(b, code, output, b.at(x).dtype, shape, Quantization(b.at(x).quantization));
  b.op(code, {x}, {y}, attributes);
  return y;
}

TensorId fully_connected(SubgraphBuilder& b, TensorId x, TensorId weights, TensorId bias,
                         const FullyConnected& options, const Output& output) {
  const Shape in = b.at(x).shape;
  const Shape filter = b.at(weights).shape;
  Shape shape;
  if (options.keep_num_dims) {
    shape = in;
    shape.back() = filter[0];
  } else {
    int64_t count = 1;
    for (const int32_t size : in) count *= size;
    shape = {static_cast<int32_t>(filter[1] != 0 ? count / filter[1] : 0), filter[0]};
  }
  auto attributes = default_attributes<baton_fully_connected_attributes>();
  attributes.fused_activation_function = options.activation;
  attributes.keep_num_dims = options.keep_num_dims;
  attributes.asymmetric_quantize_inputs = options.asymmetric_quantize_inputs;
  const TensorId y = make_output(b, BATON_OP_FULLY_CONNECTED, output, b.at(x).dtype, shape);
  // The third input is always there, -1 if there is no bias: that is how converters write it.
  b.op(BATON_OP_FULLY_CONNECTED, {x, weights, bias}, {y}, attributes);
  return y;
}

TensorId unary(SubgraphBuilder& b, int32_t code, TensorId x, const Output& output,
               AttributeSet attributes) {
  const Shape shape = b.at(x).shape;
  const TensorId y = make_output(b, code, output, b.at(x).dtype, shape);
  b.op(code, {x}, {y}, std::move(attributes));
  return y;
}

TensorId binary(SubgraphBuilder& b, int32_t code, TensorId x, TensorId y, int32_t activation,
                const Output& output) {
  const Shape shape = broadcast_shapes(b.at(x).shape, b.at(y).shape);
  const baton_dtype dtype = is_comparison(code) ? BATON_BOOL : b.at(x).dtype;
  const TensorId z = make_output(b, code, output, dtype, shape);
  b.op(code, {x, y}, {z}, binary_attributes(code, activation));
  return z;
}

TensorId softmax(SubgraphBuilder& b, TensorId x, float beta, const Output& output) {
  auto attributes = default_attributes<baton_softmax_attributes>();
  attributes.beta = beta;
  return unary(b, BATON_OP_SOFTMAX, x, output, attributes);
}

TensorId reshape(SubgraphBuilder& b, TensorId x, const Shape& shape, const Output& output) {
  Shape known = shape;
  int64_t count = 1;
  for (const int32_t size : b.at(x).shape) count *= size;
  for (const int32_t size : shape) {
    if (size > 0) count /= size;
  }
  std::replace(known.begin(), known.end(), -1, static_cast<int32_t>(count));
  auto attributes = default_attributes<baton_reshape_attributes>();
  attributes.new_shape = shape.data();
  attributes.new_shape_count = static_cast<uint32_t>(shape.size());
  const TensorId sizes = operand(b, BATON_OP_RESHAPE, "shape", shape);
  const TensorId y = make_output(b, BATON_OP_RESHAPE, output, b.at(x).dtype, known,
                                 Quantization(b.at(x).quantization));
  b.op(BATON_OP_RESHAPE, {x, sizes}, {y}, attributes);
  return y;
}

TensorId concatenation(SubgraphBuilder& b, const std::vector<TensorId>& inputs, int32_t axis,
                       int32_t activation, const Output& output) {
  Shape shape = b.at(inputs[0]).shape;
  int32_t& joined = shape[positive_axis(axis, shape.size())];
  joined = 0;
  for (const TensorId input : inputs) {
    joined += b.at(input).shape[positive_axis(axis, shape.size())];
  }
  auto attributes = default_attributes<baton_concatenation_attributes>();
  attributes.axis = axis;
  attributes.fused_activation_function = activation;
  const TensorId y = make_output(b, BATON_OP_CONCATENATION, output, b.at(inputs[0]).dtype, shape,
                                 Quantization(b.at(inputs[0]).quantization));
  b.op(BATON_OP_CONCATENATION, inputs, {y}, attributes);
  return y;
}

TensorId pad(SubgraphBuilder& b, TensorId x, const std::vector<int32_t>& paddings,
             const Output& output) {
  Shape shape = b.at(x).shape;
  for (size_t i = 0; i < shape.size(); ++i) shape[i] += paddings[2 * i] + paddings[2 * i + 1];
  const TensorId amounts =
      b.constant(b.unique_name("pad/paddings"), {static_cast<int32_t>(shape.size()), 2}, paddings);
  const TensorId y = make_output(b, BATON_OP_PAD, output, b.at(x).dtype, shape,
                                 Quantization(b.at(x).quantization));
  b.op(BATON_OP_PAD, {x, amounts}, {y});
  return y;
}

TensorId reduce(SubgraphBuilder& b, int32_t code, TensorId x, const std::vector<int32_t>& axes,
                bool keep_dims, const Output& output) {
  const Shape in = b.at(x).shape;
  std::vector<bool> reduced(in.size());
  for (const int32_t axis : axes) reduced[positive_axis(axis, in.size())] = true;
  Shape shape;
  for (size_t i = 0; i < in.size(); ++i) {
    if (!reduced[i]) {
      shape.push_back(in[i]);
    } else if (keep_dims) {
      shape.push_back(1);
    }
  }
  auto attributes = default_attributes<baton_reducer_attributes>();
  attributes.keep_dims = keep_dims;
  const TensorId axis_list = operand(b, code, "axes", axes);
  const TensorId y = make_output(b, code, output, b.at(x).dtype, shape);
  b.op(code, {x, axis_list}, {y}, attributes);
  return y;
}

TensorId transpose(SubgraphBuilder& b, TensorId x, const std::vector<int32_t>& permutation,
                   const Output& output) {
  Shape shape;
  for (const int32_t axis : permutation) {
    shape.push_back(b.at(x).shape[static_cast<size_t>(axis)]);
  }
  const TensorId order = operand(b, BATON_OP_TRANSPOSE, "permutation", permutation);
  const TensorId y = make_output(b, BATON_OP_TRANSPOSE, output, b.at(x).dtype, shape,
                                 Quantization(b.at(x).quantization));
  b.op(BATON_OP_TRANSPOSE, {x, order}, {y});
  return y;
}

TensorId slice(SubgraphBuilder& b, TensorId x, const std::vector<int32_t>& begin,
               const std::vector<int32_t>& size, const Output& output) {
  Shape shape = size;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == -1) shape[i] = b.at(x).shape[i] - begin[i];
  }
  const TensorId first = operand(b, BATON_OP_SLICE, "begin", begin);
  const TensorId sizes = operand(b, BATON_OP_SLICE, "size", size);
  const TensorId y = make_output(b, BATON_OP_SLICE, output, b.at(x).dtype, shape,
                                 Quantization(b.at(x).quantization));
  b.op(BATON_OP_SLICE, {x, first, sizes}, {y});
  return y;
}

std::vector<TensorId> split(SubgraphBuilder& b, TensorId x, int32_t axis, int32_t count) {
  Shape shape = b.at(x).shape;
  shape[positive_axis(axis, shape.size())] /= count;
  const TensorId axis_tensor = b.int32(b.unique_name("split/axis"), axis);
  std::vector<TensorId> parts;
  for (int32_t i = 0; i < count; ++i) {
    parts.push_back(make_output(b, BATON_OP_SPLIT, {}, b.at(x).dtype, shape,
                                Quantization(b.at(x).quantization)));
  }
  auto attributes = default_attributes<baton_split_attributes>();
  attributes.num_splits = count;
  b.op(BATON_OP_SPLIT, {axis_tensor, x}, parts, attributes);
  return parts;
}

TensorId resize(SubgraphBuilder& b, int32_t code, TensorId x, int32_t height, int32_t width,
                const Resize& options, const Output& output) {
  const Shape in = b.at(x).shape;
  AttributeSet attributes;
  if (code == BATON_OP_RESIZE_BILINEAR) {
    auto bilinear = default_attributes<baton_resize_bilinear_attributes>();
    bilinear.align_corners = options.align_corners;
    bilinear.half_pixel_centers = options.half_pixel_centers;
    attributes = bilinear;
  } else {
    auto nearest = default_attributes<baton_resize_nearest_neighbor_attributes>();
    nearest.align_corners = options.align_corners;
    nearest.half_pixel_centers = options.half_pixel_centers;
    attributes = nearest;
  }
  const TensorId sizes = operand(b, code, "size", {height, width});
  const TensorId y = make_output(b, code, output, b.at(x).dtype, {in[0], height, width, in[3]},
                                 Quantization(b.at(x).quantization));
  b.op(code, {x, sizes}, {y}, attributes);
  return y;
}

TensorId quantize(SubgraphBuilder& b, TensorId x, baton_dtype dtype, Quantization quantization,
                  const std::string& name) {
  return unary(b, BATON_OP_QUANTIZE, x,
               {.name = name, .quantization = std::move(quantization), .dtype = dtype});
}

TensorId dequantize(SubgraphBuilder& b, TensorId x, const std::string& name) {
  return unary(b, BATON_OP_DEQUANTIZE, x, {.name = name, .dtype = BATON_FLOAT32});
}

TensorId cast(SubgraphBuilder& b, TensorId x, baton_dtype dtype, const std::string& name) {
  auto attributes = default_attributes<baton_cast_attributes>();
  attributes.in_data_type = b.at(x).dtype;
  attributes.out_data_type = dtype;
  return unary(b, BATON_OP_CAST, x, {.name = name, .dtype = dtype}, attributes);
}

}  // namespace baton::tflite
