#include <array>

#include "converter/tflite/layers.h"
#include "tests/conformance/abi/specimen.h"
#include "tests/conformance/random.h"

namespace baton::conformance {
namespace {

using tflite::GraphBuilder;
using tflite::kNoTensor;
using tflite::Quantization;
using tflite::Shape;
using tflite::TensorId;

constexpr const char* kNames[] = {"float32/elements", "int8/elements", "float32/image",
                                  "int8/image", "float32/state"};

// A model while it is built: float32, or int8 with usual scales.
class Layers {
 public:
  Layers(baton_dtype dtype, uint64_t seed) : dtype_(dtype), random_(seed) {}

  GraphBuilder b{"main"};

  bool quantised() const { return dtype_ == BATON_INT8; }
  Quantization activation() const {
    return quantised() ? tflite::per_tensor(0.05f, 3) : Quantization{};
  }
  tflite::Output output() const { return {.quantization = activation()}; }
  TensorId input(const Shape& shape) {
    return b.input(b.unique_name("x"), dtype_, shape, activation());
  }
  TensorId constant(const Shape& shape) {
    if (quantised())
      return b.constant<int8_t>(b.unique_name("c"), shape, bytes(shape), activation());
    return b.constant<float>(b.unique_name("c"), shape, reals(shape));
  }
  // Per channel along `axis`.
  TensorId weights(const Shape& shape, int32_t axis) {
    if (!quantised()) return b.constant<float>(b.unique_name("w"), shape, reals(shape));
    std::vector<float> scales(static_cast<size_t>(shape[static_cast<size_t>(axis)]));
    for (float& scale : scales) scale = static_cast<float>(random_.real(0.005, 0.02));
    return b.constant<int8_t>(b.unique_name("w"), shape, bytes(shape),
                              tflite::per_axis(std::move(scales), axis));
  }
  TensorId bias(int32_t count) {
    if (!quantised()) return b.constant<float>(b.unique_name("b"), {count}, reals({count}));
    std::vector<int32_t> values(static_cast<size_t>(count));
    for (int32_t& value : values) value = random_.between(-500, 500);
    return b.constant<int32_t>(b.unique_name("b"), {count}, values);
  }

 private:
  std::vector<float> reals(const Shape& shape) {
    std::vector<float> values(static_cast<size_t>(element_count(shape).value_or(0)));
    for (float& value : values) value = static_cast<float>(random_.real(-1, 1));
    return values;
  }
  std::vector<int8_t> bytes(const Shape& shape) {
    std::vector<int8_t> values(static_cast<size_t>(element_count(shape).value_or(0)));
    for (int8_t& value : values) value = static_cast<int8_t>(random_.between(-127, 127));
    return values;
  }

  baton_dtype dtype_;
  Random random_;
};

// Nodes that go element by element, one after another and side by side, with a constant of their
// shape; several inputs and outputs. A delegate that knows one operator of it has a partition.
void add_elements(Layers& s, int32_t size) {
  const Shape shape = {1, 3, size, 1};
  const TensorId x = s.input(shape);
  const TensorId y = s.input(shape);
  const auto binary = [&](int32_t op, TensorId p, TensorId q, int32_t activation) {
    return tflite::binary(s.b, op, p, q, activation, s.output());
  };
  const TensorId product = binary(BATON_OP_MUL, x, y, BATON_ACTIVATION_NONE);
  const TensorId scaled = binary(BATON_OP_MUL, product, s.constant(shape), BATON_ACTIVATION_RELU6);
  const TensorId sum = binary(BATON_OP_ADD, scaled, x, BATON_ACTIVATION_NONE);
  const TensorId positive = tflite::unary(s.b, BATON_OP_RELU, sum, s.output());
  const TensorId last = binary(BATON_OP_ADD, positive, product, BATON_ACTIVATION_RELU);
  s.b.output(last);
  s.b.output(product);
}

// A small network on images of `size` x `size`.
void add_image(Layers& s, int32_t size) {
  auto& b = s.b;
  const TensorId x = s.input({1, size, size, 3});
  const TensorId conv =
      tflite::conv_2d(b, x, s.weights({4, 3, 3, 3}, 0), s.bias(4), {}, s.output());
  const TensorId depth =
      tflite::depthwise_conv_2d(b, conv, s.weights({1, 3, 3, 4}, 3), s.bias(4),
                                {.activation = BATON_ACTIVATION_RELU6}, s.output());
  const TensorId sum =
      tflite::binary(b, BATON_OP_ADD, conv, depth, BATON_ACTIVATION_NONE, s.output());
  const TensorId pool = tflite::pool_2d(
      b, BATON_OP_AVERAGE_POOL_2D, sum,
      {.filter_w = size, .filter_h = size, .stride_w = 1, .stride_h = 1}, s.output());
  const TensorId flat = tflite::reshape(b, pool, {1, 4}, s.output());
  const TensorId full =
      tflite::fully_connected(b, flat, s.weights({5, 4}, 0), s.bias(5), {}, s.output());
  const Quantization fraction =
      s.quantised() ? tflite::per_tensor(1.0f / 256, -128) : Quantization{};
  b.output(tflite::softmax(b, full, 1.0f, {.quantization = fraction}));
  b.output(sum);
}

// State of a node that looks at its last output.
void add_state(Layers& s, int32_t size) {
  auto& b = s.b;
  const TensorId x = s.input({1, size});
  const TensorId w = s.weights({4, size}, 0);
  const TensorId r = s.weights({4, 4}, 0);
  const TensorId state = b.variable("h", BATON_FLOAT32, {1, 4});
  const TensorId y = b.tensor("y", BATON_FLOAT32, {1, 4});
  auto attributes = default_attributes<baton_rnn_attributes>();
  attributes.fused_activation_function = BATON_ACTIVATION_TANH;
  b.op(BATON_OP_RNN, {x, w, r, s.bias(4), state}, {y}, attributes);
  b.output(tflite::unary(b, BATON_OP_RELU, y, s.output()));
  b.output(y);
}

}  // namespace

std::span<const char* const> candidate_names() { return kNames; }

Candidate make_candidate(const std::string& name, int32_t size, uint64_t seed) {
  Layers s(name.starts_with("int8") ? BATON_INT8 : BATON_FLOAT32, mix_seed(seed, name.c_str(), 0));
  if (name.ends_with("elements")) {
    add_elements(s, size);
  } else if (name.ends_with("image")) {
    add_image(s, size);
  } else {
    add_state(s, size);
  }
  return finish_candidate(s.b,
                          [seed](size_t input, uint32_t run, const Value& value, uint8_t* data) {
                            fill_any(mix_seed(seed, "input", input * 65537 + run), value, data);
                          });
}

Candidate finish_candidate(GraphBuilder& b, Fill fill) {
  Candidate candidate{b.finish(), {}, std::move(fill)};
  // The builder goes on: everything that is written is an output of this one.
  std::vector<TensorId> all;
  for (const auto& op : b.graph().operators) {
    all.insert(all.end(), op.outputs.begin(), op.outputs.end());
  }
  b.graph().outputs.clear();
  b.outputs(all);
  candidate.shown = b.finish();
  return candidate;
}

}  // namespace baton::conformance
