// `baton benchmark_model`, driven as people do.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <regex>

#include "tests/session/models.h"
#include "tests/tools/tool.h"

namespace baton::test {
namespace {

using Json = nlohmann::json;

const std::string kSample =
    std::string(BATON_SOURCE_DIR) + "/examples/shapes_classifier/shapes.tflite";
const std::string kFloatSample =
    std::string(BATON_SOURCE_DIR) + "/examples/shapes_classifier/shapes_float.tflite";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class BenchmarkModel : public testing::Test {
 protected:
  // A short measurement of the sample.
  ToolResult benchmark(std::vector<std::string> more, const std::string& graph = kSample) {
    std::vector<std::string> words = {
        "benchmark_model",     "--graph=" + graph, "--num_runs=10",           "--min_secs=0",
        "--warmup_min_secs=0", "--rounds=2",       "--measure_ceilings=false"};
    words.insert(words.end(), more.begin(), more.end());
    return run_tool(words, environment);
  }
  // The report of one that ends with this status.
  Json report(std::vector<std::string> more, int exit_status = 0,
              const std::string& graph = kSample) {
    const std::string file = folder.path("report.json");
    more.push_back("--json=" + file);
    const ToolResult result = benchmark(more, graph);
    EXPECT_EQ(result.exit_status, exit_status) << result.err;
    const Json json = Json::parse(read_text(file), nullptr, false);
    EXPECT_FALSE(json.is_discarded()) << result.err;
    return json;
  }
  static Json row(const Json& report, const std::string& delegate) {
    for (const Json& result : report["results"]) {
      if (result["delegate"] == delegate) return result;
    }
    ADD_FAILURE() << "no row of " << delegate;
    return {};
  }

  Folder folder;
  Environment environment;
};

TEST_F(BenchmarkModel, ClosingLinesAreTensorFlowLites) {
  const ToolResult result =
      run_tool({"benchmark_model", "--graph=" + kSample, "--num_threads=2", "--num_runs=50",
                "--warmup_runs=5", "--min_secs=0.1", "--enable_op_profiling=true",
                "--measure_ceilings=false", "--report_peak_memory_footprint=true"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_EQ(result.err, "");
  const std::regex timings(
      R"(Inference timings in us: Init: (\d+), First inference: (\d+), Warmup \(avg\): ([\d.]+), Inference \(avg\): ([\d.]+)\n)");
  const std::regex stat(
      R"(count=(\d+) first=(\d+) curr=(\d+) min=(\d+) max=(\d+) avg=([\d.]+) std=(\d+)\n)");
  std::smatch match;
  ASSERT_TRUE(std::regex_search(result.out, match, timings)) << result.out;
  const double init = std::stod(match[1]), average = std::stod(match[4]);
  EXPECT_GT(init, 0);
  std::vector<std::smatch> stats(std::sregex_iterator(result.out.begin(), result.out.end(), stat),
                                 std::sregex_iterator());
  ASSERT_EQ(stats.size(), 2u) << result.out;
  EXPECT_GE(std::stoi(stats[0][1]), 5);
  EXPECT_GE(std::stoi(stats[1][1]), 50);
  EXPECT_NEAR(std::stod(stats[1][6]), average, 0.01);
  EXPECT_LE(std::stod(stats[1][4]), average);
  EXPECT_GE(std::stod(stats[1][5]), average);
  for (const char* part :
       {"STARTING!", "Num threads: [2]", "Memory footprint delta from the start of the tool (MB): ",
        "Overall peak memory footprint (MB) via periodic monitoring: ",
        "============================== Run Order ==============================",
        "============================== Top by Computation Time ==============================",
        "Number of nodes executed: 22\n",
        "============================== Summary by node type =============================="}) {
    EXPECT_TRUE(has(result.out, part)) << part;
  }
}

TEST_F(BenchmarkModel, RowsTellSpeedPlacementAndNumbers) {
  const Json json = report({"--delegate=reference", "--delegate=fake_npu", "--num_threads=2"});
  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["model"], "shapes.tflite");
  EXPECT_EQ(json["models"][0]["parameters"], 29154);
  EXPECT_GT(json["models"][0]["multiply_adds"], 0);
  EXPECT_EQ(json["yardstick"]["rounds_us"].size(), 4u);
  ASSERT_EQ(json["results"].size(), 2u);
  for (const Json& result : json["results"]) {
    EXPECT_EQ(result["status"], "ok");
    EXPECT_EQ(result["threads"], 2);
    EXPECT_GE(result["runs"], 10);
    EXPECT_EQ(result["rounds"].size(), 2u);
    EXPECT_GT(result["min_ms"], 0);
    EXPECT_LE(result["min_ms"], result["median_ms"]);
    EXPECT_LE(result["median_ci_ms"][0], result["median_ms"]);
    EXPECT_GE(result["median_ci_ms"][1], result["median_ms"]);
    EXPECT_LE(result["median_ms"], result["p90_ms"]);
    EXPECT_LE(result["p90_ms"], result["p99_ms"]);
    EXPECT_GT(result["init_ms"], 0);
    EXPECT_GT(result["first_ms"], 0);
    EXPECT_GT(result["peak_rss_mb"], 1);
    EXPECT_GT(result["arena_bytes"], 0);
    EXPECT_EQ(result["max_abs_diff"], 0);
    EXPECT_EQ(result["nodes_total"], 22);
    double share = 0;
    for (const Json& op : result["ops"]) share += op["share_of_time"].get<double>();
    EXPECT_NEAR(share, 1, 1e-6);
  }
  const Json reference = row(json, "reference"), npu = row(json, "fake_npu");
  EXPECT_EQ(reference["nodes_delegated"], 0);
  EXPECT_EQ(reference["numerics"], "reference");
  EXPECT_EQ(reference["ops"].size(), 22u);
  EXPECT_EQ(reference["ops"][0]["op"], "CONV_2D");
  EXPECT_EQ(npu["nodes_delegated"], 22);
  EXPECT_EQ(npu["partitions"], 1);
  EXPECT_EQ(npu["numerics"], "equal");
  EXPECT_EQ(npu["device"], "Fake NPU");
}

TEST_F(BenchmarkModel, WrongNumbersAreShown) {
  const Json json = report({"--delegate=bad_fail_reshape", "--delegate=reference"});
  const Json wrong = row(json, "bad_fail_reshape");
  EXPECT_EQ(wrong["numerics"], "differs");
  EXPECT_GT(wrong["max_abs_diff"], 0);
  EXPECT_TRUE(has(wrong["warnings"].dump(), "differ from the reference kernels'"));
}

TEST_F(BenchmarkModel, CrashesAndHangsAreRows) {
  environment = {
      {"BATON_PLUGIN_PATH", std::string(BATON_TEST_PLUGINS_DIR) + ":" + BATON_WORSE_PLUGINS_DIR}};
  const Json json =
      report({"--delegate=reference", "--delegate=sly_crash_execute", "--delegate=sly_hang_execute",
              "--delegate=sly_hang_create", "--delegate=bad_fail_compile", "--delegate=fake_npu",
              "--timeout_secs=2"},
             1, kFloatSample);
  ASSERT_EQ(json["results"].size(), 6u);
  EXPECT_EQ(row(json, "sly_crash_execute")["status"], "crashed");
#ifdef BATON_TEST_SANITIZED
  const char* end = "it ended the process with status 1";  // after a report of its own
#else
  const char* end = "it crashed (SIGSEGV)";
#endif
  EXPECT_TRUE(has(row(json, "sly_crash_execute")["error"], end));
  EXPECT_EQ(row(json, "sly_hang_execute")["status"], "hung");
  EXPECT_EQ(row(json, "sly_hang_create")["status"], "hung");
  EXPECT_EQ(row(json, "bad_fail_compile")["status"], "failed");
  EXPECT_TRUE(has(row(json, "bad_fail_compile")["error"], "the device refuses"));
  for (const char* good : {"reference", "fake_npu"}) {
    EXPECT_EQ(row(json, good)["status"], "ok");
    EXPECT_GE(row(json, good)["runs"], 10);
  }
}

TEST_F(BenchmarkModel, AllIsEveryDeviceFound) {
  environment = {{"BATON_PLUGIN_PATH", folder.path("plugins")}};
  std::filesystem::create_directory(folder.path("plugins"));
  for (const char* name : {"fake_npu", "bad_wrong_abi", "bad_unusable_device"}) {
    std::filesystem::copy(test_plugin_file(name),
                          folder.path("plugins") + "/libbaton_" + name + ".so");
  }
  const Json json = report({"--delegates=all"});
  EXPECT_EQ(row(json, "reference")["status"], "ok");
  EXPECT_EQ(row(json, "fake_npu:device=0")["status"], "ok");
  EXPECT_EQ(row(json, "fake_npu:device=2")["status"], "unusable");
  EXPECT_EQ(row(json, "bad_wrong_abi")["status"], "unusable");
  EXPECT_TRUE(has(row(json, "bad_wrong_abi")["error"], "plugin ABI 7.9"));
  EXPECT_EQ(row(json, "bad_unusable_device")["error"], "the driver is missing");
}

TEST_F(BenchmarkModel, SeveralModelsAndFolders) {
  const std::string models = folder.path("models");
  std::filesystem::create_directory(models);
  std::filesystem::copy(kSample, models + "/b.tflite");
  folder.write("models/a.tflite", elementwise_model());
  const Json json = report({"--delegate=reference", "--delegate=fake_npu"}, 0, models);
  ASSERT_EQ(json["models"].size(), 2u);
  ASSERT_EQ(json["results"].size(), 4u);
  EXPECT_EQ(json["results"][0]["model"], "a.tflite");
  EXPECT_EQ(json["results"][3]["model"], "b.tflite");
}

TEST_F(BenchmarkModel, InputsAndShapesAreTheUsers) {
  const std::string model = folder.write("elementwise.tflite", elementwise_model());
  const std::string content = folder.write("x.bin", std::string(16, '\0'));
  const std::string output = folder.path("y.bin");
  ToolResult result = benchmark(
      {"--input_layer=x", "--input_layer_value_files=x:" + content, "--output_filepath=" + output},
      model);
  ASSERT_EQ(result.exit_status, 0) << result.err;
  // y = relu(x + 1) * x + x
  EXPECT_EQ(read_text(output), std::string(16, '\0'));
  result = benchmark({"--input_layer=z", "--input_layer_value_range=z,0,1"}, model);
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_TRUE(has(result.err, "--input_layer=z: there is no such input")) << result.err;
  EXPECT_EQ(line_count(result.err), 1u);
}

TEST_F(BenchmarkModel, FullDelegationIsRequired) {
  const Json json = report({"--delegate=fake_npu:refuse=SOFTMAX", "--require_full_delegation=true",
                            "--delegate=fake_npu"},
                           1);
  EXPECT_EQ(json["results"][0]["status"], "failed");
  EXPECT_TRUE(has(json["results"][0]["error"], "1 of 22 nodes"));
  EXPECT_EQ(json["results"][1]["status"], "ok");
}

TEST_F(BenchmarkModel, NodesOutsideTheRangeStayWithTheCore) {
  const Json json = report(
      {"--delegate=fake_npu", "--first_delegate_node_index=3", "--last_delegate_node_index=7"});
  EXPECT_EQ(json["results"][0]["nodes_delegated"], 5);
}

TEST_F(BenchmarkModel, ADryRunMeasuresNothing) {
  const Json json = report({"--dry_run=true", "--delegate=fake_npu"});
  EXPECT_EQ(json["results"][0]["status"], "ok");
  EXPECT_TRUE(json["results"][0]["median_ms"].is_null());
  EXPECT_EQ(json["results"][0]["nodes_delegated"], 22);
}

TEST_F(BenchmarkModel, BadInputIsOneSentence) {
  const struct {
    std::vector<std::string> words;
    int exit_status;
    const char* part;
  } kCases[] = {
      {{"--graph=/nonexistent.tflite"}, 1, "there is no model '/nonexistent.tflite'"},
      {{"--graph=" + kSample, "--delegate=fake_npy"}, 1, "there is no delegate 'fake_npy'"},
      {{"--graph=" + kSample, "--json=/nonexistent/r.json"}, 1, "cannot be written"},
      {{"--graph=" + kSample, "--json=" + folder.path("")}, 1, "it is a directory"},
      {{"--delegate=reference"}, 2, "--graph= is missing"},
      {{"--graph=" + kSample, "--delegate=fake_npu:speed=3"}, 1, "speed"},
      {{"--graph=" + test_plugin_file("fake_npu")}, 1, "is not a TensorFlow Lite model"},
  };
  for (const auto& test : kCases) {
    std::vector<std::string> words = test.words;
    words.insert(words.begin(), "benchmark_model");
    words.push_back("--measure_ceilings=false");
    const ToolResult result = run_tool(words);
    EXPECT_EQ(result.exit_status, test.exit_status) << test.part << "\n" << result.err;
    EXPECT_TRUE(has(result.err, test.part)) << result.err;
    EXPECT_EQ(line_count(result.err), 1u) << result.err;
  }
}

TEST_F(BenchmarkModel, AFullDiskLeavesTheOldReport) {
  const std::string report = folder.write("report.json", std::string("old"));
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{4096, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const ToolResult result = benchmark({"--json=" + report});
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_TRUE(has(result.err, "report.json' cannot be written")) << result.err;
  EXPECT_EQ(line_count(result.err), 1u);
  EXPECT_EQ(read_text(report), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path("")),
                          std::filesystem::directory_iterator()),
            1);
}

TEST_F(BenchmarkModel, TheWorkerIsNoCommand) {
  const ToolResult result = run_tool({"benchmark_worker"});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_TRUE(has(result.err, "use baton benchmark_model"));
  EXPECT_FALSE(has(run_tool({"--help"}).out, "benchmark_worker"));
}

}  // namespace
}  // namespace baton::test
