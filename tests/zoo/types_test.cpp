// The zoo's networks in smaller numbers: they load, take what they promise, and say about the same.

#include <gtest/gtest.h>

#include <cmath>

#include "baton/baton.hpp"
#include "benchmarks/zoo/zoo.h"
#include "tools/support/tensors.h"

namespace baton::test {
namespace {

struct Outputs {
  // What goes into the last operator, a SOFTMAX: 8-bit probabilities of a thousand classes are
  // nearly all 0.
  std::vector<double> real;
  uint64_t bytes = 0;  // of the file
  baton_dtype input = BATON_FLOAT32;
};

int32_t last_softmax_input(const baton_graph& graph) {
  int32_t tensor = -1;
  for (uint32_t i = 0; i < graph.node_count(&graph); ++i) {
    const baton_node& node = *graph.node(&graph, i);
    if (node.op == BATON_OP_SOFTMAX) tensor = node.inputs[0];
  }
  return tensor;
}

Outputs run(const std::string& name, zoo::Type type) {
  Outputs result;
  const std::vector<uint8_t> file = zoo::build(name, type);
  result.bytes = file.size();
  auto runtime = Runtime::create();
  auto model = runtime->load(file.data(), file.size());
  EXPECT_TRUE(model) << model.message();
  if (!model) return result;
  EXPECT_EQ(baton_model_oddity(model->get(), 0), nullptr);
  auto compiled = model->compile();
  EXPECT_TRUE(compiled) << compiled.message();
  if (!compiled) return result;
  auto session = compiled->session(2);
  EXPECT_TRUE(session) << session.message();
  if (!session) return result;
  const auto contents = zoo::made_up_inputs(name, 99);
  for (uint32_t i = 0; i < session->input_count(); ++i) {
    const baton_tensor& tensor = session->input(i);
    result.input = tensor.dtype;
    if (tensor.bytes == contents[i].size()) {
      EXPECT_TRUE(session->set_input(i, contents[i].data(), contents[i].size()));
      continue;
    }
    const auto* floats = reinterpret_cast<const float*>(contents[i].data());
    const auto stored =
        tools::stored_values(tensor, std::vector<double>(floats, floats + tensor.bytes));
    EXPECT_TRUE(session->set_input(i, stored.data(), stored.size()));
  }
  const Status tapped = session->tap(
      0, last_softmax_input(*model->subgraph(0)),
      [](void* user, uint32_t, const baton_tensor* tensor) {
        *static_cast<std::vector<double>*>(user) = tools::real_values(*tensor, tensor->data);
      },
      &result.real);
  EXPECT_TRUE(tapped) << tapped.message();
  const Status status = session->run();
  EXPECT_TRUE(status) << status.message();
  return result;
}

// In dB.
double signal_to_noise(const Outputs& actual, const Outputs& expected) {
  double signal = 0, noise = 0;
  for (size_t i = 0; i < expected.real.size(); ++i) {
    const double e = expected.real[i], a = actual.real[i];
    signal += e * e;
    noise += (a - e) * (a - e);
  }
  return noise == 0 ? INFINITY : 10 * std::log10(signal / noise);
}

class SmallerTypes : public testing::TestWithParam<const char*> {};

TEST_P(SmallerTypes, SayAboutTheSame) {
  const std::string name = GetParam();
  const Outputs expected = run(name, zoo::Type::kFloat32);
  ASSERT_FALSE(expected.real.empty());
  const bool words = expected.input == BATON_INT32;
  const struct {
    zoo::Type type;
    baton_dtype input;
    double decibels;
    double share_of_file;
  } kCases[] = {
      // Half of the bits, 11 of 24 of them significant; the rest of the file stays.
      {zoo::Type::kFloat16, BATON_FLOAT32, 50, 0.62},
      // 8 bits are some 40 dB in one layer; deep networks with made-up weights add up the noise.
      {zoo::Type::kDynamic, BATON_FLOAT32, 28, 0.5},
      {zoo::Type::kInt8, BATON_INT8, 22, 0.5},
      {zoo::Type::kUint8, BATON_UINT8, 22, 0.5},
  };
  for (const auto& test : kCases) {
    const Outputs actual = run(name, test.type);
    ASSERT_EQ(actual.real.size(), expected.real.size());
    EXPECT_EQ(actual.input, words ? BATON_INT32 : test.input);
    const double decibels = signal_to_noise(actual, expected);
    EXPECT_GE(decibels, test.decibels) << zoo::type_names()[static_cast<size_t>(test.type)];
    const double share = static_cast<double>(actual.bytes) / static_cast<double>(expected.bytes);
    EXPECT_LT(share, test.share_of_file) << zoo::type_names()[static_cast<size_t>(test.type)];
    RecordProperty(zoo::type_names()[static_cast<size_t>(test.type)], std::to_string(decibels));
  }
}

INSTANTIATE_TEST_SUITE_P(Zoo, SmallerTypes,
                         testing::Values("mobilenet_v1_0.25_128", "mobilenet_v2_0.35_96",
                                         "mobilenet_v3_small", "squeezenet_1.1", "ds_cnn",
                                         "lstm_tagger", "transformer_encoder"));

}  // namespace
}  // namespace baton::test
