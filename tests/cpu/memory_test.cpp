// Memory of a real network on the CPU delegate: packed weights once, the arena, and little else.
// Figures are of the process, from the kernel.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/cpu/harness.h"

namespace baton::test {
namespace {

constexpr double kMegabyte = 1 << 20;

// Sums a field of /proc/self/smaps, in bytes, over the mappings of a file, or, for "", over all.
double mapped(const std::string& file, const std::string& field) {
  std::ifstream maps("/proc/self/smaps");
  bool counts = false;
  double kilobytes = 0;
  for (std::string line; std::getline(maps, line);) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word.back() != ':') {
      // A mapping's first line: its addresses ... its path.
      counts = file.empty() || line.ends_with(file);
    } else if (counts && word == field + ":") {
      double value = 0;
      words >> value;
      kilobytes += value;
    }
  }
  return kilobytes * 1024;
}

double dirty() { return mapped("", "Private_Dirty"); }

double constant_bytes(const Model& model) {
  const baton_graph& graph = *model.subgraph(0);
  double bytes = 0;
  for (uint32_t t = 0; t < graph.tensor_count(&graph); ++t) {
    const baton_tensor& tensor = *graph.tensor(&graph, static_cast<int32_t>(t));
    if (tensor.data != nullptr) bytes += static_cast<double>(tensor.bytes);
  }
  return bytes;
}

// What the process has before any model: code of the delegate, pools of memory and of threads.
void warm_up() { make_session(load(movement_model(BATON_FLOAT32)), on_cpu(), 2); }

struct Network {
  const char* name;
  const char* file;
  // Packed weights are larger than those in the file by this: rows are filled up to whole vectors.
  double packing;
};

class CpuMemory : public testing::TestWithParam<Network> {};

TEST_P(CpuMemory, PackedWeightsAndTheArena) {
  if (!std::filesystem::exists(BATON_SHARED_DIR)) GTEST_SKIP() << "no shared data";
  const Network& network = GetParam();
  warm_up();
  const double before = dirty();
  const Runtime runtime = or_throw(Runtime::create());
  const std::string folder = std::string(BATON_SHARED_DIR) + "/models/tflite/imagenet/";
  const Model model = or_throw(runtime.load(folder + network.file));
  const double weights = constant_bytes(model);
  const Compiled compiled = or_throw(model.compile(on_cpu()));
  const double compiled_at = dirty();
  Session session = or_throw(compiled.session(2));
  run_on_pattern(session);
  const double after = dirty();
  const auto arena = static_cast<double>(session.memory().arena_lower_bound);
  const double left = mapped(network.file, "Rss");
  std::printf(
      "%-46s weights %.1f MB, compiled %+.1f MB, session %+.1f MB, arena at least %.1f MB, of "
      "the file in memory %.1f MB\n",
      network.file, weights / kMegabyte, (compiled_at - before) / kMegabyte,
      (after - compiled_at) / kMegabyte, arena / kMegabyte, left / kMegabyte);
  constexpr double kGraph = 1.5 * kMegabyte;  // nodes, tensors and steps
  EXPECT_LT(compiled_at - before, weights * network.packing + kGraph);
  EXPECT_LT(after - before, weights * network.packing + 1.1 * arena + kGraph);
  EXPECT_LT(left, weights / 4) << "packed constants are to be let go";
}

// ctest gives each a process of its own: what the other has left would hide what this takes.
INSTANTIATE_TEST_SUITE_P(
    MobileNetV2, CpuMemory,
    testing::Values(Network{"float", "mobilenet_v2_1.0_224_float_dequantized.tflite", 1.1},
                    Network{"quantised", "mobilenet_v2_1.0_224_quant.tflite", 1.2}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace baton::test
