// Operators that go element by element over one input.
#include <algorithm>
#include <cmath>

#include "tests/conformance/operators/activation.h"
#include "tests/conformance/operators/recipe.h"

namespace baton::conformance {
namespace {

struct Form {
  int32_t op;
  Range input;   // float32
  Range output;  // quantised
};

constexpr Form kForms[] = {
    {BATON_OP_ABS, {-4, 4}, {}},         {BATON_OP_CEIL, {-4, 4}, {}},
    {BATON_OP_COS, {-9, 9}, {}},         {BATON_OP_ELU, {-4, 4}, {-1, 4}},
    {BATON_OP_EXP, {-5, 3}, {}},         {BATON_OP_FLOOR, {-4, 4}, {}},
    {BATON_OP_GELU, {-4, 4}, {-0.2, 4}}, {BATON_OP_HARD_SWISH, {-6, 6}, {-0.4, 6}},
    {BATON_OP_LOG, {0.01, 20}, {}},      {BATON_OP_LOGICAL_NOT, {0, 1}, {}},
    {BATON_OP_NEG, {-4, 4}, {}},         {BATON_OP_ROUND, {-4, 4}, {}},
    {BATON_OP_SIGN, {-2, 2}, {}},        {BATON_OP_SIN, {-9, 9}, {}},
    {BATON_OP_SQRT, {0, 20}, {}},        {BATON_OP_SQUARE, {-4, 4}, {}},
};

Shape any_shape(Draft& d) { return d.shape_or_empty(d.pick({4u, 1u, 2u, 3u, 0u, 5u})); }

void plain(Draft& d) {
  const auto form = std::ranges::find(kForms, d.op().code, &Form::op);
  Content content{.low = form->input.low, .high = form->input.high};
  if (d.dtype() == BATON_INT32 || d.dtype() == BATON_INT64) {
    content.high = d.pick({3.0, 1e9});
    content.low = -content.high;
  }
  const TensorId x = d.input(d.dtype(), any_shape(d), d.quantization(form->input.high), content);
  d.node(form->op, {x}, d.covering(form->output),
         form->op == BATON_OP_GELU ? d.attributes({{"approximate", d.pick_bool() ? 1.0 : 0.0}})
                                   : d.attributes({}));
}

// A limit, and for quantised tensors another scale.
void relu(Draft& d) {
  int32_t activation = BATON_ACTIVATION_RELU_N1_TO_1;
  if (d.op().code == BATON_OP_RELU) activation = BATON_ACTIVATION_RELU;
  if (d.op().code == BATON_OP_RELU6) activation = BATON_ACTIVATION_RELU6;
  const double spread = clamp_spread(d, activation);
  const TensorId x =
      d.input(d.dtype(), any_shape(d), d.quantization(spread), {.low = -spread, .high = spread});
  // Sometimes the input's own, or a coarser one, or a much finer one of which most is cut off.
  const Range range = d.range_of(x);
  const double factor = d.pick({1.0, 1.0, 3.0, 0.3});
  const Quantization q = d.pick_index(4) == 3
                             ? d.quantization_of(x)
                             : d.covering({range.low * factor, range.high * factor});
  d.node(d.op().code, {x}, q);
}

void leaky_relu(Draft& d) {
  const double spread = d.pick({3.0, 0.1});
  const TensorId x =
      d.input(d.dtype(), any_shape(d), d.quantization(spread), {.low = -spread, .high = spread});
  const double alpha = d.pick({0.2, 0.01, 1.5, -0.5, 0.0});
  const Range range = d.range_of(x);
  const auto [low, high] = std::minmax({range.low * alpha, 0.0, range.high});
  d.node(BATON_OP_LEAKY_RELU, {x}, d.covering({low, high}), d.attributes({{"alpha", alpha}}));
}

// Alpha is broadcast to the input.
void prelu(Draft& d) {
  const double spread = d.pick({3.0, 0.1});
  const Shape shape = d.shape_or_empty(d.pick({4u, 3u, 2u, 1u}));
  Shape alpha_shape = shape;
  const uint32_t pattern = d.pick_index(5);
  if (pattern == 0) alpha_shape = {shape.back()};
  if (pattern == 1) alpha_shape = {};
  if (pattern == 2) std::fill(alpha_shape.begin(), alpha_shape.end() - 1, 1);
  if (pattern == 3) alpha_shape.back() = 1;
  const TensorId x =
      d.input(d.dtype(), shape, d.quantization(spread), {.low = -spread, .high = spread});
  const Quantization q = d.quantization(0.8);
  const Content content{.low = -0.8, .high = 0.8};
  const TensorId alpha = d.pick_index(4) == 3 ? d.input(d.dtype(), alpha_shape, q, content)
                                              : d.constant(d.dtype(), alpha_shape, q, content);
  d.node(BATON_OP_PRELU, {x, alpha}, d.covering({-0.6 * spread, spread}));
}

// LOGISTIC and TANH, whose outputs have scales of their own.
void sigmoid(Draft& d) {
  const bool tanh = d.op().code == BATON_OP_TANH;
  const double spread = d.pick({4.0, 8.0, 1.0, 2.0});
  Quantization from = d.quantization(spread);
  // The kernels of 16 bits have a way of their own for powers of two.
  if (d.dtype() == BATON_INT16 && d.pick_bool()) {
    from = tflite::per_tensor(std::ldexp(1.0f, -d.random().between(10, 14)));
  }
  const TensorId x = d.input(d.dtype(), any_shape(d), from, {.low = -spread, .high = spread});
  Quantization q;
  if (d.dtype() == BATON_INT16) q = tflite::per_tensor(1.0f / 32768);
  if (d.dtype() == BATON_INT8) q = tflite::per_tensor(1.0f / (tanh ? 128 : 256), tanh ? 0 : -128);
  if (d.dtype() == BATON_UINT8) q = tflite::per_tensor(1.0f / (tanh ? 128 : 256), tanh ? 128 : 0);
  d.node(d.op().code, {x}, q);
}

// Quantised ones take nothing below zero.
void rsqrt(Draft& d) {
  const double high = d.pick({4.0, 0.2});
  const Content content{.low = d.quantised() ? 0 : high / 50, .high = high, .bounded = true};
  Quantization from = d.quantization(high);
  if (d.dtype() == BATON_INT8) {
    from = tflite::per_tensor(static_cast<float>(high / 255), d.pick({-128, -100, 0}));
  }
  const TensorId x = d.input(d.dtype(), any_shape(d), from, content);
  d.node(BATON_OP_RSQRT, {x}, d.covering({0, 6 / std::sqrt(high)}));
}

constexpr Recipe kRecipes[] = {
    {BATON_OP_ABS, plain},
    {BATON_OP_CEIL, plain},
    {BATON_OP_COS, plain},
    {BATON_OP_ELU, plain},
    {BATON_OP_EXP, plain},
    {BATON_OP_FLOOR, plain},
    {BATON_OP_GELU, plain},
    {BATON_OP_HARD_SWISH, plain},
    {BATON_OP_LEAKY_RELU, leaky_relu},
    {BATON_OP_LOG, plain},
    {BATON_OP_LOGICAL_NOT, plain},
    {BATON_OP_LOGISTIC, sigmoid, 32},
    {BATON_OP_NEG, plain},
    {BATON_OP_PRELU, prelu, 32},
    {BATON_OP_RELU, relu, 48},
    {BATON_OP_RELU6, relu, 48},
    {BATON_OP_RELU_0_TO_1, relu, 48},
    {BATON_OP_RELU_N1_TO_1, relu, 48},
    {BATON_OP_ROUND, plain},
    {BATON_OP_RSQRT, rsqrt},
    {BATON_OP_SIGN, plain},
    {BATON_OP_SIN, plain},
    {BATON_OP_SQRT, plain},
    {BATON_OP_SQUARE, plain},
    {BATON_OP_TANH, sigmoid, 32},
};

}  // namespace

extern const Recipes unary_recipes{kRecipes};

}  // namespace baton::conformance
