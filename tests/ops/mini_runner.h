// Runs a model's first subgraph node by node on the reference kernels, without graph, plan or
// session: proves the kernels by themselves.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace baton::test {

struct ModelOutput {
  std::string name;
  int32_t dtype = 0;
  std::vector<int32_t> dims;
  std::vector<uint8_t> bytes;
};

struct ModelRun {
  std::string error;  // empty: it ran
  std::vector<ModelOutput> outputs;
  double seconds = 0;
};

// Inputs are filled by the generator of the recorded outputs.
ModelRun run_model(const std::string& path);

}  // namespace baton::test
