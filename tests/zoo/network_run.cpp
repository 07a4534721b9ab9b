#include "tests/zoo/network_run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "baton/baton.hpp"
#include "benchmarks/zoo/zoo.h"

namespace baton::test {
namespace {

void measure(void* user, uint32_t, const baton_tensor* tensor) {
  auto& layer = *static_cast<LayerStatistics*>(user);
  const auto* values = static_cast<const float*>(tensor->data);
  const uint64_t count = tensor->bytes / sizeof(float);
  double sum = 0, squares = 0;
  uint64_t zeros = 0, ceiling = 0;
  for (uint64_t i = 0; i < count; ++i) {
    const double value = values[i];
    sum += value;
    squares += value * value;
    zeros += value == 0;
    ceiling += value == 6;
    layer.finite = layer.finite && std::isfinite(value);
  }
  const auto of = static_cast<double>(count);
  layer.mean = sum / of;
  layer.deviation = std::sqrt(std::max(squares / of - layer.mean * layer.mean, 0.0));
  layer.zeros = static_cast<double>(zeros) / of;
  layer.ceiling = static_cast<double>(ceiling) / of;
}

// Makes a layer for each float32 output of a node, which the next run fills.
void tap_layers(const baton_graph& graph, Session& session, std::vector<LayerStatistics>& layers) {
  std::vector<int32_t> tensors;
  for (uint32_t n = 0; n < graph.node_count(&graph); ++n) {
    const baton_node& node = *graph.node(&graph, n);
    for (uint32_t i = 0; i < node.output_count; ++i) {
      const baton_tensor& tensor = *graph.tensor(&graph, node.outputs[i]);
      if (tensor.dtype != BATON_FLOAT32) continue;
      layers.push_back({.name = tensor.name, .op = node.name});
      tensors.push_back(node.outputs[i]);
    }
  }
  for (size_t i = 0; i < layers.size(); ++i) {
    const Status status = session.tap(0, tensors[i], measure, &layers[i]);
    EXPECT_TRUE(status) << status.message();
  }
}

}  // namespace

std::vector<NetworkRun> run_network(std::string_view name, uint64_t count) {
  const std::vector<uint8_t> file = zoo::build(name);
  auto runtime = Runtime::create();
  auto model = runtime->load(file.data(), file.size());
  EXPECT_TRUE(model) << model.message();
  if (!model) return {};
  auto compiled = model->compile();
  EXPECT_TRUE(compiled) << compiled.message();
  if (!compiled) return {};
  auto session = compiled->session();
  EXPECT_TRUE(session) << session.message();
  if (!session) return {};

  std::vector<NetworkRun> runs(count);
  for (uint64_t number = 1; number <= count; ++number) {
    NetworkRun& run = runs[number - 1];
    const auto contents = zoo::made_up_inputs(name, number);
    for (uint32_t i = 0; i < session->input_count(); ++i) {
      EXPECT_TRUE(session->set_input(i, contents[i].data(), contents[i].size()));
    }
    tap_layers(*model->subgraph(0), *session, run.layers);
    // Each run is the first: states are zero.
    EXPECT_TRUE(session->reset_state());
    const Status status = session->run();
    EXPECT_TRUE(status) << status.message();
    for (uint32_t i = 0; i < session->output_count(); ++i) {
      const auto* data = session->output_data<float>(i);
      run.outputs.emplace_back(data, data + session->output(i).bytes / sizeof(float));
    }
  }
  return runs;
}

}  // namespace baton::test
