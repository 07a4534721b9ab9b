// CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV.
#include "tests/conformance/operators/recipe.h"
#include "tests/conformance/operators/weighted.h"
#include "tests/conformance/operators/window.h"

namespace baton::conformance {
namespace {

constexpr std::initializer_list<int32_t> kPaddings = {BATON_PADDING_SAME, BATON_PADDING_VALID};

AttributeSet attributes_of(const Draft& d, int32_t padding, const WindowAxis& y,
                           const WindowAxis& x, const WeightedCase& sum, int32_t multiplier = 1) {
  return d.attributes({{"padding", static_cast<double>(padding)},
                       {"stride_h", static_cast<double>(y.stride)},
                       {"stride_w", static_cast<double>(x.stride)},
                       {"dilation_h_factor", static_cast<double>(y.dilation)},
                       {"dilation_w_factor", static_cast<double>(x.dilation)},
                       {"depth_multiplier", static_cast<double>(multiplier)},
                       {"fused_activation_function", sum.activation()}});
}

std::vector<TensorId> with_bias(std::vector<TensorId> inputs, TensorId bias) {
  if (bias != kNoTensor) inputs.push_back(bias);
  return inputs;
}

void conv_2d(Draft& d) {
  WeightedCase sum(d);
  const int32_t padding = d.pick(kPaddings);
  const WindowAxis y = pick_window_axis(d, padding, true);
  const WindowAxis x = pick_window_axis(d, padding, true);
  const int32_t groups = d.pick({1, 1, 1, 2, 1, 1, 3});
  const int32_t per_group = groups == 1 ? d.channels() : d.pick({1, 4, 3, 8});
  const int32_t outputs = groups == 1 ? d.channels() : groups * d.pick({1, 3, 5});
  const TensorId input = sum.input({pick_batch(d), y.input, x.input, groups * per_group});
  const TensorId filter = sum.weights({.shape = {outputs, y.filter, x.filter, per_group},
                                       .axis = 0,
                                       .depth = int64_t{y.filter} * x.filter * per_group});
  d.node(BATON_OP_CONV_2D, with_bias({input, filter}, sum.bias(true)), sum.output(),
         attributes_of(d, padding, y, x, sum));
}

void depthwise_conv_2d(Draft& d) {
  WeightedCase sum(d);
  const int32_t padding = d.pick(kPaddings);
  const WindowAxis y = pick_window_axis(d, padding, true);
  const WindowAxis x = pick_window_axis(d, padding, true);
  const int32_t channels = d.channels();
  const int32_t multiplier = d.pick({1, 2, 1, 3, 4});
  const int32_t outputs = channels * multiplier;
  const TensorId input = sum.input({pick_batch(d), y.input, x.input, channels});
  const TensorId filter = sum.weights({.shape = {1, y.filter, x.filter, outputs},
                                       .axis = 3,
                                       .depth = int64_t{y.filter} * x.filter});
  d.node(BATON_OP_DEPTHWISE_CONV_2D, with_bias({input, filter}, sum.bias(false)), sum.output(),
         attributes_of(d, padding, y, x, sum, multiplier));
}

// A size from which a convolution would come to the input's.
int32_t transposed_size(Draft& d, int32_t padding, const WindowAxis& axis) {
  const int32_t rest = d.random().between(0, axis.stride - 1);
  if (padding == BATON_PADDING_SAME) return axis.input * axis.stride - rest;
  return (axis.input - 1) * axis.stride + axis.filter + rest;
}

void transpose_conv(Draft& d) {
  WeightedCase sum(d);
  const int32_t padding = d.pick(kPaddings);
  const WindowAxis y = pick_window_axis(d, BATON_PADDING_SAME, false);
  const WindowAxis x = pick_window_axis(d, BATON_PADDING_SAME, false);
  const int32_t batch = pick_batch(d);
  const int32_t inputs = d.channels();
  const int32_t outputs = d.channels();
  const TensorId shape = d.b.int32s(
      "shape", {batch, transposed_size(d, padding, y), transposed_size(d, padding, x), outputs});
  const TensorId input = sum.input({batch, y.input, x.input, inputs});
  const int64_t taps = int64_t{y.filter} * x.filter / (int64_t{y.stride} * x.stride);
  const TensorId filter = sum.weights({.shape = {outputs, y.filter, x.filter, inputs},
                                       .axis = 0,
                                       .depth = std::max<int64_t>(taps, 1) * inputs});
  d.node(BATON_OP_TRANSPOSE_CONV, with_bias({shape, filter, input}, sum.bias(true)), sum.output(),
         attributes_of(d, padding, y, x, sum));
}

constexpr Recipe kRecipes[] = {
    {BATON_OP_CONV_2D, conv_2d, 96, true},
    {BATON_OP_DEPTHWISE_CONV_2D, depthwise_conv_2d, 96, true},
    {BATON_OP_TRANSPOSE_CONV, transpose_conv, 64, true},
};

}  // namespace

extern const Recipes convolution_recipes{kRecipes};

}  // namespace baton::conformance
