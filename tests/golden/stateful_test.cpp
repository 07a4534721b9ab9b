// The same steps again after a reset: real models with state, and a built one.
#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "tests/fuzz/seed_models.h"
#include "tests/golden/model_run.h"
#include "tests/support/generator.h"

namespace baton::test {
namespace {

using Steps = std::vector<std::vector<std::byte>>;

constexpr size_t kSteps = 10;

// First outputs of ten runs, each on other inputs.
Steps ten_steps(ModelRun& run) {
  Steps outputs;
  for (size_t step = 0; step < kSteps; ++step) {
    for (uint32_t i = 0; i < run.session().input_count(); ++i) {
      const baton_tensor& input = run.session().input(i);
      // A window on the generator's sequence that moves on by one element.
      const size_t element = element_size(input.dtype);
      const auto sequence = generate_input(input.dtype, input.bytes / element + step);
      EXPECT_EQ(run.set(i, sequence.data() + step * element, input.bytes), "");
    }
    EXPECT_EQ(run.run(), "");
    outputs.push_back(run.output<std::byte>(0));
  }
  return outputs;
}

TEST(Stateful, TenStepsAgainAfterAReset) {
  if (!shared_data()) GTEST_SKIP() << "no shared data";
  for (const char* name :
       {"audio/dtln_noise_suppression.tflite", "mnist/mnist_lstm_float.tflite"}) {
    SCOPED_TRACE(name);
    ModelRun run(kModels / "tflite" / name);
    ASSERT_EQ(run.problem(), "");
    const Steps first = ten_steps(run);
    EXPECT_TRUE(ten_steps(run) != first);
    ASSERT_EQ(run.session().reset_state().message(), "");
    EXPECT_EQ(ten_steps(run), first);
  }
}

// The keyword spotter says the same at each of these steps; its SVDF operators do not, but for one
// that is at the ends of its range.
TEST(Stateful, SvdfsOfARealModel) {
  if (!shared_data()) GTEST_SKIP() << "no shared data";
  ModelRun run(kModels / "tflite/audio/keyword_scrambled_16x8.tflite");
  ASSERT_EQ(run.problem(), "");
  std::map<int32_t, Steps> written;  // by output
  const baton_graph& graph = *run.model().subgraph(0);
  for (uint32_t n = 0; n < graph.node_count(&graph); ++n) {
    const baton_node& node = *graph.node(&graph, n);
    if (node.op != BATON_OP_SVDF) continue;
    const auto note = [](void* steps, uint32_t, const baton_tensor* tensor) {
      const auto* data = static_cast<const std::byte*>(tensor->data);
      static_cast<Steps*>(steps)->emplace_back(data, data + tensor->bytes);
    };
    ASSERT_EQ(run.session().tap(0, node.outputs[0], note, &written[node.outputs[0]]).message(), "");
  }
  ASSERT_EQ(written.size(), 7u);
  const auto svdf_steps = [&] {
    for (auto& [output, steps] : written) steps.clear();
    ten_steps(run);
    return written;
  };
  const auto first = svdf_steps();
  const auto next = svdf_steps();
  ASSERT_EQ(run.session().reset_state().message(), "");
  const auto again = svdf_steps();
  size_t different = 0;
  for (const auto& [output, steps] : first) {
    ASSERT_EQ(steps.size(), kSteps);
    different += steps != next.at(output);
    EXPECT_TRUE(steps == again.at(output)) << "tensor " << output;
  }
  EXPECT_EQ(different, 6u);
}

// One input for each step: while the memory of five steps fills up, each output differs from the
// one before, and then no more.
TEST(Stateful, BuiltSvdfFillsItsMemory) {
  constexpr size_t kMemory = 5;
  const auto file = std::filesystem::path(testing::TempDir()) / "stateful_svdf.tflite";
  const std::vector<uint8_t> content = fuzz::svdf_model();
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(content.data()),
             static_cast<std::streamsize>(content.size()));
  ModelRun run(file);
  ASSERT_EQ(run.problem(), "");
  const auto ten_equal_steps = [&] {
    Steps outputs;
    for (size_t step = 0; step < kSteps; ++step) {
      EXPECT_EQ(run.set(0, std::vector<float>{0.5f, -1, 2}), "");
      EXPECT_EQ(run.run(), "");
      outputs.push_back(run.output<std::byte>(0));
    }
    return outputs;
  };
  const Steps first = ten_equal_steps();
  for (size_t step = 1; step < kSteps; ++step) {
    SCOPED_TRACE(step);
    EXPECT_EQ(first[step] != first[step - 1], step < kMemory);
  }
  EXPECT_TRUE(ten_equal_steps() != first);
  ASSERT_EQ(run.session().reset_state().message(), "");
  EXPECT_EQ(ten_equal_steps(), first);

  ASSERT_EQ(run.session().reset_state().message(), "");
  const Steps moving = ten_steps(run);
  EXPECT_TRUE(ten_steps(run) != moving);
  ASSERT_EQ(run.session().reset_state().message(), "");
  EXPECT_EQ(ten_steps(run), moving);
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace baton::test
