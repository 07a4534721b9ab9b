// A network of the zoo on the reference kernels, and what its layers gave.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace baton::test {

// Of one output of one node, float32.
struct LayerStatistics {
  std::string name;
  std::string op;
  double mean = 0;
  double deviation = 0;
  double zeros = 0;    // share of elements that are 0
  double ceiling = 0;  // share of elements that are 6
  bool finite = true;
};

struct NetworkRun {
  std::vector<LayerStatistics> layers;
  std::vector<std::vector<float>> outputs;
};

// Runs on the made-up inputs of numbers 1 to `count`. Fails the test and gives nothing when the
// network cannot be run.
std::vector<NetworkRun> run_network(std::string_view name, uint64_t count);

}  // namespace baton::test
