// Memory of a real network on the CPU delegate: packed weights once, the arena, and little else.
// Figures are of the process, from the kernel.
#include <malloc.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "delegates/cpu/winograd_choice.h"
#include "delegates/kernels/gemm.h"
#include "delegates/kernels/kernel.h"
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

// Private dirty memory, but for pages of files (this program's, say) that nobody changed and that
// are not on the disk yet.
double dirty() { return mapped("", "Anonymous"); }

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

// Of conv_layers_model, as the kernels pack them: once, directly or transformed.
double packed_conv_layers() {
  const kernels::Isa level = kernels::best_level();
  const auto* gemm = kernels::find<const kernels::F32Gemm*>("gemm", "f32", level);
  double bytes = 0;
  cpu::ConvShape shape;
  shape.filter_height = shape.filter_width = 3;
  shape.depth = kConvLayersDepth;
  int32_t size = kConvLayersSize;
  for (const ConvLayer& layer : kConvLayers) {
    shape.channels = layer.channels;
    size /= layer.stride;
    const kernels::Winograd* winograd =
        layer.stride == 1 ? cpu::best_winograd(shape, {1, size, size}, level) : nullptr;
    const auto channels = static_cast<size_t>(layer.channels);
    bytes += static_cast<double>(
        winograd == nullptr ? packed_bytes(*gemm, channels, shape.taps(), shape.tap_depth())
                            : winograd->inputs * winograd->inputs *
                                  packed_bytes(*gemm, channels, 1, shape.tap_depth()));
    shape.depth = layer.channels;
  }
  return bytes;
}

// Where a model's constants are: in a mapped file, or in memory at addresses that delegates are not
// promised, so that they see copies.
struct Weights {
  const char* name;
  baton_dtype dtype;
  bool misaligned;
};

class CpuConvMemory : public testing::TestWithParam<Weights> {};

// The requirement, with nothing between it and the figures but what nodes and steps take.
TEST_P(CpuConvMemory, PackedWeightsAndTheArena) {
  const Weights& weights = GetParam();
  const File file = conv_layers_model(weights.dtype);
  const std::string path = (std::filesystem::temp_directory_path() /
                            ("baton_cpu_memory_test_" + std::string(weights.name) + ".tflite"))
                               .string();
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
  constexpr size_t kOff = 16;
  const std::unique_ptr<std::byte, decltype(&std::free)> memory(
      static_cast<std::byte*>(std::aligned_alloc(64, (file.size() + 2 * 64) / 64 * 64)), std::free);
  std::memcpy(memory.get() + kOff, file.data(), file.size());
  warm_up();
  // What making the model has left would hide what this takes.
  malloc_trim(0);
  const double packed = packed_conv_layers();
  const double before = dirty();
  const Runtime runtime = or_throw(Runtime::create());
  const Model model = or_throw(weights.misaligned ? runtime.load(memory.get() + kOff, file.size())
                                                  : runtime.load(path));
  const Compiled compiled = or_throw(model.compile(on_cpu()));
  const double compiled_at = dirty();
  Session session = or_throw(compiled.session(2));
  // On zeros: making an input would take memory, too.
  or_throw(session.run());
  const double after = dirty();
  const auto arena = static_cast<double>(session.memory().arena_lower_bound);
  std::printf(
      "%s: packed weights %.2f MB, compiled %+.2f MB, session %+.2f MB, arena at least %.2f\n",
      weights.name, packed / kMegabyte, (compiled_at - before) / kMegabyte,
      (after - compiled_at) / kMegabyte, arena / kMegabyte);
  constexpr double kGraph = kMegabyte;  // nodes, tensors and steps
  EXPECT_GT(compiled_at - before, 0.9 * packed) << "the delegate has not packed the weights";
  EXPECT_LT(compiled_at - before, packed + kGraph);
  EXPECT_LT(after - before, packed + 1.1 * arena + kGraph);
  std::filesystem::remove(path);
}

INSTANTIATE_TEST_SUITE_P(Convs, CpuConvMemory,
                         testing::Values(Weights{"float32", BATON_FLOAT32, false},
                                         Weights{"float16", BATON_FLOAT16, false},
                                         Weights{"misaligned", BATON_FLOAT32, true}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace baton::test
