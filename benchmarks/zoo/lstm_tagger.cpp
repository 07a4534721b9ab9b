// A tagger of words: embeddings, two LSTM layers, and a class for each word.

#include "benchmarks/zoo/families.h"

namespace baton::zoo {
namespace {

constexpr int32_t kWords = 64;
constexpr int32_t kVocabulary = 10000;
constexpr int32_t kEmbedding = 128;
constexpr int32_t kCells = 128;
constexpr int32_t kTags = 17;
// The variance of a cell's output; measured.
constexpr double kCellVariance = 0.15;

TensorId lstm(Net& net, TensorId x, const std::string& name) {
  tflite::GraphBuilder& b = net.builder();
  const int32_t inputs = net.shape(x).back();
  std::vector<TensorId> tensors = {x};
  const char* const gates[] = {"input", "forget", "cell", "output"};
  for (const char* gate : gates) {
    tensors.push_back(net.weights(name + "/input_to_" + gate, {kCells, inputs},
                                  1 / (inputs * net.moments(x).power())));
  }
  for (const char* gate : gates) {
    tensors.push_back(net.weights(name + "/recurrent_to_" + gate, {kCells, kCells},
                                  0.5 / (kCells * kCellVariance)));
  }
  // No peepholes.
  for (int i = 0; i < 3; ++i) tensors.push_back(tflite::kNoTensor);
  for (const char* gate : gates) {
    // Gates that forget little at first remember: the usual start.
    const double mean = gate == gates[1] ? 1 : 0;
    tensors.push_back(net.parameter(name + "/" + gate + "_bias", {kCells}, mean, 0.2));
  }
  // No projection.
  for (int i = 0; i < 2; ++i) tensors.push_back(tflite::kNoTensor);
  tensors.push_back(b.variable(name + "/output_state", BATON_FLOAT32, {1, kCells}));
  tensors.push_back(b.variable(name + "/cell_state", BATON_FLOAT32, {1, kCells}));

  auto attributes = default_attributes<baton_unidirectional_sequence_lstm_attributes>();
  attributes.fused_activation_function = BATON_ACTIVATION_TANH;
  const TensorId y = b.tensor(name, BATON_FLOAT32, {1, kWords, kCells});
  b.op(BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, tensors, {y}, attributes);
  net.set_moments(y, {0, kCellVariance});
  net.add_multiply_adds(uint64_t{4} * kWords * kCells * static_cast<uint64_t>(inputs + kCells));
  return y;
}

}  // namespace

void build_lstm_tagger(Net& net, const Variant&) {
  tflite::GraphBuilder& b = net.builder();
  const TensorId words = net.input("words", BATON_INT32, {1, kWords}, 0, kVocabulary);
  const TensorId table = net.weights("embeddings", {kVocabulary, kEmbedding}, 1);
  TensorId x = b.tensor("embedded", BATON_FLOAT32, {1, kWords, kEmbedding});
  b.op(BATON_OP_GATHER, {table, words}, {x});
  x = lstm(net, x, "lstm_1");
  x = lstm(net, x, "lstm_2");
  x = net.dense(
      x,
      {.name = "logits", .channels = kTags, .keep_num_dims = true, .deviation = kLogitDeviation});
  net.output(net.softmax(x, "tags"));
}

}  // namespace baton::zoo
