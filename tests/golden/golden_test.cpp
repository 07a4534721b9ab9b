// Every model at hand against what TensorFlow Lite's reference kernels answered, or why they
// refused it, through the public API. Each model is a test.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/golden/model_run.h"
#include "tests/support/compare.h"
#include "tests/support/generator.h"
#include "tests/support/golden.h"

namespace baton::test {
namespace {

// Floats agree within this much of the largest value, but for these.
constexpr double kTolerance = 1e-5;
const std::map<std::string, double> kTolerances = {};

// Our answers to models that TensorFlow Lite refused, or aborted on: part of the sentence with
// which loading, compiling or the first run fails; "" where we accept.
const std::map<std::string, std::string> kRefused = {
    // Strings, which the recorder did not fill in.
    {"small/java/string.bin", "operator 0 (RESHAPE): string input is not supported"},
    {"small/java/string_scalar.bin", "operator 0 (RESHAPE): string input is not supported"},
    {"small/runtime/string_input_model.bin", "operator 0 (RESHAPE): string input is not supported"},
    {"small/runtime/string_input_model_with_signature.bin", ""},
    // Custom operators that neither has.
    {"small/java/with_custom_op.lite", "the custom operator 'Assign' (1 node"},
    {"small/litert/dynamic_string_custom_ops.tflite", "the custom operator 'Normalize'"},
    {"small/litert/max_unpooling_2d_valid.tflite", "the custom operator 'LiteRtMaxUnpooling2D'"},
    {"small/python/string_input_flex_model.bin",
     "the custom operator 'FlexStringToHashBucketFast'"},
    {"small/runtime/softplus_flex.bin", "the custom operator 'FlexSoftplus'"},
    {"small/runtime/with_metadata.bin", "the custom operator 'NPU_OP'"},
    {"text/nl_classifier_custom_string_ops.tflite",
     "the custom operators 'CUSTOM_OP_GENERATE_LABELS', 'CUSTOM_OP_STRING_TO_DOUBLES' and "
     "'CUSTOM_OP_STRING_TO_FLOATS' (3 nodes"},
    {"text/parse_example.tflite", "the custom operator 'ParseExampleV2'"},
    {"text/whitespace_tokenizer_to_tensor.tflite",
     "the custom operator 'tftext:WhitespaceTokenizer'"},
    // Broken files, broken for us, too.
    {"small/litert/blockwise_quantized.tflite", "input 1, tensor 2, lacks data"},
    {"small/litert/simple_squeeze.tflite", "(SQUEEZE): axis 1 is out of range for rank 0"},
    {"small/quantize/lstm_calibrated2.bin", "the size of its dimension 0 is -1"},
    {"small/quantize/svdf_calibrated.bin", "the sizes of weights, bias and state do not fit"},
    {"small/quantize/svdf_quantized.bin", "the sizes of weights, bias and state do not fit"},
    {"small/runtime/add_shared_tensors.bin", "output 0, tensor 1, is an input of the subgraph"},
    {"small/runtime/segment_sum_invalid_buffer.bin", "input 1, tensor 2, lacks data"},
    {"small/runtime/test_model.bin", "is a constant"},
    // Sizes and indices that the generator's input drives out of range. With the inputs that were
    // recorded for them they run: known_answers_test.cpp.
    {"int16_golden/transpose_conv/transpose_conv0.tflite", "the output shape asks for 5 images"},
    {"int16_golden/transpose_conv/transpose_conv2.tflite", "the output shape asks for 5 images"},
    {"int16_golden/transpose_conv/transpose_conv4.tflite", "the output shape asks for 5 images"},
    {"small/litert/simple_scatter_nd_op.tflite", "(SCATTER_ND): index 0 of row 0 is 5"},
    {"text/text_classification.tflite", "(GATHER): index 117 is -1; dimension 0 has size 10000"},
    // A quantised dimension that a scale for the whole tensor does not use.
    {"tiny/person_detect.tflite", ""},
};

std::string fill_inputs(ModelRun& run, const Golden& golden) {
  for (uint32_t i = 0; i < golden.inputs.size(); ++i) {
    const GoldenTensor& input = golden.inputs[i];
    const std::string problem = run.set(i, generate_input(input.dtype, input.elements()));
    if (!problem.empty()) return problem;
  }
  return "";
}

// "" when the model, run so many times, gives what was recorded.
std::string disagreement(const GoldenEntry& entry, const std::string& prefix, int runs) {
  std::string problem;
  const auto golden = read_golden(entry.folder, &problem, prefix);
  if (!golden) return problem;
  ModelRun run(entry.model_path);
  if (!run.problem().empty()) return run.problem();
  if (run.session().input_count() != golden->inputs.size() ||
      run.session().output_count() != golden->outputs.size()) {
    return "the numbers of inputs and outputs are not those recorded";
  }
  for (int i = 0; i < runs; ++i) {
    problem = fill_inputs(run, *golden);
    if (problem.empty()) problem = run.run();
    if (!problem.empty()) return problem;
  }
  const auto exception = kTolerances.find(entry.model);
  const double tolerance = exception != kTolerances.end() ? exception->second : kTolerance;
  for (uint32_t i = 0; i < golden->outputs.size(); ++i) {
    const GoldenTensor& expected = golden->outputs[i];
    const auto* data = run.session().output_data<std::byte>(i);
    const Comparison comparison = compare_golden(expected, {data, run.session().output(i).bytes});
    const std::string name = "output " + std::to_string(i);
    testing::Test::RecordProperty(name, comparison.text);
    std::printf("%-60s %s %s\n", entry.model.c_str(), name.c_str(), comparison.text.c_str());
    if (!agrees(expected, comparison, tolerance)) problem = name + ": " + comparison.text;
  }
  return problem;
}

void expect_agreement(const GoldenEntry& entry, const std::string& prefix, int runs) {
  EXPECT_EQ(disagreement(entry, prefix, runs), "");
}

class GoldenTest : public testing::TestWithParam<GoldenEntry> {};
TEST_P(GoldenTest, Agrees) { expect_agreement(GetParam(), "", 1); }

class StatefulTest : public testing::TestWithParam<GoldenEntry> {};
TEST_P(StatefulTest, AgreesAfterFourRuns) { expect_agreement(GetParam(), "step4_", 4); }

// Inputs of any kind but strings, which stay empty.
std::string run_once(ModelRun& run) {
  if (!run.problem().empty()) return run.problem();
  for (uint32_t i = 0; i < run.session().input_count(); ++i) {
    const baton_tensor& input = run.session().input(i);
    if (element_size(input.dtype) == 0) continue;
    const std::string problem =
        run.set(i, generate_input(input.dtype, input.bytes / element_size(input.dtype)));
    if (!problem.empty()) return problem;
  }
  return run.run();
}

class RefusedTest : public testing::TestWithParam<GoldenEntry> {};

TEST_P(RefusedTest, IsAnswered) {
  const GoldenEntry& entry = GetParam();
  const auto expected = kRefused.find(entry.model);
  ASSERT_NE(expected, kRefused.end()) << "what is our answer? TensorFlow Lite: " << entry.message;
  ModelRun run(entry.model_path);
  const std::string problem = run_once(run);
  std::printf("%-60s %s\n", entry.model.c_str(), problem.c_str());
  const bool right = expected->second.empty() ? problem.empty()
                                              : problem.find(expected->second) != std::string::npos;
  EXPECT_TRUE(right) << problem;
}

bool is_ok(const GoldenEntry& entry) { return entry.status == "ok"; }

std::vector<GoldenEntry> entries(bool ok) {
  std::string problem;
  std::vector<GoldenEntry> result = golden_index(kShared, "", &problem);
  std::erase_if(result, [&](const GoldenEntry& entry) { return is_ok(entry) != ok; });
  return result;
}

std::vector<GoldenEntry> stateful_entries() {
  std::string problem;
  const auto models = stateful_models(kShared, &problem);
  std::vector<GoldenEntry> result = entries(true);
  std::erase_if(result, [&](const GoldenEntry& entry) {
    return std::find(models.begin(), models.end(), entry.model) == models.end();
  });
  return result;
}

std::string test_name(const testing::TestParamInfo<GoldenEntry>& info) {
  std::string name = info.param.model;
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Models, GoldenTest, testing::ValuesIn(entries(true)), test_name);
INSTANTIATE_TEST_SUITE_P(Models, StatefulTest, testing::ValuesIn(stateful_entries()), test_name);
INSTANTIATE_TEST_SUITE_P(Models, RefusedTest, testing::ValuesIn(entries(false)), test_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(GoldenTest);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StatefulTest);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RefusedTest);

// Where the shared data is there, the goldens must be, too; and the tables name no others.
TEST(GoldenIndex, HasTheModels) {
  if (!shared_data()) GTEST_SKIP() << "no shared data";
  EXPECT_GE(entries(true).size(), 207u);
  EXPECT_EQ(entries(false).size(), kRefused.size());
  EXPECT_EQ(stateful_entries().size(), 7u);
  std::set<std::string> models;
  for (const bool ok : {true, false}) {
    for (const GoldenEntry& entry : entries(ok)) models.insert(entry.model);
  }
  for (const auto& [model, sentence] : kRefused) EXPECT_TRUE(models.contains(model)) << model;
  for (const auto& [model, tolerance] : kTolerances) EXPECT_TRUE(models.contains(model)) << model;
}

}  // namespace
}  // namespace baton::test
