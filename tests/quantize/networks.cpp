#include "tests/quantize/networks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "converter/tflite/layers.h"
#include "tests/support/split_mix.h"

namespace baton::test {
namespace {

using namespace tflite;

// Layers with weights, of a size that keeps the variance of what goes through them.
class Layers {
 public:
  explicit Layers(uint64_t seed) : random_(seed) {}

  GraphBuilder& graph() { return b_; }

  TensorId conv(const std::string& name, TensorId x, int32_t size, int32_t channels,
                const Conv2D& options = {}, double gain = 1) {
    const int32_t in = depth(x);
    const TensorId w = weights(name + "/w", {channels, size, size, in}, size * size * in, gain);
    return conv_2d(b_, x, w, bias(name, channels), options, {.name = name});
  }
  TensorId depthwise(const std::string& name, TensorId x, int32_t size,
                     const Conv2D& options = {}) {
    const int32_t channels = depth(x);
    const TensorId w = weights(name + "/w", {1, size, size, channels}, size * size);
    return depthwise_conv_2d(b_, x, w, bias(name, channels), options, {.name = name});
  }
  TensorId dense(const std::string& name, TensorId x, int32_t units,
                 const FullyConnected& options = {}) {
    const TensorId w = weights(name + "/w", {units, depth(x)}, depth(x));
    return fully_connected(b_, x, w, bias(name, units), options, {.name = name});
  }
  TensorId scalar(const std::string& name, float value) {
    return b_.constant(name, {}, std::vector<float>{value});
  }
  TensorId weights(const std::string& name, const Shape& shape, int32_t fan_in, double gain = 1) {
    return constant(name, shape, gain * std::sqrt(3.0 / fan_in));
  }
  TensorId constant(const std::string& name, const Shape& shape, double limit, double centre = 0) {
    size_t count = 1;
    for (const int32_t dim : shape) count *= static_cast<size_t>(dim);
    std::vector<float> values;
    for (size_t i = 0; i < count; ++i) {
      values.push_back(static_cast<float>(centre + limit * (uniform() * 2 - 1)));
    }
    return b_.constant(name, shape, values);
  }
  TensorId op(int32_t code, const std::vector<TensorId>& inputs, const Shape& shape,
              AttributeSet attributes = {}) {
    const TensorId y = b_.tensor(b_.unique_name("y"), BATON_FLOAT32, shape);
    b_.op(code, inputs, {y}, std::move(attributes));
    return y;
  }

 private:
  int32_t depth(TensorId x) const { return b_.at(x).shape.back(); }
  TensorId bias(const std::string& name, int32_t channels) {
    return constant(name + "/b", {channels}, 0.2);
  }
  double uniform() { return static_cast<double>(random_.next() >> 11) * 0x1p-53; }

  GraphBuilder b_;
  SplitMix random_;
};

constexpr Conv2D kRelu6{.activation = BATON_ACTIVATION_RELU6};
constexpr Conv2D kRelu{.activation = BATON_ACTIVATION_RELU};

// As MobileNet v1 begins and ends.
Model separable() {
  Layers l(1);
  GraphBuilder& b = l.graph();
  TensorId x = b.input("image", BATON_FLOAT32, {1, 16, 16, 3});
  x = l.conv("conv", x, 3, 16,
             {.stride_w = 2, .stride_h = 2, .activation = BATON_ACTIVATION_RELU6});
  x = l.depthwise("depthwise", x, 3, kRelu6);
  x = l.conv("pointwise", x, 1, 32, kRelu6);
  x = pool_2d(b, BATON_OP_AVERAGE_POOL_2D, x, {.filter_w = 8, .filter_h = 8});
  x = l.conv("logits", x, 1, 10);
  b.output(softmax(b, reshape(b, x, {1, 10}), 1.0f, {.name = "probabilities"}));
  b.signature("serving_default", {{"image", 0}}, {{"probabilities", b.graph().outputs[0]}});
  b.metadata("note", {1, 2, 3});
  return b.model();
}

// A block of ResNet: padding of its own, pooling, and a sum with relu.
Model residual() {
  Layers l(2);
  GraphBuilder& b = l.graph();
  TensorId x = b.input("image", BATON_FLOAT32, {1, 12, 12, 8});
  x = pad(b, x, {0, 0, 1, 1, 1, 1, 0, 0});
  x = l.conv("stem", x, 3, 16,
             {.padding = BATON_PADDING_VALID, .activation = BATON_ACTIVATION_RELU});
  x = pool_2d(b, BATON_OP_MAX_POOL_2D, x);
  TensorId y = l.conv("conv1", x, 3, 16, kRelu);
  y = l.conv("conv2", y, 3, 16);
  y = binary(b, BATON_OP_ADD, x, y, BATON_ACTIVATION_RELU, {.name = "sum"});
  y = reduce(b, BATON_OP_MEAN, y, {1, 2});
  b.output(l.dense("logits", y, 10));
  return b.model();
}

// As Inception: branches of different ranges, one of which can take no other scale.
Model branches() {
  Layers l(3);
  GraphBuilder& b = l.graph();
  const TensorId x = b.input("image", BATON_FLOAT32, {1, 8, 8, 8});
  const TensorId narrow = l.conv("narrow", x, 1, 16, kRelu, 0.5);
  const TensorId wide = l.conv("wide", x, 3, 16, kRelu, 2);
  const TensorId pooled = pool_2d(
      b, BATON_OP_MAX_POOL_2D, x,
      {.filter_w = 3, .filter_h = 3, .stride_w = 1, .stride_h = 1, .padding = BATON_PADDING_SAME},
      {.name = "pooled"});
  const TensorId gate = unary(b, BATON_OP_LOGISTIC, pooled, {.name = "gate"});
  const TensorId joined =
      concatenation(b, {narrow, wide, pooled, gate}, 3, BATON_ACTIVATION_NONE, {.name = "joined"});
  b.output(l.conv("mix", joined, 1, 8));
  return b.model();
}

// As MobileNet v3: hard swish, and squeeze and excitation with a hard sigmoid.
Model squeeze_excite() {
  Layers l(4);
  GraphBuilder& b = l.graph();
  TensorId x = b.input("image", BATON_FLOAT32, {1, 10, 10, 8});
  x = unary(b, BATON_OP_HARD_SWISH, l.conv("conv", x, 3, 16));
  TensorId s = reduce(b, BATON_OP_MEAN, x, {1, 2}, true);
  s = l.conv("squeeze", s, 1, 8, kRelu);
  s = l.conv("excite", s, 1, 16);
  s = binary(b, BATON_OP_ADD, s, l.scalar("three", 3), BATON_ACTIVATION_RELU6);
  s = binary(b, BATON_OP_MUL, s, l.scalar("sixth", 1.0f / 6));
  x = binary(b, BATON_OP_MUL, x, s);
  b.output(l.conv("project", x, 1, 8));
  return b.model();
}

// As DeepLab: dilation, a branch of the whole image, and resizing.
Model atrous() {
  Layers l(5);
  GraphBuilder& b = l.graph();
  const TensorId x = b.input("image", BATON_FLOAT32, {1, 12, 12, 8});
  const TensorId dilated = l.depthwise(
      "dilated", x, 3, {.activation = BATON_ACTIVATION_RELU, .dilation_w = 2, .dilation_h = 2});
  TensorId whole = pool_2d(b, BATON_OP_AVERAGE_POOL_2D, x, {.filter_w = 12, .filter_h = 12});
  whole = l.conv("whole", whole, 1, 8, kRelu);
  whole = resize(b, BATON_OP_RESIZE_BILINEAR, whole, 12, 12, {.align_corners = true});
  const TensorId joined = concatenation(b, {dilated, whole}, 3);
  TensorId y = l.conv("mix", joined, 1, 6);
  y = resize(b, BATON_OP_RESIZE_BILINEAR, y, 24, 24, {.half_pixel_centers = true});
  b.output(y);
  return b.model();
}

// As SSD: heads of two sizes, reshaped and joined.
Model heads() {
  Layers l(6);
  GraphBuilder& b = l.graph();
  const TensorId x = b.input("image", BATON_FLOAT32, {1, 8, 8, 8});
  const TensorId coarse = l.conv(
      "coarse", x, 3, 16, {.stride_w = 2, .stride_h = 2, .activation = BATON_ACTIVATION_RELU6});
  std::vector<TensorId> boxes;
  std::vector<TensorId> scores;
  for (const TensorId map : {x, coarse}) {
    const std::string name = map == x ? "fine" : "small";
    boxes.push_back(reshape(b, l.conv(name + "/boxes", map, 1, 8), {1, -1, 4}));
    scores.push_back(reshape(b, l.conv(name + "/scores", map, 1, 6), {1, -1, 3}));
  }
  b.output(concatenation(b, boxes, 1));
  b.output(unary(b, BATON_OP_LOGISTIC, concatenation(b, scores, 1)));
  return b.model();
}

// Words to tags.
Model tagger() {
  constexpr int32_t kWords = 60, kLength = 8, kDepth = 24, kCells = 24;
  Layers l(7);
  GraphBuilder& b = l.graph();
  const TensorId words = b.input("words", BATON_INT32, {1, kLength});
  const TensorId table = l.constant("table", {kWords, kDepth}, 1);
  const TensorId x = l.op(BATON_OP_GATHER, {table, words}, {1, kLength, kDepth});
  std::vector<TensorId> inputs = {x};
  const char* gates[] = {"i", "f", "c", "o"};
  for (const char* gate : gates) {
    inputs.push_back(l.weights(std::string("w") + gate, {kCells, kDepth}, kDepth));
  }
  for (const char* gate : gates) {
    inputs.push_back(l.weights(std::string("r") + gate, {kCells, kCells}, kCells));
  }
  inputs.insert(inputs.end(), 3, kNoTensor);
  for (const char* gate : gates) {
    inputs.push_back(l.constant(std::string("b") + gate, {kCells}, 0.2));
  }
  inputs.insert(inputs.end(), 2, kNoTensor);
  inputs.push_back(b.variable("h", BATON_FLOAT32, {1, kCells}));
  inputs.push_back(b.variable("c", BATON_FLOAT32, {1, kCells}));
  inputs.insert(inputs.end(), 4, kNoTensor);
  baton_unidirectional_sequence_lstm_attributes attributes =
      BATON_UNIDIRECTIONAL_SEQUENCE_LSTM_ATTRIBUTES_INIT;
  attributes.fused_activation_function = BATON_ACTIVATION_TANH;
  TensorId y =
      l.op(BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, inputs, {1, kLength, kCells}, attributes);
  y = l.dense("tags", y, 9, {.keep_num_dims = true});
  b.output(softmax(b, y));
  return b.model();
}

TensorId layer_norm(Layers& l, const std::string& name, TensorId x, int32_t depth) {
  GraphBuilder& b = l.graph();
  const TensorId mean = reduce(b, BATON_OP_MEAN, x, {2}, true);
  const TensorId square = binary(b, BATON_OP_SQUARED_DIFFERENCE, x, mean);
  TensorId variance = reduce(b, BATON_OP_MEAN, square, {2}, true);
  variance = binary(b, BATON_OP_ADD, variance, l.scalar(name + "/epsilon", 1e-3f));
  const TensorId inverse = unary(b, BATON_OP_RSQRT, variance);
  TensorId y = binary(b, BATON_OP_MUL, binary(b, BATON_OP_SUB, x, mean), inverse);
  y = binary(b, BATON_OP_MUL, y, l.constant(name + "/gamma", {depth}, 0.2, 1));
  return binary(b, BATON_OP_ADD, y, l.constant(name + "/beta", {depth}, 0.2));
}

// One layer of an encoder.
Model transformer() {
  constexpr int32_t kLength = 6, kDepth = 32, kHeads = 4, kPart = kDepth / kHeads;
  constexpr FullyConnected kKeep{.keep_num_dims = true};
  Layers l(8);
  GraphBuilder& b = l.graph();
  const TensorId x = b.input("tokens", BATON_FLOAT32, {1, kLength, kDepth});
  const auto split_heads = [&](const std::string& name) {
    const TensorId y = reshape(b, l.dense(name, x, kDepth, kKeep), {1, kLength, kHeads, kPart});
    return transpose(b, y, {0, 2, 1, 3});
  };
  const TensorId q = split_heads("query");
  const TensorId k = split_heads("key");
  const TensorId v = split_heads("value");
  baton_batch_mat_mul_attributes transposed = BATON_BATCH_MAT_MUL_ATTRIBUTES_INIT;
  transposed.adj_y = 1;
  TensorId a = l.op(BATON_OP_BATCH_MATMUL, {q, k}, {1, kHeads, kLength, kLength}, transposed);
  a = binary(b, BATON_OP_MUL, a, l.scalar("root", 1 / std::sqrt(static_cast<float>(kPart))));
  a = softmax(b, a);
  a = l.op(BATON_OP_BATCH_MATMUL, {a, v}, {1, kHeads, kLength, kPart});
  a = reshape(b, transpose(b, a, {0, 2, 1, 3}), {1, kLength, kDepth});
  a = l.dense("attention", a, kDepth, kKeep);
  const TensorId y = layer_norm(l, "norm1", binary(b, BATON_OP_ADD, x, a), kDepth);
  TensorId f = l.dense("wide", y, 2 * kDepth, kKeep);
  f = unary(b, BATON_OP_GELU, f);
  f = l.dense("narrow", f, kDepth, kKeep);
  b.output(layer_norm(l, "norm2", binary(b, BATON_OP_ADD, y, f), kDepth));
  return b.model();
}

}  // namespace

const std::vector<Network>& networks() {
  static const std::vector<Network> kNetworks = {
      {.name = "separable", .build = separable},
      {.name = "residual", .build = residual},
      {.name = "branches", .build = branches},
      {.name = "squeeze_excite", .build = squeeze_excite},
      {.name = "atrous", .build = atrous},
      {.name = "heads", .build = heads},
      {.name = "tagger", .build = tagger},
      {.name = "transformer", .build = transformer, .integer_snr = 25},
  };
  return kNetworks;
}

Model build_network(const std::string& name) {
  for (const Network& network : networks()) {
    if (network.name == name) return network.build();
  }
  ADD_FAILURE() << "there is no network " << name;
  std::abort();
}

}  // namespace baton::test
