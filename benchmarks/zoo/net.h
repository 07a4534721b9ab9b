// Builds one float32 network: layers that make their own weights, and count what they cost.
//
//   Net net("tiny", 0, Net::Weights::kFilled);
//   TensorId x = net.image(96);
//   x = net.conv(x, {.name = "Conv", .channels = 8, .kernel = 3, .stride = 2,
//                    .activation = Activation::kRelu6});
//   net.output(net.classify(x, "Logits", 10));
//
// The conventions are those of files made by TensorFlow Lite's converter: NHWC, activations fused,
// batch normalisation folded into weights and bias.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "benchmarks/zoo/activation.h"
#include "benchmarks/zoo/moments.h"
#include "converter/tflite/builder.h"
#include "converter/tflite/layers.h"

namespace baton::zoo {

using tflite::Shape;
using tflite::TensorId;

// Height and width.
struct Kernel {
  constexpr Kernel(int32_t size) : h(size), w(size) {}  // NOLINT: implicit by design
  constexpr Kernel(int32_t height, int32_t width) : h(height), w(width) {}
  int32_t h;
  int32_t w;
};

struct Conv {
  std::string name = {};
  int32_t channels = 0;
  Kernel kernel = 1;
  int32_t stride = 1;
  Activation activation = Activation::kNone;
  int32_t padding = BATON_PADDING_SAME;
  // Of what comes out before the activation, as a factor of the usual.
  double deviation = 1;
};

struct Depthwise {
  std::string name = {};
  Kernel kernel = 3;
  int32_t stride = 1;
  Activation activation = Activation::kNone;
  int32_t dilation = 1;
};

struct Dense {
  std::string name = {};
  int32_t channels = 0;
  Activation activation = Activation::kNone;
  bool keep_num_dims = false;
  double deviation = 1;
};

struct Pool {
  std::string name = {};
  Kernel kernel = 2;
  int32_t stride = 1;
  int32_t padding = BATON_PADDING_VALID;
};

// Of the numbers that go into the last SOFTMAX: neither all alike nor one above all.
inline constexpr double kLogitDeviation = 2;

// An input, and what may be in it: floats from `low` to `high`, or whole numbers in [low, high).
struct InputRange {
  TensorId tensor = tflite::kNoTensor;
  double low = 0;
  double high = 0;
};

class Net {
 public:
  // Left out: only shapes and costs are asked for. Such a model cannot be written.
  enum class Weights { kFilled, kLeftOut };

  Net(std::string name, uint64_t seed, Weights weights);

  // Builder, shapes and moments, for layers that are one network's own.
  tflite::GraphBuilder& builder() { return builder_; }
  const Shape& shape(TensorId tensor) const { return builder_.at(tensor).shape; }
  Moments moments(TensorId tensor) const;
  void set_moments(TensorId tensor, const Moments& moments);

  // A square picture, "input", in [-1, 1].
  TensorId image(int32_t size);
  TensorId input(const std::string& name, baton_dtype dtype, const Shape& shape, double low,
                 double high);
  void output(TensorId tensor) { builder_.output(tensor); }

  TensorId conv(TensorId x, const Conv& options);
  TensorId depthwise(TensorId x, const Depthwise& options);
  TensorId dense(TensorId x, const Dense& options);
  TensorId average_pool(TensorId x, const Pool& options);
  TensorId max_pool(TensorId x, const Pool& options);
  // Of the whole picture, as a pool.
  TensorId global_pool(TensorId x, const std::string& name);
  TensorId activate(TensorId x, Activation activation, const std::string& name);
  TensorId add(TensorId x, TensorId y, const std::string& name,
               Activation activation = Activation::kNone);
  TensorId multiply(TensorId x, TensorId y, const std::string& name);
  // By, or with, one number.
  TensorId multiply(TensorId x, float factor, const std::string& name);
  TensorId add(TensorId x, float term, const std::string& name,
               Activation activation = Activation::kNone);
  // Of channels.
  TensorId concat(const std::vector<TensorId>& parts, const std::string& name, int32_t axis = 3);
  TensorId reshape(TensorId x, const Shape& shape, const std::string& name);
  TensorId transpose(TensorId x, const std::vector<int32_t>& order, const std::string& name);
  TensorId pad(TensorId x, int32_t margin, const std::string& name);
  TensorId resize(TensorId x, int32_t size, const std::string& name);
  // A picture times gates in 0..1 that follow from its channels' means.
  TensorId squeeze_and_excite(TensorId x, int32_t squeezed, const std::string& name);
  // The last layers of a classifier: a 1x1 convolution, or what made it [1, classes] before;
  // RESHAPE and SOFTMAX.
  TensorId classify(TensorId x, const std::string& name, int32_t classes);
  TensorId softmax(TensorId x, const std::string& name);

  // Weights [out, ...] with the variance. The part `centring` of what an output's weights have in
  // common is taken out.
  TensorId weights(const std::string& name, const Shape& shape, double variance,
                   double centring = 0);
  // A parameter in mean +- spread.
  TensorId parameter(const std::string& name, const Shape& shape, double mean, double spread);
  void add_multiply_adds(uint64_t count) { multiply_adds_ += count; }

  // Of convolutions, fully connected layers, products of matrices and recurrent cells.
  uint64_t multiply_adds() const { return multiply_adds_; }
  // Elements of weights and biases.
  uint64_t parameters() const { return parameters_; }
  const std::vector<InputRange>& input_ranges() const { return input_ranges_; }

 private:
  TensorId constant(const std::string& name, const Shape& shape, std::vector<float> values);
  TensorId bias(const std::string& name, int32_t channels, double variance);
  TensorId finish(TensorId x, const Moments& moments, Activation activation,
                  const std::string& name);

  std::string name_;
  uint64_t seed_;
  bool filled_;
  tflite::GraphBuilder builder_;
  std::vector<Moments> moments_;  // by tensor
  std::vector<InputRange> input_ranges_;
  uint64_t multiply_adds_ = 0;
  uint64_t parameters_ = 0;
};

uint64_t element_count(const Shape& shape);

}  // namespace baton::zoo
