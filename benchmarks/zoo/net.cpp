#include "benchmarks/zoo/net.h"

#include <cmath>
#include <numeric>
#include <utility>

#include "benchmarks/zoo/random.h"

namespace baton::zoo {
namespace {

// Gates are hard sigmoids of about normal numbers.
constexpr Moments kGate{0.5, 0.03};

// The activation that an operator can have inside.
int32_t fused(Activation activation) {
  if (activation == Activation::kRelu) return BATON_ACTIVATION_RELU;
  if (activation == Activation::kRelu6) return BATON_ACTIVATION_RELU6;
  return BATON_ACTIVATION_NONE;
}

// The operator that the activation is, where it is one of its own.
int32_t operator_of(Activation activation) {
  return activation == Activation::kHardSwish ? BATON_OP_HARD_SWISH : BATON_OP_GELU;
}

bool is_separate(Activation activation) {
  return activation == Activation::kHardSwish || activation == Activation::kGelu;
}

// The name of what a layer gives before an activation that is an operator of its own.
std::string layer_name(const std::string& name, Activation activation) {
  return is_separate(activation) ? name + "/before" : name;
}

// The width of a uniform distribution with the variance.
double spread_of(double variance) { return std::sqrt(3 * variance); }

// How much of a common mean the weights of an output lose. The means of activations say nothing
// about the input: with 0, what differs between inputs fades from layer to layer. With 1 it grows,
// and so do rounding errors, which is worse in deep networks. Measured.
constexpr double kCentring = 0.5;

// The mean square of inputs, as far as centred weights see it.
double seen(const Moments& x) {
  return x.variance + (1 - kCentring) * (1 - kCentring) * x.mean * x.mean;
}

Target target_of(Activation activation, double deviation) {
  Target target = target_before(activation);
  target.variance *= deviation * deviation;
  return target;
}

tflite::Pool2D pool_options(const Pool& options) {
  return {.filter_w = options.kernel.w,
          .filter_h = options.kernel.h,
          .stride_w = options.stride,
          .stride_h = options.stride,
          .padding = options.padding};
}

}  // namespace

uint64_t element_count(const Shape& shape) {
  uint64_t count = 1;
  for (const int32_t size : shape) count *= static_cast<uint64_t>(size);
  return count;
}

Net::Net(std::string name, uint64_t seed, Weights weights)
    : name_(std::move(name)), seed_(seed), filled_(weights == Weights::kFilled), builder_("main") {
  builder_.description("Baton's model zoo: " + name_ + ", made-up weights");
}

Moments Net::moments(TensorId tensor) const {
  const auto index = static_cast<size_t>(tensor);
  return index < moments_.size() ? moments_[index] : Moments();
}

void Net::set_moments(TensorId tensor, const Moments& moments) {
  const auto index = static_cast<size_t>(tensor);
  if (moments_.size() <= index) moments_.resize(index + 1);
  moments_[index] = moments;
}

TensorId Net::image(int32_t size) {
  return input("input", BATON_FLOAT32, {1, size, size, 3}, -1, 1);
}

TensorId Net::input(const std::string& name, baton_dtype dtype, const Shape& shape, double low,
                    double high) {
  const TensorId x = builder_.input(name, dtype, shape);
  set_moments(x, {(low + high) / 2, (high - low) * (high - low) / 12});
  input_ranges_.push_back({x, low, high});
  return x;
}

TensorId Net::constant(const std::string& name, const Shape& shape, std::vector<float> values) {
  parameters_ += element_count(shape);
  return builder_.constant(name, shape, values);
}

TensorId Net::weights(const std::string& name, const Shape& shape, double variance,
                      double centring) {
  std::vector<float> values;
  if (filled_) {
    Random random(seed_, name_ + "/" + name);
    const size_t rows = static_cast<size_t>(shape[0]);
    const size_t row = static_cast<size_t>(element_count(shape)) / rows;
    const double spread = spread_of(variance);
    std::vector<double> numbers(row);
    values.reserve(rows * row);
    for (size_t i = 0; i < rows; ++i) {
      double sum = 0;
      for (double& number : numbers) sum += number = random.uniform() * spread;
      const double common = centring * sum / static_cast<double>(row);
      for (const double number : numbers) values.push_back(static_cast<float>(number - common));
    }
  }
  return constant(name, shape, std::move(values));
}

TensorId Net::parameter(const std::string& name, const Shape& shape, double mean, double spread) {
  std::vector<float> values;
  if (filled_) {
    Random random(seed_, name_ + "/" + name);
    values.resize(static_cast<size_t>(element_count(shape)));
    for (float& value : values) value = static_cast<float>(mean + random.uniform() * spread);
  }
  return constant(name, shape, std::move(values));
}

TensorId Net::bias(const std::string& name, int32_t channels, double variance) {
  return parameter(name + "/bias", {channels}, 0, spread_of(variance));
}

// Behind a layer that gives `moments` before its activation.
TensorId Net::finish(TensorId x, const Moments& moments, Activation activation,
                     const std::string& name) {
  if (is_separate(activation)) {
    set_moments(x, moments);
    return activate(x, activation, name);
  }
  set_moments(x, after(activation, moments));
  return x;
}

TensorId Net::conv(TensorId x, const Conv& options) {
  const int32_t inputs = shape(x)[3];
  const Shape filter = {options.channels, options.kernel.h, options.kernel.w, inputs};
  const auto fan_in = static_cast<double>(element_count(filter)) / options.channels;
  const Target target = target_of(options.activation, options.deviation);
  const TensorId w = weights(options.name + "/weights", filter,
                             target.from_weights() / (fan_in * seen(moments(x))), kCentring);
  const TensorId b = bias(options.name, options.channels, target.from_bias());
  const TensorId y = tflite::conv_2d(builder_, x, w, b,
                                     {.stride_w = options.stride,
                                      .stride_h = options.stride,
                                      .padding = options.padding,
                                      .activation = fused(options.activation)},
                                     {.name = layer_name(options.name, options.activation)});
  multiply_adds_ +=
      element_count(shape(y)) / static_cast<uint64_t>(options.channels) * element_count(filter);
  return finish(y, {0, target.variance}, options.activation, options.name);
}

TensorId Net::depthwise(TensorId x, const Depthwise& options) {
  const Shape filter = {1, options.kernel.h, options.kernel.w, shape(x)[3]};
  const auto fan_in = static_cast<double>(options.kernel.h) * options.kernel.w;
  const Target target = target_before(options.activation);
  const TensorId w = weights(options.name + "/weights", filter,
                             target.from_weights() / (fan_in * moments(x).power()));
  const TensorId b = bias(options.name, filter[3], target.from_bias());
  const TensorId y =
      tflite::depthwise_conv_2d(builder_, x, w, b,
                                {.stride_w = options.stride,
                                 .stride_h = options.stride,
                                 .activation = fused(options.activation),
                                 .dilation_w = options.dilation,
                                 .dilation_h = options.dilation},
                                {.name = layer_name(options.name, options.activation)});
  multiply_adds_ += element_count(shape(y)) * static_cast<uint64_t>(options.kernel.h) *
                    static_cast<uint64_t>(options.kernel.w);
  return finish(y, {0, target.variance}, options.activation, options.name);
}

TensorId Net::dense(TensorId x, const Dense& options) {
  const int32_t inputs = shape(x).back();
  const Target target = target_of(options.activation, options.deviation);
  const TensorId w = weights(options.name + "/weights", {options.channels, inputs},
                             target.from_weights() / (inputs * seen(moments(x))), kCentring);
  const TensorId b = bias(options.name, options.channels, target.from_bias());
  const TensorId y = tflite::fully_connected(
      builder_, x, w, b,
      {.activation = fused(options.activation), .keep_num_dims = options.keep_num_dims},
      {.name = layer_name(options.name, options.activation)});
  multiply_adds_ += element_count(shape(y)) * static_cast<uint64_t>(inputs);
  return finish(y, {0, target.variance}, options.activation, options.name);
}

TensorId Net::average_pool(TensorId x, const Pool& options) {
  const TensorId y = tflite::pool_2d(builder_, BATON_OP_AVERAGE_POOL_2D, x, pool_options(options),
                                     {.name = options.name});
  set_moments(y, after_average_pool(moments(x), int64_t{options.kernel.h} * options.kernel.w));
  return y;
}

TensorId Net::max_pool(TensorId x, const Pool& options) {
  const TensorId y = tflite::pool_2d(builder_, BATON_OP_MAX_POOL_2D, x, pool_options(options),
                                     {.name = options.name});
  set_moments(y, after_max_pool(moments(x)));
  return y;
}

TensorId Net::global_pool(TensorId x, const std::string& name) {
  return average_pool(x, {.name = name, .kernel = Kernel(shape(x)[1], shape(x)[2])});
}

TensorId Net::activate(TensorId x, Activation activation, const std::string& name) {
  const TensorId y = tflite::unary(builder_, operator_of(activation), x, {.name = name});
  set_moments(y, after(activation, moments(x)));
  return y;
}

TensorId Net::add(TensorId x, TensorId y, const std::string& name, Activation activation) {
  const TensorId z =
      tflite::binary(builder_, BATON_OP_ADD, x, y, fused(activation), {.name = name});
  set_moments(z, after(activation, after_add(moments(x), moments(y))));
  return z;
}

TensorId Net::multiply(TensorId x, TensorId y, const std::string& name) {
  const TensorId z =
      tflite::binary(builder_, BATON_OP_MUL, x, y, BATON_ACTIVATION_NONE, {.name = name});
  set_moments(z, after_multiply(moments(x), moments(y)));
  return z;
}

TensorId Net::multiply(TensorId x, float factor, const std::string& name) {
  const TensorId by = builder_.constant(name + "/by", {}, std::vector<float>{factor});
  set_moments(by, {factor, 0});
  return multiply(x, by, name);
}

TensorId Net::add(TensorId x, float term, const std::string& name, Activation activation) {
  const TensorId constant = builder_.constant(name + "/term", {}, std::vector<float>{term});
  set_moments(constant, {term, 0});
  return add(x, constant, name, activation);
}

TensorId Net::concat(const std::vector<TensorId>& parts, const std::string& name, int32_t axis) {
  const TensorId y =
      tflite::concatenation(builder_, parts, axis, BATON_ACTIVATION_NONE, {.name = name});
  double mean = 0, power = 0;
  for (const TensorId part : parts) {
    const double share = static_cast<double>(element_count(shape(part))) /
                         static_cast<double>(element_count(shape(y)));
    mean += moments(part).mean * share;
    power += moments(part).power() * share;
  }
  set_moments(y, {mean, power - mean * mean});
  return y;
}

TensorId Net::reshape(TensorId x, const Shape& shape, const std::string& name) {
  const TensorId y = tflite::reshape(builder_, x, shape, {.name = name});
  set_moments(y, moments(x));
  return y;
}

TensorId Net::transpose(TensorId x, const std::vector<int32_t>& order, const std::string& name) {
  const TensorId y = tflite::transpose(builder_, x, order, {.name = name});
  set_moments(y, moments(x));
  return y;
}

TensorId Net::pad(TensorId x, int32_t margin, const std::string& name) {
  const TensorId y =
      tflite::pad(builder_, x, {0, 0, margin, margin, margin, margin, 0, 0}, {.name = name});
  set_moments(y, moments(x));
  return y;
}

TensorId Net::resize(TensorId x, int32_t size, const std::string& name) {
  const TensorId y = tflite::resize(builder_, BATON_OP_RESIZE_BILINEAR, x, size, size,
                                    {.align_corners = true}, {.name = name});
  set_moments(y, moments(x));
  return y;
}

TensorId Net::squeeze_and_excite(TensorId x, int32_t squeezed, const std::string& name) {
  TensorId gate = global_pool(x, name + "/pool");
  gate = conv(gate,
              {.name = name + "/squeeze", .channels = squeezed, .activation = Activation::kRelu});
  gate = conv(gate, {.name = name + "/excite", .channels = shape(x)[3], .deviation = 0.6});
  gate = add(gate, 3.0f, name + "/shifted", Activation::kRelu6);
  gate = multiply(gate, 1.0f / 6.0f, name + "/gate");
  set_moments(gate, kGate);
  return multiply(x, gate, name + "/gated");
}

TensorId Net::softmax(TensorId x, const std::string& name) {
  return tflite::softmax(builder_, x, 1.0f, {.name = name});
}

TensorId Net::classify(TensorId x, const std::string& name, int32_t classes) {
  x = conv(x, {.name = name, .channels = classes, .deviation = kLogitDeviation});
  x = reshape(x, {1, classes}, name + "/flat");
  return softmax(x, "probabilities");
}

}  // namespace baton::zoo
