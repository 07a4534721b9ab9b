// Networks of the zoo beside the real files of the same name: the same operators in the same order,
// with weights of the same shapes.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "baton/baton.hpp"
#include "benchmarks/zoo/zoo.h"

namespace baton::test {
namespace {

const std::filesystem::path kModels = std::filesystem::path(BATON_SHARED_DIR) / "models/tflite";

// An operator with the shapes of its output and, where it has weights, of those: "CONV_2D
// [1,112,112,32] [32,3,3,3] [32]". Shapes that RESHAPE takes as an input may have sizes of -1.
std::vector<std::string> describe(const Model& model) {
  const baton_graph& graph = *model.subgraph(0);
  const auto shape = [&](int32_t index) {
    const baton_tensor& tensor = *graph.tensor(&graph, index);
    std::string text = " [";
    for (uint32_t i = 0; i < tensor.rank; ++i) {
      text += (i == 0 ? "" : ",") + std::to_string(tensor.dims[i]);
    }
    return text + "]";
  };
  std::vector<std::string> lines;
  for (uint32_t n = 0; n < graph.node_count(&graph); ++n) {
    const baton_node& node = *graph.node(&graph, n);
    std::string line = node.name + shape(node.outputs[0]);
    for (uint32_t i = 1; i < node.input_count && node.op != BATON_OP_RESHAPE; ++i) {
      const baton_tensor& input = *graph.tensor(&graph, node.inputs[i]);
      if ((input.flags & BATON_TENSOR_CONSTANT) != 0) line += shape(node.inputs[i]);
    }
    lines.push_back(line);
  }
  return lines;
}

// What they may differ in: an operator of the file that ours has another one for.
struct Difference {
  std::string file;
  std::string ours;
};

struct Pair {
  const char* network;
  const char* file;
  Difference difference = {};
};
const Pair kPairs[] = {
    {"mobilenet_v1_0.25_128", "imagenet/mobilenet_v1_0.25_128_float.tflite"},
    {"mobilenet_v1_0.25_224",
     "imagenet/mobilenet_v1_0.25_224_float.tflite",
     {"SQUEEZE [1,1001]", "RESHAPE [1,1001]"}},
    {"mobilenet_v2_1.0_224", "imagenet/mobilenet_v2_1.0_224_float_dequantized.tflite"},
    {"ds_cnn", "audio/kws_ref_model_float32.tflite"},
};

TEST(RealModels, AreBuiltAlike) {
  if (!std::filesystem::exists(BATON_SHARED_DIR)) GTEST_SKIP() << "needs " << BATON_SHARED_DIR;
  auto runtime = Runtime::create();
  ASSERT_TRUE(runtime);
  for (const Pair& pair : kPairs) {
    const auto real = runtime->load((kModels / pair.file).string());
    ASSERT_TRUE(real) << real.message();
    const std::vector<uint8_t> file = zoo::build(pair.network);
    const auto ours = runtime->load(file.data(), file.size());
    ASSERT_TRUE(ours) << ours.message();
    std::vector<std::string> expected = describe(*real);
    std::replace(expected.begin(), expected.end(), pair.difference.file, pair.difference.ours);
    EXPECT_EQ(describe(*ours), expected) << pair.network;
  }
}

}  // namespace
}  // namespace baton::test
