// Real and built models, cut off and damaged in ways that a seed makes repeatable. Whatever comes
// out of it must be refused with a sentence, or run.
//
// BATON_MUTATIONS=N tries N mutations of each model instead of 500; BATON_MUTATION_SEED=S only the
// one with the number S.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/fuzz/drive.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/seed_models.h"

namespace baton::fuzz {
namespace {

namespace fs = std::filesystem;
using File = std::vector<uint8_t>;

File read(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

bool shared_is_there() { return fs::is_directory(BATON_SHARED_DIR); }
File shared_model(const char* name) {
  return read(fs::path(BATON_SHARED_DIR) / "models" / "tflite" / name);
}

uint64_t number_from_environment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

// Where many share the machine, a run that is stopped too early would test nothing.
RunOptions options_of(uint64_t seed) {
  return {.seed = seed, .max_tensor_bytes = 16 << 20, .timeout_ns = 3'000'000'000};
}

void expect_runs(const File& file) {
  const Outcome outcome = run(file, options_of(0));
  EXPECT_GT(outcome.runs, 0u) << outcome.message;
  EXPECT_EQ(outcome.violation, "");
}

// Success or a sentence, within ten seconds.
Outcome expect_survived(const File& file, const RunOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  const Outcome outcome = run(file, options);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(outcome.violation, "");
  EXPECT_LT(took.count(), 10.0);
  return outcome;
}

void expect_every_truncation_survived(const File& whole) {
  ASSERT_FALSE(whole.empty());
  expect_runs(whole);
  for (size_t size = 0; size < whole.size(); size += 64) {
    SCOPED_TRACE(testing::Message() << "the first " << size << " bytes");
    const File part(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
    expect_survived(part, options_of(0));
    EXPECT_EQ(inspect(part).violation, "");
  }
}

TEST(Truncation, Sample) {
  const fs::path sample = fs::path(BATON_SOURCE_DIR) / "examples/shapes_classifier/shapes.tflite";
  expect_every_truncation_survived(read(sample));
}

TEST(Truncation, RealModel) {
  if (!shared_is_there()) GTEST_SKIP() << "no shared models";
  expect_every_truncation_survived(shared_model("audio/micro_speech_quantized.tflite"));
}

struct Case {
  const char* name;
  File (*built)();     // or
  const char* shared;  // a model of the shared folder
};

class Mutation : public testing::TestWithParam<Case> {};

TEST_P(Mutation, Survived) {
  const Case& c = GetParam();
  if (c.built == nullptr && !shared_is_there()) GTEST_SKIP() << "no shared models";
  const File whole = c.built != nullptr ? c.built() : shared_model(c.shared);
  ASSERT_FALSE(whole.empty());

  const uint64_t only = number_from_environment("BATON_MUTATION_SEED", UINT64_MAX);
  const uint64_t count = number_from_environment("BATON_MUTATIONS", 500);
  expect_runs(whole);
  uint64_t ran = 0;
  for (uint64_t seed = 0; seed < count; ++seed) {
    if (only != UINT64_MAX && seed != only) continue;
    SCOPED_TRACE(testing::Message() << "BATON_MUTATION_SEED=" << seed);
    Noise noise(seed);
    File file = whole;
    mutate(file, noise, whole.size() + 1024);
    ran += expect_survived(file, options_of(seed)).runs != 0 ? 1 : 0;
  }
  std::printf("%llu of %llu mutants ran\n", static_cast<unsigned long long>(ran),
              static_cast<unsigned long long>(count));
  if (only == UINT64_MAX && count >= 500) {
    EXPECT_GT(ran, 0u);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Models, Mutation,
    testing::Values(Case{"Conv", conv_model, nullptr}, Case{"Lstm", lstm_model, nullptr},
                    Case{"Svdf", svdf_model, nullptr}, Case{"Dynamic", dynamic_model, nullptr},
                    Case{"SharedConv", nullptr, "audio/kws_ref_model_int8.tflite"},
                    Case{"SharedLstm", nullptr, "mnist/keras_lstm_mnist_ptq.tflite"},
                    Case{"SharedSvdf", nullptr, "audio/keyword_scrambled_16x8.tflite"},
                    Case{"SharedDynamic", nullptr, "segmentation/dilated_conv_dynamic.tflite"}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace baton::fuzz
