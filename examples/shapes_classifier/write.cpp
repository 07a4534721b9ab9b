#include "write.h"

#include <baton/attributes.h>

#include <string_view>
#include <utility>
#include <vector>

#include "converter/tflite/builder.h"

namespace shapes {
namespace {

namespace tflite = baton::tflite;

tflite::Quantization to_tflite(const Quantisation& quantisation) {
  return tflite::per_tensor(quantisation.scale, quantisation.zero_point);
}

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::kConv:
      return "conv";
    case Kind::kDepthwise:
      return "depthwise";
    case Kind::kAdd:
      return "add";
    case Kind::kAveragePool:
      return "pool";
    case Kind::kFullyConnected:
      return "logits";
  }
  return "";
}

// Builds the graph of the network, in integers if `quantised` is not null.
class Writer {
 public:
  Writer(const Network& network, const QuantisedNetwork* quantised)
      : network_(network), quantised_(quantised) {}

  std::string write(const std::string& path) {
    build();
    const baton::Status status = builder_.write_file(path);
    return status.ok() ? "" : status.message();
  }

 private:
  void build() {
    builder_.description("Names one of ten shapes in a 64 x 64 picture");
    const tflite::TensorId picture = builder_.input(
        "picture", type(), dims(network_.layers.front().in),
        quantised_ != nullptr ? to_tflite(quantised_->input) : tflite::Quantization{});
    std::vector<tflite::TensorId> outputs;
    for (size_t i = 0; i < network_.layers.size(); ++i) {
      outputs.push_back(add_layer(i, i == 0 ? picture : outputs.back(), outputs));
    }

    const tflite::TensorId probabilities = builder_.tensor(
        "probabilities", type(), builder_.at(outputs.back()).shape,
        quantised_ != nullptr ? tflite::per_tensor(1.0f / 256, -128) : tflite::Quantization{});
    baton_softmax_attributes softmax = BATON_SOFTMAX_ATTRIBUTES_INIT;
    softmax.beta = 1.0f;
    builder_.op(BATON_OP_SOFTMAX, {outputs.back()}, {probabilities}, softmax);
    builder_.output(probabilities);
    builder_.signature("serving_default", {{"picture", picture}},
                       {{"probabilities", probabilities}});
  }

  tflite::TensorId add_layer(size_t i, tflite::TensorId in,
                             const std::vector<tflite::TensorId>& outputs) {
    const Layer& layer = network_.layers[i];
    switch (layer.kind) {
      case Kind::kConv:
        return add_conv(i, in);
      case Kind::kDepthwise:
        return add_depthwise(i, in);
      case Kind::kAdd:
        return add_operator(i, BATON_OP_ADD, {in, outputs[layer.other]});
      case Kind::kAveragePool:
        return flatten(i, add_pool(i, in));
      case Kind::kFullyConnected:
        return add_operator(i, BATON_OP_FULLY_CONNECTED,
                            {in, weights(i, {layer.out.channels, layer.in.channels}, 0), bias(i)});
    }
    return tflite::kNoTensor;
  }

  tflite::TensorId add_conv(size_t i, tflite::TensorId in) {
    const Layer& layer = network_.layers[i];
    baton_conv_2d_attributes conv = BATON_CONV_2D_ATTRIBUTES_INIT;
    conv.padding = BATON_PADDING_SAME;
    conv.stride_w = conv.stride_h = layer.stride;
    conv.fused_activation_function = activation(layer);
    const tflite::Shape shape = {layer.out.channels, layer.kernel, layer.kernel, layer.in.channels};
    return add_operator(i, BATON_OP_CONV_2D, {in, weights(i, shape, 0), bias(i)}, conv);
  }

  tflite::TensorId add_depthwise(size_t i, tflite::TensorId in) {
    const Layer& layer = network_.layers[i];
    baton_depthwise_conv_2d_attributes conv = BATON_DEPTHWISE_CONV_2D_ATTRIBUTES_INIT;
    conv.padding = BATON_PADDING_SAME;
    conv.stride_w = conv.stride_h = layer.stride;
    conv.depth_multiplier = 1;
    conv.fused_activation_function = activation(layer);
    const tflite::Shape shape = {1, layer.kernel, layer.kernel, layer.out.channels};
    return add_operator(i, BATON_OP_DEPTHWISE_CONV_2D, {in, weights(i, shape, 3), bias(i)}, conv);
  }

  tflite::TensorId add_pool(size_t i, tflite::TensorId in) {
    baton_pool_2d_attributes pool = BATON_POOL_2D_ATTRIBUTES_INIT;
    pool.padding = BATON_PADDING_VALID;
    pool.stride_w = pool.stride_h = 1;
    pool.filter_width = network_.layers[i].in.width;
    pool.filter_height = network_.layers[i].in.height;
    return add_operator(i, BATON_OP_AVERAGE_POOL_2D, {in}, pool);
  }

  // The operator of layer `i` and its output.
  tflite::TensorId add_operator(size_t i, int32_t code, std::vector<tflite::TensorId> inputs,
                                tflite::AttributeSet attributes = {}) {
    const Layer& layer = network_.layers[i];
    const tflite::TensorId out =
        output_tensor(i, name(i),
                      layer.kind == Kind::kFullyConnected ? tflite::Shape{1, layer.out.channels}
                                                          : dims(layer.out));
    builder_.op(code, std::move(inputs), {out}, std::move(attributes));
    return out;
  }

  // 1 × 1 × 1 × channels to 1 × channels.
  tflite::TensorId flatten(size_t i, tflite::TensorId in) {
    const std::vector<int32_t> shape = {1, network_.layers[i].out.channels};
    const tflite::TensorId out = output_tensor(i, "features", shape);
    baton_reshape_attributes reshape = BATON_RESHAPE_ATTRIBUTES_INIT;
    reshape.new_shape = shape.data();
    reshape.new_shape_count = static_cast<uint32_t>(shape.size());
    builder_.op(BATON_OP_RESHAPE, {in, builder_.int32s("features/shape", shape)}, {out}, reshape);
    return out;
  }

  static int32_t activation(const Layer& layer) {
    return layer.relu6 ? BATON_ACTIVATION_RELU6 : BATON_ACTIVATION_NONE;
  }

  // `conv_0`: what the layer is and where.
  std::string name(size_t i) const {
    return std::string(kind_name(network_.layers[i].kind)) + "_" + std::to_string(i);
  }

  baton_dtype type() const { return quantised_ != nullptr ? BATON_INT8 : BATON_FLOAT32; }

  static tflite::Shape dims(const Shape& shape) {
    return {1, shape.height, shape.width, shape.channels};
  }

  tflite::TensorId output_tensor(size_t i, std::string name, tflite::Shape shape) {
    return builder_.tensor(
        std::move(name), type(), std::move(shape),
        quantised_ != nullptr ? to_tflite(quantised_->layers[i].out) : tflite::Quantization{});
  }

  tflite::TensorId weights(size_t i, tflite::Shape shape, int32_t axis) {
    if (quantised_ == nullptr) {
      return builder_.constant(name(i) + "/weights", std::move(shape), network_.layers[i].weights);
    }
    const QuantisedLayer& layer = quantised_->layers[i];
    return builder_.constant(name(i) + "/weights", std::move(shape), layer.weights,
                             scales(layer.weight_scales, axis));
  }

  tflite::TensorId bias(size_t i) {
    const tflite::Shape shape = {network_.layers[i].out.channels};
    if (quantised_ == nullptr) {
      return builder_.constant(name(i) + "/bias", shape, network_.layers[i].bias);
    }
    const QuantisedLayer& layer = quantised_->layers[i];
    const float input_scale =
        i == 0 ? quantised_->input.scale : quantised_->layers[i - 1].out.scale;
    std::vector<float> bias_scales;
    for (const float scale : layer.weight_scales) bias_scales.push_back(input_scale * scale);
    return builder_.constant(name(i) + "/bias", shape, layer.bias, scales(bias_scales, 0));
  }

  static tflite::Quantization scales(const std::vector<float>& values, int32_t axis) {
    return values.size() == 1 ? tflite::per_tensor(values.front()) : tflite::per_axis(values, axis);
  }

  const Network& network_;
  const QuantisedNetwork* quantised_;
  tflite::GraphBuilder builder_;
};

}  // namespace

std::string write_float_model(const Network& network, const std::string& path) {
  return Writer(network, nullptr).write(path);
}

std::string write_quantised_model(const Network& network, const QuantisedNetwork& quantised,
                                  const std::string& path) {
  return Writer(network, &quantised).write(path);
}

}  // namespace shapes
