#include "tests/zoo/activations.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "tests/zoo/network_run.h"

namespace baton::test {
namespace {

struct Bounds {
  const char* op;
  double least;  // deviation
  double most;
};
constexpr Bounds kBounds[] = {{"CONV_2D", 0.1, 6},         {"DEPTHWISE_CONV_2D", 0.1, 6},
                              {"FULLY_CONNECTED", 0.1, 6}, {"UNIDIRECTIONAL_SEQUENCE_LSTM", 0.1, 1},
                              {"HARD_SWISH", 0.1, 3},      {"GELU", 0.1, 3},
                              {"BATCH_MATMUL", 0.1, 12}};
// Gates stand around 1/2 and need not move much.
constexpr double kLeastOfGates = 0.03;

void expect_sane(const LayerStatistics& layer) {
  SCOPED_TRACE(layer.op + " '" + layer.name + "'");
  EXPECT_TRUE(layer.finite);
  EXPECT_LT(layer.ceiling, 0.5);
  for (const Bounds& bounds : kBounds) {
    if (layer.op != bounds.op) continue;
    const bool gates = layer.name.find("/se/") != std::string::npos;
    EXPECT_GT(layer.deviation, gates ? kLeastOfGates : bounds.least);
    EXPECT_LT(layer.deviation, bounds.most);
    EXPECT_LT(layer.zeros, 0.95);
  }
}

bool is_last(const NetworkRun& run, size_t layer) { return layer + 1 == run.layers.size(); }

// Rows of probabilities, whose length follows from their sum.
void expect_sane_probabilities(const std::vector<float>& values) {
  double sum = 0;
  for (const float value : values) sum += value;
  const auto rows = static_cast<size_t>(std::lround(sum));
  ASSERT_GT(rows, 0u);
  const size_t classes = values.size() / rows;
  for (size_t row = 0; row < rows; ++row) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(row * classes);
    const double largest = *std::max_element(begin, begin + static_cast<std::ptrdiff_t>(classes));
    EXPECT_GT(largest, 1.5 / static_cast<double>(classes)) << "uniform, row " << row;
    EXPECT_LT(largest, 0.99) << "one-hot, row " << row;
  }
}

}  // namespace

void expect_sane_activations(std::string_view name) {
  const std::vector<NetworkRun> runs = run_network(name, 2);
  ASSERT_EQ(runs.size(), 2u);
  const NetworkRun& run = runs[0];
  const NetworkRun& other = runs[1];
  for (const LayerStatistics& layer : run.layers) expect_sane(layer);
  for (size_t i = 0; i < run.layers.size(); ++i) {
    if (run.layers[i].op == "SOFTMAX" && is_last(run, i)) {
      expect_sane_probabilities(run.outputs[0]);
    }
  }

  double difference = 0, size = 0;
  for (size_t i = 0; i < run.outputs[0].size(); ++i) {
    difference += std::abs(run.outputs[0][i] - other.outputs[0][i]);
    size += std::abs(run.outputs[0][i]);
  }
  EXPECT_GT(difference, 0.03 * size) << "two inputs give nearly the same output";
}

}  // namespace baton::test
