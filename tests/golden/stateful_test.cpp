// State from run to run: recorded fourth runs of models with variables, and the same steps again
// after a reset.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "baton/baton.hpp"
#include "tests/support/compare.h"
#include "tests/support/generator.h"
#include "tests/support/golden.h"

namespace baton::test {
namespace {

namespace fs = std::filesystem;

const fs::path kShared = BATON_SHARED_DIR;

struct Opened {
  Runtime runtime = or_throw(Runtime::create());
  Model model;
  Session session;

  explicit Opened(const std::string& name)
      : model(or_throw(runtime.load((kShared / "models" / "tflite" / name).string()))),
        session(or_throw(or_throw(model.compile()).session())) {}

  std::vector<std::byte> output(uint32_t i) const {
    std::vector<std::byte> bytes(session.output(i).bytes);
    or_throw(session.get_output(i, bytes.data(), bytes.size()));
    return bytes;
  }
};

TEST(Stateful, FourthRunsAreTheRecordedOnes) {
  if (!fs::exists(kShared)) GTEST_SKIP() << "no shared data";
  std::string problem;
  const std::vector<std::string> models = stateful_models(kShared, &problem);
  ASSERT_FALSE(models.empty()) << problem;
  for (const std::string& name : models) {
    SCOPED_TRACE(name);
    const auto golden =
        read_golden(kShared / "golden" / fs::path(name).replace_extension(), &problem, "step4_");
    ASSERT_TRUE(golden) << problem;
    Opened opened(name);
    for (int run = 0; run < 4; ++run) {
      for (uint32_t i = 0; i < golden->inputs.size(); ++i) {
        const GoldenTensor& input = golden->inputs[i];
        const auto bytes = generate_input(input.dtype, input.elements());
        or_throw(opened.session.set_input(i, bytes.data(), bytes.size()));
      }
      or_throw(opened.session.run());
    }
    for (uint32_t i = 0; i < golden->outputs.size(); ++i) {
      expect_golden(golden->outputs[i], opened.output(i), 1e-5, name);
    }
  }
}

// Outputs of `count` runs, each on other inputs.
std::vector<std::vector<std::byte>> steps(Opened& opened, int count) {
  std::vector<std::vector<std::byte>> results;
  for (int step = 0; step < count; ++step) {
    for (uint32_t i = 0; i < opened.session.input_count(); ++i) {
      const baton_tensor& input = opened.session.input(i);
      std::vector<std::byte> bytes(input.bytes);
      const size_t element = element_size(input.dtype);
      const auto pattern = generate_input(input.dtype, input.bytes / element + 16);
      const size_t offset = static_cast<size_t>(step) * element;
      std::copy_n(pattern.begin() + static_cast<std::ptrdiff_t>(offset), bytes.size(),
                  bytes.begin());
      or_throw(opened.session.set_input(i, bytes.data(), bytes.size()));
    }
    or_throw(opened.session.run());
    results.push_back(opened.output(0));
  }
  return results;
}

TEST(Stateful, TenStepsAgainAfterAReset) {
  if (!fs::exists(kShared)) GTEST_SKIP() << "no shared data";
  for (const char* name :
       {"audio/dtln_noise_suppression.tflite", "mnist/mnist_lstm_float.tflite"}) {
    SCOPED_TRACE(name);
    Opened opened(name);
    const auto first = steps(opened, 10);
    EXPECT_NE(steps(opened, 10), first) << "state must go on";
    or_throw(opened.session.reset_state());
    EXPECT_EQ(steps(opened, 10), first);
  }
}

}  // namespace
}  // namespace baton::test
