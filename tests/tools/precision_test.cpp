// Reduced precision is said wherever a result or a time is shown, and not called wrong.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "delegates/kernels/isa.h"
#include "tests/tools/tool.h"

namespace baton::test {
namespace {

using Json = nlohmann::json;

const std::string kFloatSample =
    std::string(BATON_SOURCE_DIR) + "/examples/shapes_classifier/shapes_float.tflite";
const std::string kInt8Sample =
    std::string(BATON_SOURCE_DIR) + "/examples/shapes_classifier/shapes.tflite";
const std::string kReduced = "--delegate=cpu:precision=bf16";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class ReducedPrecision : public testing::Test {
 protected:
  void SetUp() override {
    const ToolResult result = run_tool({"explain", kFloatSample, kReduced, "--strict"});
    if (!kernels::includes(kernels::best_level(), kernels::Isa::kAvx512Bf16)) {
      EXPECT_TRUE(has(result.err, "precision=bf16 needs the instruction sets")) << result.err;
      GTEST_SKIP() << "not tried on this machine: " << result.err;
    }
    ASSERT_EQ(result.exit_status, 0) << result.err;
    EXPECT_TRUE(has(result.out, "cpu (CPU, bf16) runs 22 nodes in 1 partition")) << result.out;
  }
  Json report(const std::vector<std::string>& more) const {
    std::vector<std::string> words = {"benchmark_model",
                                      "--num_runs=3",
                                      "--min_secs=0",
                                      "--warmup_min_secs=0",
                                      "--rounds=1",
                                      "--measure_ceilings=false",
                                      "--json=" + folder.path("report.json")};
    words.insert(words.end(), more.begin(), more.end());
    const ToolResult result = run_tool(words);
    EXPECT_EQ(result.exit_status, 0) << result.err;
    return Json::parse(read_text(folder.path("report.json")));
  }
  Folder folder;
};

TEST_F(ReducedPrecision, RunChecksAndSaysSo) {
  const ToolResult result = run_tool({"run", kFloatSample, kReduced, "--check"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_TRUE(has(result.out, "of the largest value; precision is reduced (bf16)\n")) << result.out;
  EXPECT_TRUE(has(result.out, "cpu (CPU, bf16) ran 22 nodes in 1 partition\n")) << result.out;
  const Json json = Json::parse(run_tool({"run", kFloatSample, kReduced, "--json"}).out);
  EXPECT_EQ(json["precision"], "bf16");
}

TEST_F(ReducedPrecision, IntegersAreJudgedAsEver) {
  const ToolResult result = run_tool({"run", kInt8Sample, kReduced, "--check"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_TRUE(has(result.out, "check output 'probabilities': equal\n")) << result.out;
}

TEST_F(ReducedPrecision, DiffHasNoLimitUnlessOneIsGiven) {
  const ToolResult free = run_tool({"diff", kFloatSample, kReduced});
  EXPECT_EQ(free.exit_status, 0) << free.err;
  EXPECT_TRUE(has(free.out, "precision is reduced: not judged")) << free.out;
  const ToolResult limited = run_tool({"diff", kFloatSample, kReduced, "--tolerance=1e-6"});
  EXPECT_EQ(limited.exit_status, 1) << limited.out;
  const ToolResult against =
      run_tool({"diff", kFloatSample, "--delegate=reference", "--against=cpu:precision=bf16"});
  EXPECT_EQ(against.exit_status, 0) << against.err;
}

TEST_F(ReducedPrecision, RowsOfABenchmarkHaveIt) {
  const Json json = report({"--graph=" + kFloatSample, kReduced, "--delegate=cpu"});
  const Json& reduced = json["results"][0];
  EXPECT_EQ(reduced["precision"], "bf16");
  EXPECT_EQ(reduced["numerics"], "reduced precision");
  EXPECT_EQ(reduced["placement"], "cpu (CPU, bf16) ran 22 nodes in 1 partition");
  EXPECT_TRUE(has(reduced["warnings"].dump(), "precision is reduced (bf16)"))
      << reduced["warnings"];
  const Json& exact = json["results"][1];
  EXPECT_EQ(exact["precision"], "exact");
  EXPECT_EQ(exact["numerics"], "within tolerance");
  EXPECT_FALSE(has(exact["warnings"].dump(), "precision")) << exact["warnings"];
}

TEST_F(ReducedPrecision, ConfiguredPrecisionCounts) {
  const std::string config =
      folder.write("baton.toml", std::string("[delegate.cpu]\nprecision = \"bf16\"\n"));
  const Json json = report({"--graph=" + kFloatSample, "--delegate=cpu", "--config=" + config});
  EXPECT_EQ(json["results"][0]["precision"], "bf16");
}

TEST_F(ReducedPrecision, ClosingLinesSayIt) {
  const ToolResult result =
      run_tool({"benchmark_model", "--graph=" + kFloatSample, kReduced, "--num_runs=3",
                "--min_secs=0", "--warmup_min_secs=0", "--measure_ceilings=false"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_TRUE(has(result.out, "Outputs against the reference kernels': reduced precision, largest"))
      << result.out;
  EXPECT_TRUE(has(result.out, "\nPrecision: bf16\n")) << result.out;
}

// A delegate that fails leaves nothing rounded behind.
TEST(Precision, OfADelegateThatFailedDoesNotCount) {
  const ToolResult result = run_tool({"run", kFloatSample, kReduced + ":isa=sse4", "--json"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["precision"], "exact");
  EXPECT_EQ(json["summary"], "reference ran 22 nodes");
}

// On every machine: no level of one architecture is another's, and sse4 has no bf16.
TEST(Precision, OfARowThatFailedIsWhatItWasAskedFor) {
  const Folder folder;
  const std::string file = folder.path("report.json");
  const ToolResult result =
      run_tool({"benchmark_model", "--graph=" + kFloatSample, "--num_runs=1", "--min_secs=0",
                "--measure_ceilings=false", kReduced + ":isa=sse4", "--json=" + file});
  EXPECT_EQ(result.exit_status, 1);
  const Json row = Json::parse(read_text(file))["results"][0];
  EXPECT_EQ(row["status"], "failed");
  EXPECT_EQ(row["precision"], "bf16");
}

}  // namespace
}  // namespace baton::test
