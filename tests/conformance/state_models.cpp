// Models of one node that keeps state.
#include <cmath>

#include "tests/conformance/probe.h"

namespace baton::conformance {

using tflite::Quantization;
using tflite::Shape;
using tflite::TensorId;

namespace {

class StateSketch {
 public:
  StateSketch(const char* name, baton_dtype dtype, const Shape& x, const Quantization& q)
      : random(mix_seed(1, name, 0)) {
    inputs.push_back(b.input("x", dtype, x, q));
  }

  TensorId weights(const Shape& shape, baton_dtype dtype = BATON_FLOAT32,
                   const Quantization& q = {}) {
    std::vector<double> values(static_cast<size_t>(element_count(shape).value_or(0)));
    for (double& value : values) {
      value = q.empty() ? random.real(-0.5, 0.5) : std::round(random.real(-127, 127));
    }
    return b.constant(b.unique_name("w"), dtype, shape, values, q);
  }
  void add(TensorId tensor) { inputs.push_back(tensor); }
  void variable(const Shape& shape, baton_dtype dtype = BATON_FLOAT32, const Quantization& q = {}) {
    inputs.push_back(b.variable(b.unique_name("state"), dtype, shape, q));
  }
  ModelFile finish(int32_t op, const tflite::AttributeSet& attributes,
                   baton_dtype dtype = BATON_FLOAT32, const Quantization& q = {}) {
    const TensorId y = b.tensor("y", dtype, {}, q);
    b.op(op, inputs, {y}, attributes);
    b.output(y);
    return b.finish();
  }

  tflite::GraphBuilder b{"main"};
  Random random;
  std::vector<TensorId> inputs;
};

ModelFile rnn() {
  StateSketch s("RNN", BATON_FLOAT32, {2, 3}, {});
  s.add(s.weights({5, 3}));
  s.add(s.weights({5, 5}));
  s.add(s.weights({5}));
  s.variable({2, 5});
  auto attributes = default_attributes<baton_rnn_attributes>();
  attributes.fused_activation_function = BATON_ACTIVATION_TANH;
  return s.finish(BATON_OP_RNN, attributes);
}

ModelFile svdf() {
  StateSketch s("SVDF", BATON_FLOAT32, {2, 3}, {});
  s.add(s.weights({8, 3}));
  s.add(s.weights({8, 4}));
  s.add(s.weights({4}));
  s.variable({2, 32});
  auto attributes = default_attributes<baton_svdf_attributes>();
  attributes.rank = 2;
  return s.finish(BATON_OP_SVDF, attributes);
}

ModelFile svdf_int8() {
  const Quantization x = tflite::per_tensor(0.02f, 5);
  const Quantization state = tflite::per_tensor(0.001f);
  const Quantization times = tflite::per_tensor(0.00003f);
  StateSketch s("SVDF int8", BATON_INT8, {2, 3}, x);
  s.add(s.weights({8, 3}, BATON_INT8, tflite::per_tensor(0.004f)));
  s.add(s.weights({8, 4}, BATON_INT16, tflite::per_tensor(0.004f)));
  s.add(s.weights({4}, BATON_INT32, times));
  s.variable({2, 32}, BATON_INT16, state);
  auto attributes = default_attributes<baton_svdf_attributes>();
  attributes.rank = 2;
  attributes.fused_activation_function = BATON_ACTIVATION_RELU;
  return s.finish(BATON_OP_SVDF, attributes, BATON_INT8, tflite::per_tensor(0.01f, -128));
}

ModelFile sequence_lstm() {
  StateSketch s("UNIDIRECTIONAL_SEQUENCE_LSTM", BATON_FLOAT32, {2, 4, 3}, {});
  constexpr int32_t kCells = 5;
  for (int i = 0; i < 4; ++i) s.add(s.weights({kCells, 3}));
  for (int i = 0; i < 4; ++i) s.add(s.weights({kCells, kCells}));
  for (int i = 0; i < 3; ++i) s.add(tflite::kNoTensor);  // peepholes
  for (int i = 0; i < 4; ++i) s.add(s.weights({kCells}));
  for (int i = 0; i < 2; ++i) s.add(tflite::kNoTensor);  // projection
  s.variable({2, kCells});
  s.variable({2, kCells});
  for (int i = 0; i < 4; ++i) s.add(tflite::kNoTensor);  // layer normalisation
  auto attributes = default_attributes<baton_unidirectional_sequence_lstm_attributes>();
  attributes.fused_activation_function = BATON_ACTIVATION_TANH;
  return s.finish(BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, attributes);
}

}  // namespace

std::vector<StateModel> state_models() {
  return {{"RNN", rnn()},
          {"SVDF", svdf()},
          {"SVDF int8", svdf_int8()},
          {"UNIDIRECTIONAL_SEQUENCE_LSTM", sequence_lstm()}};
}

}  // namespace baton::conformance
