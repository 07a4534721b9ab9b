// Real models against what TensorFlow Lite's reference kernels answered, through the public API.

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <memory>

#include "baton/baton.h"
#include "tests/support/compare.h"
#include "tests/support/generator.h"
#include "tests/support/golden.h"

namespace baton::test {
namespace {

struct Destroy {
  void operator()(baton_runtime* object) const { baton_runtime_destroy(object); }
  void operator()(baton_model* object) const { baton_model_destroy(object); }
  void operator()(baton_compiled* object) const { baton_compiled_destroy(object); }
  void operator()(baton_session* object) const { baton_session_destroy(object); }
};
template <typename T>
using Handle = std::unique_ptr<T, Destroy>;

std::string take(baton_error* error) {
  std::string text = baton_error_message(error);
  baton_error_destroy(error);
  return text;
}

class GoldenTest : public testing::TestWithParam<GoldenEntry> {};

TEST_P(GoldenTest, Agrees) {
  const GoldenEntry& entry = GetParam();
  std::string problem;
  const auto golden = read_golden(entry.folder, &problem);
  ASSERT_TRUE(golden) << problem;

  baton_error* error = nullptr;
  baton_runtime* runtime = nullptr;
  ASSERT_EQ(baton_runtime_create(nullptr, &runtime, &error), BATON_OK) << take(error);
  const Handle<baton_runtime> keep_runtime(runtime);
  baton_model* model = nullptr;
  ASSERT_EQ(baton_model_load_file(runtime, entry.model_path.c_str(), nullptr, &model, &error),
            BATON_OK)
      << take(error);
  const Handle<baton_model> keep_model(model);
  baton_compiled* compiled = nullptr;
  ASSERT_EQ(baton_model_compile(model, nullptr, &compiled, &error), BATON_OK) << take(error);
  const Handle<baton_compiled> keep_compiled(compiled);
  baton_session_options options = BATON_SESSION_OPTIONS_INIT;
  options.threads = 2;
  baton_session* session = nullptr;
  ASSERT_EQ(baton_session_create(compiled, &options, &session, &error), BATON_OK) << take(error);
  const Handle<baton_session> keep_session(session);

  ASSERT_EQ(baton_session_input_count(session), golden->inputs.size());
  for (uint32_t i = 0; i < golden->inputs.size(); ++i) {
    const GoldenTensor& input = golden->inputs[i];
    const auto bytes = generate_input(input.dtype, input.elements());
    ASSERT_EQ(baton_session_set_input(session, i, bytes.data(), bytes.size(), &error), BATON_OK)
        << take(error);
  }
  ASSERT_EQ(baton_session_run(session, &error), BATON_OK) << take(error);
  ASSERT_EQ(baton_session_output_count(session), golden->outputs.size());
  for (uint32_t i = 0; i < golden->outputs.size(); ++i) {
    const baton_tensor* output = baton_session_output(session, i);
    const auto* data = static_cast<const std::byte*>(baton_session_output_data(session, i));
    const Comparison comparison = expect_golden(golden->outputs[i], {data, output->bytes}, 1e-5,
                                                entry.model + " output " + std::to_string(i));
    RecordProperty("output_" + std::to_string(i), comparison.text);
    std::printf("%-60s %s\n", entry.model.c_str(), comparison.text.c_str());
  }
}

std::vector<GoldenEntry> entries() {
  std::vector<GoldenEntry> result;
  std::string problem;
  for (const char* folder : {"imagenet/", "tiny/", "toy/"}) {
    for (GoldenEntry& entry : golden_index(BATON_SHARED_DIR, folder, &problem)) {
      if (entry.status == "ok") result.push_back(std::move(entry));
    }
  }
  return result;
}

std::string test_name(const testing::TestParamInfo<GoldenEntry>& info) {
  std::string name = info.param.model;
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Models, GoldenTest, testing::ValuesIn(entries()), test_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(GoldenTest);

// Where the shared data is there, the goldens of this issue must be, too.
TEST(GoldenIndex, HasTheModels) {
  if (!std::filesystem::exists(BATON_SHARED_DIR)) GTEST_SKIP() << "no shared data";
  EXPECT_GE(entries().size(), 19u);
}

}  // namespace
}  // namespace baton::test
