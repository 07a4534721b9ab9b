// Every model at hand against what TensorFlow Lite's reference kernels answered, or why they
// refused it, through the public API. Each model is a test.

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/golden/agreement.h"

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

void expect_agreement(const GoldenEntry& entry, const std::string& prefix, int runs) {
  const auto exception = kTolerances.find(entry.model);
  const double tolerance = exception != kTolerances.end() ? exception->second : kTolerance;
  ModelRun run(entry.model_path);
  EXPECT_EQ(disagreement(run, entry, prefix, runs, tolerance), "");
}

class GoldenTest : public testing::TestWithParam<GoldenEntry> {};
TEST_P(GoldenTest, Agrees) { expect_agreement(GetParam(), "", 1); }

class StatefulTest : public testing::TestWithParam<GoldenEntry> {};
TEST_P(StatefulTest, AgreesAfterFourRuns) { expect_agreement(GetParam(), "step4_", 4); }

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

INSTANTIATE_TEST_SUITE_P(Models, GoldenTest, testing::ValuesIn(recorded_entries()), name_of_test);
INSTANTIATE_TEST_SUITE_P(Models, StatefulTest, testing::ValuesIn(stateful_entries()), name_of_test);
INSTANTIATE_TEST_SUITE_P(Models, RefusedTest, testing::ValuesIn(refused_entries()), name_of_test);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(GoldenTest);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StatefulTest);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RefusedTest);

// Where the shared data is there, the goldens must be, too; and the tables name no others.
TEST(GoldenIndex, HasTheModels) {
  if (!shared_data()) GTEST_SKIP() << "no shared data";
  EXPECT_GE(recorded_entries().size(), 207u);
  EXPECT_EQ(refused_entries().size(), kRefused.size());
  EXPECT_EQ(stateful_entries().size(), 7u);
  std::set<std::string> models;
  for (const GoldenEntry& entry : recorded_entries()) models.insert(entry.model);
  for (const GoldenEntry& entry : refused_entries()) models.insert(entry.model);
  for (const auto& [model, sentence] : kRefused) EXPECT_TRUE(models.contains(model)) << model;
  for (const auto& [model, tolerance] : kTolerances) EXPECT_TRUE(models.contains(model)) << model;
}

}  // namespace
}  // namespace baton::test
