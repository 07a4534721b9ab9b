// The same steps again after a reset: real models with state.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "tests/golden/model_run.h"
#include "tests/support/generator.h"

namespace baton::test {
namespace {

// First outputs of ten runs, each on other inputs.
void ten_steps(ModelRun& run, std::vector<std::vector<std::byte>>* outputs) {
  for (size_t step = 0; step < 10; ++step) {
    for (uint32_t i = 0; i < run.session().input_count(); ++i) {
      const baton_tensor& input = run.session().input(i);
      // A window on the generator's sequence that moves on by one element.
      const size_t element = element_size(input.dtype);
      const auto sequence = generate_input(input.dtype, input.bytes / element + step);
      ASSERT_EQ(run.set(i, sequence.data() + step * element, input.bytes), "");
    }
    ASSERT_EQ(run.run(), "");
    outputs->push_back(run.output<std::byte>(0));
  }
}

TEST(Stateful, TenStepsAgainAfterAReset) {
  if (!shared_data()) GTEST_SKIP() << "no shared data";
  const struct {
    const char* name;
    bool output_shows_state;  // the keyword spotter says the same at each of these steps
  } models[] = {{"audio/dtln_noise_suppression.tflite", true},
                {"mnist/mnist_lstm_float.tflite", true},
                {"audio/keyword_scrambled_16x8.tflite", false}};
  for (const auto& model : models) {
    SCOPED_TRACE(model.name);
    ModelRun run(kModels / "tflite" / model.name);
    ASSERT_EQ(run.problem(), "");
    std::vector<std::vector<std::byte>> first, next, again;
    ten_steps(run, &first);
    ten_steps(run, &next);
    EXPECT_EQ(next != first, model.output_shows_state);
    ASSERT_EQ(run.session().reset_state().message(), "");
    ten_steps(run, &again);
    EXPECT_EQ(again, first);
  }
}

}  // namespace
}  // namespace baton::test
