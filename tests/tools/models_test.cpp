// Known answers of real models, through the command line.

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/compare.h"
#include "tests/support/golden.h"
#include "tests/tools/tool.h"

namespace baton::test {
namespace {

const std::string kModels = std::string(BATON_SHARED_DIR) + "/models";

class Models : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(BATON_SHARED_DIR)) GTEST_SKIP() << "no shared data";
  }
  std::string first_line(const std::string& model, const std::string& image,
                         const std::string& labels) {
    const ToolResult result =
        run_tool({"label_image", "--graph=" + kModels + "/tflite/" + model,
                  "--image=" + kModels + "/images/" + image, "--labels=" + labels, "--threads=2"});
    EXPECT_EQ(result.exit_status, 0) << result.err;
    EXPECT_EQ(line_count(result.err), 0u) << result.err;
    return result.out.substr(0, result.out.find('\n'));
  }
};

TEST_F(Models, LabelImageKnowsThePictures) {
  const struct {
    const char* model;
    const char* image;
    const char* label;
    double low;
    double high;
  } cases[] = {
      {"mobilenet_v2_1.0_224_quant", "grace_hopper.bmp", "653 military uniform", 0.90, 0.95},
      {"mobilenet_v2_1.0_224_quant", "cat.bmp", "286 Egyptian cat", 0.70, 0.85},
      {"mobilenet_v2_1.0_224_float_dequantized", "grace_hopper.bmp", "653 military uniform", 0.91,
       0.94},
      {"mobilenet_v2_1.0_224_float_dequantized", "cat.bmp", "286 Egyptian cat", 0.76, 0.80},
  };
  for (const auto& c : cases) {
    const std::string line = first_line(std::string("imagenet/") + c.model + ".tflite", c.image,
                                        kModels + "/labels/labels_1001.txt");
    EXPECT_NE(line.find(std::string(": ") + c.label), std::string::npos) << c.model << ": " << line;
    const double score = std::strtod(line.c_str(), nullptr);
    EXPECT_GE(score, c.low) << c.model << ": " << line;
    EXPECT_LE(score, c.high) << c.model << ": " << line;
  }
}

TEST_F(Models, PersonDetection) {
  const Folder folder;
  const std::string labels = folder.write("labels.txt", std::string("no person\nperson\n"));
  const std::string model = "tiny/person_detect.tflite";
  EXPECT_NE(first_line(model, "person.bmp", labels).find(": 1 person"), std::string::npos);
  EXPECT_NE(first_line(model, "no_person.bmp", labels).find(": 0 no person"), std::string::npos);
}

TEST_F(Models, LabelImageRefusesWhatIsNoPictureClassifier) {
  const struct {
    const char* model;
    const char* says;
  } cases[] = {
      {"detection/coco_ssd_mobilenet_v1_quant_2018_06_29.tflite",
       "is no picture classifier: it has 1 input and 4 outputs"},
      {"text/text_classification.tflite", "which is no picture"},
  };
  for (const auto& c : cases) {
    const std::string model = kModels + "/tflite/" + c.model;
    const ToolResult result =
        run_tool({"label_image", "--graph=" + model, "--image=" + kModels + "/images/cat.bmp",
                  "--labels=" + kModels + "/labels/labels_1001.txt"});
    EXPECT_EQ(result.exit_status, 1) << model;
    EXPECT_EQ(result.out, "") << model;
    EXPECT_EQ(line_count(result.err), 1u) << result.err;
    EXPECT_NE(result.err.find(c.says), std::string::npos) << result.err;
  }
}

TEST_F(Models, GeneratedInputsThatFailAreNamed) {
  const Folder folder;
  const std::string model = kModels + "/tflite/text/text_classification.tflite";
  const std::string advice = "inputs were generated: give them with --input";
  for (const char* command : {"run", "diff"}) {
    const ToolResult result = run_tool({command, model});
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_NE(result.err.find(advice), std::string::npos) << result.err;
  }
  const std::string given = folder.write("wrong", std::string(1024, '\xc0'));  // -6.02
  const ToolResult result = run_tool({"run", model, "--input=0=" + given});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_EQ(result.err.find(advice), std::string::npos) << result.err;
}

// The same two pictures as the model's authors feed them: the bytes of the file as int8.
TEST_F(Models, PersonDetectionOnRawBytes) {
  const Folder folder;
  const struct {
    const char* image;
    int score;  // of "person", as stored
  } cases[] = {{"person.bmp", 113}, {"no_person.bmp", -57}};
  for (const auto& c : cases) {
    const std::string bmp = read_text(kModels + "/images/" + c.image);
    constexpr size_t kPixels = 1078, kSide = 96;
    ASSERT_EQ(bmp.size(), kPixels + kSide * kSide);
    std::string pixels;  // BMP's rows begin at the bottom
    for (size_t y = kSide; y-- > 0;) pixels += bmp.substr(kPixels + y * kSide, kSide);
    const ToolResult result = run_tool({"run", kModels + "/tflite/tiny/person_detect.tflite",
                                        "--input=input=" + folder.write("pixels", pixels),
                                        "--out-dir=" + folder.path("o")});
    ASSERT_EQ(result.exit_status, 0) << result.err;
    const std::string scores = read_text(folder.path("o/output_0.bin"));
    ASSERT_EQ(scores.size(), 2u);
    EXPECT_EQ(static_cast<int8_t>(scores[1]), c.score) << c.image;
  }
}

// The files that `baton run` writes about a model are those of the recording.
void expect_run_writes(const GoldenEntry& entry, const std::string& prefix, const char* runs) {
  SCOPED_TRACE(entry.model);
  const Folder folder;
  std::string problem;
  const auto golden = read_golden(entry.folder, &problem, prefix);
  ASSERT_TRUE(golden) << problem;
  const ToolResult result = run_tool(
      {"run", entry.model_path.string(), "--out-dir=" + folder.path("o"), "--threads=2", runs});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const auto written = read_golden(folder.path("o"), &problem);
  ASSERT_TRUE(written) << problem;
  ASSERT_EQ(written->outputs.size(), golden->outputs.size());
  for (size_t i = 0; i < golden->outputs.size(); ++i) {
    EXPECT_EQ(written->outputs[i].name, golden->outputs[i].name);
    EXPECT_EQ(written->outputs[i].shape, golden->outputs[i].shape);
    EXPECT_EQ(written->outputs[i].dtype, golden->outputs[i].dtype);
    EXPECT_NEAR(written->outputs[i].scale, golden->outputs[i].scale, 1e-7);
    EXPECT_EQ(written->outputs[i].zero_point, golden->outputs[i].zero_point);
    expect_golden(golden->outputs[i], written->outputs[i].content, 1e-5, entry.model);
  }
}

GoldenEntry entry_of(const std::string& model) {
  std::string problem;
  for (const GoldenEntry& entry : golden_index(BATON_SHARED_DIR, "", &problem)) {
    if (entry.model == model) return entry;
  }
  ADD_FAILURE() << model << ": nothing is recorded. " << problem;
  return {};
}

TEST_F(Models, RunWritesTheGoldens) {
  for (const char* model :
       {"imagenet/mobilenet_v1_0.25_128_quant.tflite",
        "imagenet/mobilenet_v1_0.25_128_float.tflite", "tiny/hello_world_int8.tflite",
        "tiny/vww_96_float.tflite", "tiny/toycar_autoencoder_hybrid.tflite",
        "toy/planestrike_tf.tflite", "toy/xor_model.tflite"}) {
    expect_run_writes(entry_of(model), "", "--runs=1");
  }
}

TEST_F(Models, FourRunsWriteTheGoldensOfModelsWithState) {
  std::string problem;
  const auto models = stateful_models(BATON_SHARED_DIR, &problem);
  EXPECT_EQ(models.size(), 7u) << problem;
  for (const std::string& model : models) {
    expect_run_writes(entry_of(model), "step4_", "--runs=4");
  }
}

}  // namespace
}  // namespace baton::test
