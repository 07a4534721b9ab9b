// The table of bricks.
#include <cmath>

#include "tests/conformance/probe.h"

namespace baton::conformance {
namespace {

using tflite::Quantization;
using tflite::Shape;
using tflite::SubgraphBuilder;
using tflite::TensorId;
using Constants = std::vector<TensorId>;

constexpr uint32_t kAll = kReal | kQuantised | kInteger;

bool quantised(const Material& m) { return !m.quantization.empty(); }

// A constant of the material's type with real values; quantised as the activations are.
TensorId values(SubgraphBuilder& b, const Material& m, const Shape& shape, Random& random,
                double low, double high) {
  std::vector<double> numbers(static_cast<size_t>(element_count(shape).value_or(0)));
  for (double& number : numbers) {
    number = random.real(low, high);
    if (quantised(m)) {
      number = std::round(number / static_cast<double>(m.quantization.scale[0])) +
               static_cast<double>(m.quantization.zero_point[0]);
    } else if (m.dtype != BATON_FLOAT32) {
      number = std::round(number * 4);
    }
  }
  return b.constant(b.unique_name("c"), m.dtype, shape, numbers, m.quantization);
}

Constants scalar(SubgraphBuilder& b, const Material& m, Random& random) {
  return {values(b, m, {}, random, 0.25, 1)};
}
Constants one_value(SubgraphBuilder& b, const Material& m, Random& random) {
  return {values(b, m, {1}, random, 0.25, 1)};
}
Constants per_channel(SubgraphBuilder& b, const Material& m, Random& random) {
  return {values(b, m, {m.shape.back()}, random, -1, 1)};
}
Constants full(SubgraphBuilder& b, const Material& m, Random& random) {
  return {values(b, m, m.shape, random, -1, 1)};
}

// Weights whose sums over `depth` products are no larger than what they weigh, and a bias.
Constants weights(SubgraphBuilder& b, const Material& m, Random& random, const Shape& shape,
                  int32_t depth, int32_t axis) {
  const int32_t channels = m.shape.back();
  std::vector<double> numbers(static_cast<size_t>(element_count(shape).value_or(0)));
  for (double& number : numbers) number = random.real(-1, 1);
  std::vector<double> bias(static_cast<size_t>(channels));
  for (double& number : bias) number = random.real(-0.25, 0.25);
  if (!quantised(m)) {
    for (double& number : numbers) number /= depth;
    return {b.constant(b.unique_name("w"), m.dtype, shape, numbers),
            b.constant(b.unique_name("b"), m.dtype, {channels}, bias)};
  }
  // A weight of 127 units is 1 / depth; uint8 has one scale, the others one for each channel.
  const float scale = 1.0f / (127.0f * static_cast<float>(depth));
  const bool one_scale = m.dtype == BATON_UINT8;
  const double zero_point = one_scale ? 128 : 0;
  for (double& number : numbers) number = std::round(number * 127) + zero_point;
  const std::vector<float> scales(static_cast<size_t>(one_scale ? 1 : channels), scale);
  Quantization q = one_scale ? tflite::per_tensor(scale, 128) : tflite::per_axis(scales, axis);
  const float bias_scale = scale * m.quantization.scale[0];
  Quantization bias_q = one_scale
                            ? tflite::per_tensor(bias_scale)
                            : tflite::per_axis(std::vector<float>(scales.size(), bias_scale), 0);
  for (double& number : bias) number = std::round(number / static_cast<double>(bias_scale));
  return {b.constant(b.unique_name("w"), one_scale ? BATON_UINT8 : BATON_INT8, shape, numbers,
                     std::move(q)),
          b.constant(b.unique_name("b"), m.dtype == BATON_INT16 ? BATON_INT64 : BATON_INT32,
                     {channels}, bias, std::move(bias_q))};
}

Constants conv_1x1(SubgraphBuilder& b, const Material& m, Random& random) {
  const int32_t n = m.shape.back();
  return weights(b, m, random, {n, 1, 1, n}, n, 0);
}
Constants conv_3x3(SubgraphBuilder& b, const Material& m, Random& random) {
  const int32_t n = m.shape.back();
  return weights(b, m, random, {n, 3, 3, n}, 9 * n, 0);
}
Constants depthwise_3x3(SubgraphBuilder& b, const Material& m, Random& random) {
  return weights(b, m, random, {1, 3, 3, m.shape.back()}, 9, 3);
}
Constants square_matrix(SubgraphBuilder& b, const Material& m, Random& random) {
  const int32_t n = m.shape.back();
  return weights(b, m, random, {n, n}, n, 0);
}
Constants bare_matrix(SubgraphBuilder& b, const Material& m, Random& random) {
  const int32_t n = m.shape.back();
  return {values(b, m, {n, n}, random, -1.0 / n, 1.0 / n)};
}

Constants own_shape(SubgraphBuilder& b, const Material& m, Random&) {
  return {b.int32s(b.unique_name("shape"), m.shape)};
}
Constants same_order(SubgraphBuilder& b, const Material& m, Random&) {
  std::vector<int32_t> order(m.shape.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int32_t>(i);
  return {b.int32s(b.unique_name("order"), order)};
}
Constants last_axis(SubgraphBuilder& b, const Material& m, Random&) {
  return {b.int32s(b.unique_name("axis"), {static_cast<int32_t>(m.shape.size()) - 1})};
}

template <typename Attributes>
Attributes window() {
  auto attributes = default_attributes<Attributes>();
  attributes.padding = BATON_PADDING_SAME;
  attributes.stride_w = attributes.stride_h = 1;
  return attributes;
}

baton_depthwise_conv_2d_attributes depthwise() {
  auto attributes = window<baton_depthwise_conv_2d_attributes>();
  attributes.depth_multiplier = 1;
  return attributes;
}

baton_pool_2d_attributes pool() {
  auto attributes = window<baton_pool_2d_attributes>();
  attributes.filter_width = attributes.filter_height = 3;
  return attributes;
}

baton_fully_connected_attributes matrix() {
  auto attributes = default_attributes<baton_fully_connected_attributes>();
  attributes.keep_num_dims = true;
  return attributes;
}

baton_softmax_attributes beta() {
  auto attributes = default_attributes<baton_softmax_attributes>();
  attributes.beta = 1;
  return attributes;
}

baton_leaky_relu_attributes slope() {
  auto attributes = default_attributes<baton_leaky_relu_attributes>();
  attributes.alpha = 0.25f;
  return attributes;
}

// In the order in which one reads their refusals.
const std::vector<Brick>& table() {
  static const std::vector<Brick> bricks = {
      {.name = "ADD", .op = BATON_OP_ADD, .kinds = kAll, .steady = kReal | kQuantised, .inputs = 2},
      {.name = "MUL", .op = BATON_OP_MUL, .kinds = kAll, .steady = kQuantised, .inputs = 2},
      {.name = "SUB", .op = BATON_OP_SUB, .kinds = kAll, .steady = kReal | kQuantised, .inputs = 2},
      {.name = "MAXIMUM", .op = BATON_OP_MAXIMUM, .kinds = kAll, .inputs = 2},
      {.name = "MINIMUM", .op = BATON_OP_MINIMUM, .kinds = kAll, .inputs = 2},
      {.name = "SQUARED_DIFFERENCE",
       .op = BATON_OP_SQUARED_DIFFERENCE,
       .kinds = kReal,
       .steady = 0,
       .inputs = 2},
      {.name = "DIV", .op = BATON_OP_DIV, .kinds = kReal, .steady = 0, .inputs = 2},

      {.name = "ADD of a scalar", .op = BATON_OP_ADD, .kinds = kAll, .constants = scalar},
      {.name = "MUL by a scalar",
       .op = BATON_OP_MUL,
       .kinds = kAll,
       .steady = kReal | kQuantised,
       .constants = scalar},
      {.name = "MUL by one value",
       .op = BATON_OP_MUL,
       .kinds = kAll,
       .steady = kReal | kQuantised,
       .constants = one_value},
      {.name = "MUL by one value per channel",
       .op = BATON_OP_MUL,
       .kinds = kAll,
       .steady = kReal | kQuantised,
       .min_rank = 2,
       .constants = per_channel},
      {.name = "MUL by a constant of its shape",
       .op = BATON_OP_MUL,
       .kinds = kAll,
       .steady = kReal | kQuantised,
       .any_shape = false,
       .constants = full},
      {.name = "ADD of a constant of its shape",
       .op = BATON_OP_ADD,
       .kinds = kAll,
       .any_shape = false,
       .constants = full},
      {.name = "MAXIMUM with a scalar", .op = BATON_OP_MAXIMUM, .kinds = kAll, .constants = scalar},
      {.name = "PRELU",
       .op = BATON_OP_PRELU,
       .kinds = kReal | kQuantised,
       .min_rank = 2,
       .constants = per_channel},

      {.name = "RELU", .op = BATON_OP_RELU, .kinds = kReal | kQuantised},
      {.name = "RELU6", .op = BATON_OP_RELU6, .kinds = kReal | kQuantised},
      {.name = "RELU_N1_TO_1", .op = BATON_OP_RELU_N1_TO_1, .kinds = kReal | kQuantised},
      {.name = "LEAKY_RELU",
       .op = BATON_OP_LEAKY_RELU,
       .kinds = kReal | kQuantised,
       .attributes = slope()},
      {.name = "ELU", .op = BATON_OP_ELU, .kinds = kReal | kQuantised},
      {.name = "HARD_SWISH", .op = BATON_OP_HARD_SWISH, .kinds = kReal | kQuantised},
      {.name = "GELU", .op = BATON_OP_GELU, .kinds = kReal | kQuantised},
      {.name = "LOGISTIC", .op = BATON_OP_LOGISTIC, .kinds = kReal},
      {.name = "TANH", .op = BATON_OP_TANH, .kinds = kReal},
      {.name = "ABS", .op = BATON_OP_ABS, .kinds = kReal | kInteger},
      {.name = "NEG", .op = BATON_OP_NEG, .kinds = kReal | kInteger},
      {.name = "SIN", .op = BATON_OP_SIN, .kinds = kReal},
      {.name = "COS", .op = BATON_OP_COS, .kinds = kReal},
      {.name = "EXP", .op = BATON_OP_EXP, .kinds = kReal, .steady = 0},
      {.name = "SQRT", .op = BATON_OP_SQRT, .kinds = kReal, .steady = 0},
      {.name = "RSQRT", .op = BATON_OP_RSQRT, .kinds = kReal, .steady = 0},
      {.name = "LOG", .op = BATON_OP_LOG, .kinds = kReal, .steady = 0},
      {.name = "SQUARE", .op = BATON_OP_SQUARE, .kinds = kReal, .steady = 0},
      {.name = "FLOOR", .op = BATON_OP_FLOOR, .kinds = kReal, .steady = 0},
      {.name = "ROUND", .op = BATON_OP_ROUND, .kinds = kReal, .steady = 0},
      {.name = "SIGN", .op = BATON_OP_SIGN, .kinds = kReal, .steady = 0},
      {.name = "SOFTMAX", .op = BATON_OP_SOFTMAX, .kinds = kReal, .attributes = beta()},

      {.name = "CONV_2D 1x1",
       .op = BATON_OP_CONV_2D,
       .kinds = kReal | kQuantised,
       .has_bias = true,
       .min_rank = 4,
       .attributes = window<baton_conv_2d_attributes>(),
       .constants = conv_1x1},
      {.name = "CONV_2D 3x3",
       .op = BATON_OP_CONV_2D,
       .kinds = kReal | kQuantised,
       .has_bias = true,
       .min_rank = 4,
       .attributes = window<baton_conv_2d_attributes>(),
       .constants = conv_3x3},
      {.name = "DEPTHWISE_CONV_2D 3x3",
       .op = BATON_OP_DEPTHWISE_CONV_2D,
       .kinds = kReal | kQuantised,
       .has_bias = true,
       .min_rank = 4,
       .attributes = depthwise(),
       .constants = depthwise_3x3},
      {.name = "FULLY_CONNECTED",
       .op = BATON_OP_FULLY_CONNECTED,
       .kinds = kReal | kQuantised,
       .has_bias = true,
       .min_rank = 2,
       .attributes = matrix(),
       .constants = square_matrix},
      {.name = "BATCH_MATMUL",
       .op = BATON_OP_BATCH_MATMUL,
       .kinds = kReal,
       .min_rank = 2,
       .constants = bare_matrix},
      {.name = "AVERAGE_POOL_2D",
       .op = BATON_OP_AVERAGE_POOL_2D,
       .kinds = kReal | kQuantised,
       .min_rank = 4,
       .attributes = pool()},
      {.name = "MAX_POOL_2D",
       .op = BATON_OP_MAX_POOL_2D,
       .kinds = kReal | kQuantised,
       .min_rank = 4,
       .attributes = pool()},

      {.name = "RESHAPE",
       .op = BATON_OP_RESHAPE,
       .kinds = kAll,
       .any_shape = false,
       .constants = own_shape},
      {.name = "TRANSPOSE", .op = BATON_OP_TRANSPOSE, .kinds = kAll, .constants = same_order},
      {.name = "REVERSE_V2", .op = BATON_OP_REVERSE_V2, .kinds = kAll, .constants = last_axis},
  };
  return bricks;
}

}  // namespace

std::span<const Brick> all_bricks() { return table(); }

TensorId Sketch::constant() { return values(b, material, material.shape, random, -2, 2); }

}  // namespace baton::conformance
