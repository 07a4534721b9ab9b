// Nodes that keep state.
#include <cmath>

#include "tests/conformance/probe.h"

namespace baton::conformance {
namespace {

using tflite::Quantization;
using tflite::Shape;
using tflite::SubgraphBuilder;
using tflite::TensorId;

// A node in the making; its first input is the graph's.
class StateSketch {
 public:
  StateSketch(SubgraphBuilder& b, const Shape& x, baton_dtype dtype = BATON_FLOAT32,
              const Quantization& q = {})
      : b_(b), random_(mix_seed(1, "state", b.graph().tensors.size())) {
    inputs_.push_back(b_.input(b_.unique_name("sequence"), dtype, x, q));
  }

  void weights(const Shape& shape, baton_dtype dtype = BATON_FLOAT32, const Quantization& q = {}) {
    std::vector<double> values(static_cast<size_t>(element_count(shape).value_or(0)));
    for (double& value : values) {
      value = q.empty() ? random_.real(-0.5, 0.5) : std::round(random_.real(-127, 127));
    }
    inputs_.push_back(b_.constant(b_.unique_name("w"), dtype, shape, values, q));
  }
  void absent() { inputs_.push_back(tflite::kNoTensor); }
  void variable(const Shape& shape, baton_dtype dtype = BATON_FLOAT32, const Quantization& q = {}) {
    inputs_.push_back(b_.variable(b_.unique_name("state"), dtype, shape, q));
  }
  TensorId finish(int32_t op, const tflite::AttributeSet& attributes,
                  baton_dtype dtype = BATON_FLOAT32, const Quantization& q = {}) {
    const TensorId y = b_.tensor(b_.unique_name("y"), dtype, {}, q);
    b_.op(op, inputs_, {y}, attributes);
    return y;
  }

 private:
  SubgraphBuilder& b_;
  Random random_;
  std::vector<TensorId> inputs_;
};

TensorId rnn(SubgraphBuilder& b) {
  StateSketch s(b, {2, 3});
  s.weights({5, 3});
  s.weights({5, 5});
  s.weights({5});
  s.variable({2, 5});
  auto attributes = default_attributes<baton_rnn_attributes>();
  attributes.fused_activation_function = BATON_ACTIVATION_TANH;
  return s.finish(BATON_OP_RNN, attributes);
}

TensorId svdf(SubgraphBuilder& b) {
  StateSketch s(b, {2, 3});
  s.weights({8, 3});
  s.weights({8, 4});
  s.weights({4});
  s.variable({2, 32});
  auto attributes = default_attributes<baton_svdf_attributes>();
  attributes.rank = 2;
  return s.finish(BATON_OP_SVDF, attributes);
}

TensorId svdf_int8(SubgraphBuilder& b) {
  const Quantization sum = tflite::per_tensor(0.00003f);
  StateSketch s(b, {2, 3}, BATON_INT8, tflite::per_tensor(0.02f, 5));
  s.weights({8, 3}, BATON_INT8, tflite::per_tensor(0.004f));
  s.weights({8, 4}, BATON_INT16, tflite::per_tensor(0.004f));
  s.weights({4}, BATON_INT32, sum);
  s.variable({2, 32}, BATON_INT16, tflite::per_tensor(0.001f));
  auto attributes = default_attributes<baton_svdf_attributes>();
  attributes.rank = 2;
  attributes.fused_activation_function = BATON_ACTIVATION_RELU;
  return s.finish(BATON_OP_SVDF, attributes, BATON_INT8, tflite::per_tensor(0.01f, -128));
}

TensorId sequence_lstm(SubgraphBuilder& b) {
  constexpr int32_t kCells = 5;
  StateSketch s(b, {2, 4, 3});
  for (int i = 0; i < 4; ++i) s.weights({kCells, 3});
  for (int i = 0; i < 4; ++i) s.weights({kCells, kCells});
  for (int i = 0; i < 3; ++i) s.absent();  // peepholes
  for (int i = 0; i < 4; ++i) s.weights({kCells});
  for (int i = 0; i < 2; ++i) s.absent();  // projection
  s.variable({2, kCells});
  s.variable({2, kCells});
  for (int i = 0; i < 4; ++i) s.absent();  // layer normalisation
  auto attributes = default_attributes<baton_unidirectional_sequence_lstm_attributes>();
  attributes.fused_activation_function = BATON_ACTIVATION_TANH;
  return s.finish(BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, attributes);
}

constexpr StateNode kStateNodes[] = {{"RNN", rnn},
                                     {"SVDF", svdf},
                                     {"SVDF_int8", svdf_int8},
                                     {"UNIDIRECTIONAL_SEQUENCE_LSTM", sequence_lstm}};

}  // namespace

std::span<const StateNode> state_nodes() { return kStateNodes; }

ModelFile state_model(const StateNode& node) {
  tflite::GraphBuilder b("main");
  b.output(node.add(b));
  return b.finish();
}

}  // namespace baton::conformance
