// Each command does what its help says, on small models.

#include <gtest/gtest.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "tests/session/models.h"
#include "tests/tools/tool.h"

namespace baton::test {
namespace {

using Json = nlohmann::json;

const std::string kSample = std::string(BATON_SOURCE_DIR) + "/examples/shapes_classifier";

// Takes every node, and writes bytes of its own into the outputs.
const std::string kWrongAnswers = "--delegate=bad_fail_reshape";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Runs, expects success and silence on stderr; stdout.
std::string output_of(const std::vector<std::string>& arguments,
                      const Environment& environment = {}) {
  const ToolResult result = run_tool(arguments, environment);
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_EQ(result.err, "");
  return result.out;
}

Json json_of(const std::vector<std::string>& arguments) {
  const Json json = Json::parse(output_of(arguments), nullptr, false);
  EXPECT_FALSE(json.is_discarded());
  return json;
}

std::vector<float> floats_in(const std::string& path) {
  const std::string bytes = read_text(path);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

std::string bytes_of(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

class Commands : public testing::Test {
 protected:
  Folder folder;
  std::string elementwise = folder.write("elementwise.tflite", elementwise_model());
};

TEST_F(Commands, EachHasHelp) {
  for (const char* command : {"run", "label_image", "inspect", "explain", "delegates", "diff"}) {
    EXPECT_TRUE(has(output_of({command, "--help"}), std::string("baton ") + command)) << command;
    EXPECT_TRUE(has(output_of({"--help"}), command)) << command;
  }
  EXPECT_TRUE(has(output_of({"--version"}), "baton 0."));
}

// y = relu(x + 1) * x + x
TEST_F(Commands, RunComputesFromFiles) {
  const std::string input = folder.write("a=b.bin", bytes_of({-2, -0.5f, 0, 3}));
  const std::vector<float> expected = {-2, -0.75f, 0, 15};
  for (const char* name : {"x", "0"}) {
    const std::string out = folder.path(std::string("out_") + name);
    // The first `=` ends the name.
    const std::string text =
        output_of({"run", elementwise, std::string("--input=") + name + "=" + input,
                   "--out-dir=" + out, "--threads=2", "--delegate=reference"});
    EXPECT_TRUE(has(text, "output 0 'y' float32[1,4]: -2 -0.75 0 15")) << text;
    EXPECT_TRUE(has(text, "reference ran 4 nodes")) << text;
    EXPECT_EQ(floats_in(out + "/output_0.bin"), expected);
    const Json meta = Json::parse(read_text(out + "/meta.json"));
    EXPECT_EQ(meta["inputs"][0]["name"], "x");
    EXPECT_EQ(meta["outputs"][0]["shape"], Json::array({1, 4}));
    EXPECT_EQ(meta["outputs"][0]["dtype"], "float32");
    EXPECT_EQ(meta["outputs"][0]["file"], "output_0.bin");
  }
}

TEST_F(Commands, RunCarriesStateAndFillsInputsAgain) {
  const std::string model = folder.write("counter.tflite", counter_model());
  const std::string input = folder.write("x.bin", bytes_of({2}));
  for (const int runs : {1, 3}) {
    const std::string out = folder.path("out" + std::to_string(runs));
    output_of(
        {"run", model, "--input=0=" + input, "--runs=" + std::to_string(runs), "--out-dir=" + out});
    EXPECT_EQ(floats_in(out + "/output_0.bin"),
              std::vector<float>{2.0f * static_cast<float>(runs)});
  }
}

TEST_F(Commands, RunBySignature) {
  const std::string model = folder.write("both.tflite", signature_model());
  const std::string left = folder.write("l.bin", bytes_of({2, 3}));
  const std::string right = folder.write("r.bin", bytes_of({5, 7}));
  const Json json = json_of({"run", model, "--signature=both", "--input=left=" + left,
                             "--input=right=" + right, "--json", "--out-dir=" + folder.path("o")});
  EXPECT_EQ(json["inputs"].size(), 2u);
  std::map<std::string, std::vector<float>> outputs;
  for (size_t i = 0; i < json["outputs"].size(); ++i) {
    outputs[json["outputs"][i]["name"]] =
        floats_in(folder.path("o/output_" + std::to_string(i) + ".bin"));
  }
  EXPECT_EQ(outputs["sum"], (std::vector<float>{7, 10}));
  EXPECT_EQ(outputs["product"], (std::vector<float>{10, 21}));
}

TEST_F(Commands, RunGeneratesInputsAsDocumented) {
  output_of({"run", elementwise, "--out-dir=" + folder.path("o")});
  uint32_t state = 12345;
  std::vector<float> expected;
  for (int i = 0; i < 4; ++i) {
    state = 1664525u * state + 1013904223u;
    const float x = static_cast<float>((state >> 24) / 255.0 * 2.0 - 1.0);
    expected.push_back(std::max(x + 1, 0.0f) * x + x);
  }
  const std::vector<float> actual = floats_in(folder.path("o/output_0.bin"));
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < 4; ++i) EXPECT_NEAR(actual[i], expected[i], 1e-6);
}

TEST_F(Commands, DepthOfCallsIsLimited) {
  const std::string three = folder.write("three.tflite", nested_calls_model(3));
  for (const char* depth : {"--max-depth=3", "--max-depth=64", "--max-depth=0"}) {
    EXPECT_TRUE(has(output_of({"run", three, depth}), "output 0")) << depth;
  }
  for (const char* command : {"run", "inspect", "explain", "diff"}) {
    EXPECT_EQ(run_tool({command, three, "--max-depth=2"}).exit_status, 1) << command;
    EXPECT_TRUE(has(output_of({command, "--help"}), "(64); 0: 64")) << command;
  }
  // 0 is not without end.
  const std::string deep = folder.write("deep.tflite", nested_calls_model(65));
  EXPECT_TRUE(has(run_tool({"run", deep, "--max-depth=0"}).err, "at most 64"));
}

TEST_F(Commands, RunChecks) {
  const std::string model = folder.write("cnn.tflite", small_cnn());
  const Json json = json_of({"run", model, "--delegate=fake_npu", "--check", "--json"});
  ASSERT_EQ(json["check"].size(), 1u);
  EXPECT_EQ(json["check"][0]["agrees"], true);
  EXPECT_TRUE(has(json["summary"], "fake_npu")) << json["summary"];
  const ToolResult wrong = run_tool({"run", elementwise, kWrongAnswers, "--check"});
  EXPECT_EQ(wrong.exit_status, 1);
  EXPECT_EQ(line_count(wrong.err), 1u) << wrong.err;
}

TEST_F(Commands, Inspect) {
  const Json json = json_of({"inspect", elementwise, "--json"});
  EXPECT_EQ(json["inputs"][0]["name"], "x");
  EXPECT_EQ(json["inputs"][0]["shape_signature"], Json::array({-1, 4}));
  EXPECT_EQ(json["outputs"][0]["name"], "y");
  uint64_t nodes = 0;
  for (const Json& op : json["operators"]) nodes += op["count"].get<uint64_t>();
  EXPECT_EQ(nodes, 4u);
  EXPECT_EQ(json["bytes"], elementwise_model().size());
  EXPECT_EQ(json["parameters"]["elements"], 1);
  EXPECT_EQ(json["parameters"]["bytes"], 4);
  EXPECT_EQ(json["subgraphs"].size(), 1u);
  EXPECT_TRUE(json["warnings"].is_array());

  const std::string both = folder.write("both.tflite", signature_model());
  const Json signature = json_of({"inspect", both, "--json"})["signatures"][0];
  EXPECT_EQ(signature["key"], "both");
  EXPECT_EQ(signature["inputs"].size(), 2u);

  const std::string text = output_of({"inspect", folder.write("if.tflite", if_model())});
  for (const char* part :
       {"inputs:", "outputs:", "operators:", "subgraphs:", "IF", "parameters:"}) {
    EXPECT_TRUE(has(text, part)) << part << " in\n" << text;
  }
}

TEST_F(Commands, ExplainSaysWhoAndWhyNot) {
  const std::string model = folder.write("cnn.tflite", small_cnn());
  const Json json =
      json_of({"explain", model, "--delegate=fake_npu:refuse=ADD+SOFTMAX:costs=false", "--json"});
  EXPECT_EQ(json["delegates"], Json::array({"fake_npu"}));
  EXPECT_GE(json["partitions"].size(), 2u);
  size_t in_partitions = 0, refused = 0, delegated = 0;
  for (const Json& partition : json["partitions"]) {
    in_partitions += partition["nodes"].size();
    uint64_t bytes = 0;
    for (const char* side : {"inputs", "outputs"}) {
      EXPECT_FALSE(partition[side].empty());
      for (const Json& tensor : partition[side]) bytes += tensor["bytes"].get<uint64_t>();
    }
    EXPECT_EQ(partition["crossing_bytes"], bytes);
  }
  for (const Json& node : json["nodes"]) {
    const bool taken = node["delegate"] == "fake_npu";
    delegated += taken;
    if (node["op"] != "ADD" && node["op"] != "SOFTMAX") continue;
    ++refused;
    EXPECT_EQ(node["delegate"], "reference");
    ASSERT_EQ(node["refusals"].size(), 1u);
    EXPECT_EQ(node["refusals"][0]["delegate"], "fake_npu");
    EXPECT_FALSE(node["refusals"][0]["reason"].get<std::string>().empty());
    EXPECT_FALSE(node["refusals"][0]["text"].get<std::string>().empty());
  }
  EXPECT_GE(refused, 2u);
  EXPECT_EQ(delegated, in_partitions);

  const std::string text =
      output_of({"explain", model, "--delegate=fake_npu:refuse=ADD:costs=false"});
  EXPECT_TRUE(has(text, "not fake_npu: ")) << text;
  EXPECT_TRUE(has(text, "border tensors:")) << text;
}

TEST_F(Commands, ExplainGroupsNodesWithOneFate) {
  const std::string model = folder.write("chain.tflite", chain_model(60));
  const std::string text = output_of({"explain", model, "--delegate=reference"});
  EXPECT_LE(line_count(text), 6u) << text;
  EXPECT_TRUE(has(text, "0-59")) << text;
}

TEST_F(Commands, Delegates) {
  // Some of the test plugins complain when they are opened, or closed.
  const ToolResult as_json = run_tool({"delegates", "--json"});
  EXPECT_EQ(as_json.exit_status, 0);
  const Json json = Json::parse(as_json.out);
  EXPECT_FALSE(json["folders"].empty());
  bool found = false;
  for (const Json& plugin : json["plugins"]) {
    if (plugin["name"] != "fake_npu") continue;
    found = true;
    EXPECT_GE(plugin["devices"].size(), 2u);
    EXPECT_EQ(plugin["devices"][0]["usable"], true);
  }
  EXPECT_TRUE(found);
  const std::string text = run_tool({"delegates"}).out;
  EXPECT_TRUE(has(text, "fake_npu")) << text;
  EXPECT_TRUE(has(text, "not usable")) << text;
  EXPECT_TRUE(has(text, "cannot be used")) << text;  // the misbehaving ones
}

TEST_F(Commands, DiffLooksInsidePartitions) {
  const std::string model = folder.write("cnn.tflite", small_cnn_int8());
  const Json json = json_of({"diff", model, "--delegate=fake_npu", "--json"});
  EXPECT_EQ(json["agrees"], true);
  EXPECT_EQ(json["different"], 0);
  EXPECT_EQ(json["not_compared"], 0);
  EXPECT_EQ(json["compared"], json["nodes"].size());
  for (const Json& node : json["nodes"]) EXPECT_EQ(node["status"], "compared");
}

TEST_F(Commands, DiffNamesTheFirstNodeThatDiffers) {
  const ToolResult result = run_tool({"diff", elementwise, kWrongAnswers});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_EQ(line_count(result.err), 1u) << result.err;
  EXPECT_TRUE(has(result.err, "the first at node 3 (ADD), tensor 'y'")) << result.err << result.out;
  // It has no way to show what it keeps inside.
  EXPECT_TRUE(has(result.out, "inside partition 0")) << result.out;
}

TEST_F(Commands, DiffFindsWhatIsNotFinite) {
  const std::string input =
      folder.write("nan.bin", bytes_of({std::numeric_limits<float>::quiet_NaN(), 0, 1, 2}));
  const std::string text = output_of({"diff", elementwise, "--input=x=" + input});
  EXPECT_TRUE(has(text, "1 are NaN or infinite on both sides")) << text;
}

TEST_F(Commands, DiffOfNothingSaysOneThing) {
  const ToolResult none = run_tool({"diff", folder.write("none.tflite", nodeless_model())});
  EXPECT_EQ(none.exit_status, 1);
  EXPECT_TRUE(has(none.err, "has no nodes to compare")) << none.err;
  EXPECT_EQ(none.out, "");
}

TEST_F(Commands, NamesArePrintable) {
  File model = small_cnn();
  const std::string name = "image";
  const std::string odd = "i\x9b\x7f\xc2\x85";
  size_t found = 0;
  for (auto at = model.begin();; ++found) {
    at = std::search(at, model.end(), name.begin(), name.end());
    if (at == model.end()) break;
    std::copy(odd.begin(), odd.end(), at);
  }
  ASSERT_NE(found, 0u);
  const std::string path = folder.write("odd.tflite", model);
  const std::string shown = "i\\x9b\\x7f\\xc2\\x85";
  for (const char* command : {"run", "inspect"}) {
    EXPECT_TRUE(has(output_of({command, path}), shown)) << command;
  }
  EXPECT_TRUE(has(output_of({"explain", path, "--delegate=fake_npu:costs=false"}), shown));
  const std::string error = run_tool({"run", path, "--input=nobody=x"}).err;
  EXPECT_TRUE(has(error, shown)) << error;
  EXPECT_TRUE(has(run_tool({odd}).err, shown));
  const std::string json = output_of({"inspect", path, "--json"});
  EXPECT_TRUE(has(json, "\\u007f\\u0085")) << json;
  EXPECT_EQ(Json::parse(json)["inputs"][0]["name"], "i\xef\xbf\xbd\x7f\xc2\x85");
}

TEST_F(Commands, ShortTimesHaveDigits) {
  const std::string text = output_of({"run", elementwise, "--runs=4"});
  EXPECT_TRUE(has(text, "median of 4 runs ")) << text;
  EXPECT_FALSE(has(text, " 0.0")) << text;
}

TEST_F(Commands, DiffOfTwoModels) {
  const std::string model = folder.write("cnn.tflite", small_cnn(1));
  const std::string other = folder.write("other.tflite", small_cnn(2));
  EXPECT_TRUE(has(output_of({"diff", model, "--against-model=" + model}), "all are equal"));
  const ToolResult result = run_tool({"diff", model, "--against-model=" + other});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_TRUE(has(result.err, "the first at node 0 ")) << result.err;
  EXPECT_TRUE(has(result.out, "SQNR ")) << result.out;
  EXPECT_EQ(run_tool({"diff", model, "--against-model=" + other, "--tolerance=1000"}).exit_status,
            0);
}

TEST_F(Commands, LabelImageNamesTheSamplePictures) {
  for (const char* name : {"arrow", "circle", "crescent", "cross", "heart", "pentagon", "ring",
                           "square", "star", "triangle"}) {
    const std::string text = output_of({"label_image", "--graph=" + kSample + "/shapes.tflite",
                                        "--labels=" + kSample + "/labels.txt", "--count=2",
                                        "--image=" + kSample + "/pictures/" + name + ".png"});
    const std::string first = text.substr(0, text.find('\n'));
    EXPECT_TRUE(has(first, std::string(" ") + name)) << text;
    EXPECT_EQ(line_count(text), 3u) << text;
  }
}

TEST_F(Commands, UnwritableOutputIsAnError) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
  const std::string command =
      std::string(BATON_BINARY_DIR) + "/baton inspect '" + elementwise + "' >/dev/full 2>/dev/null";
  const int status = std::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 1);
}

}  // namespace
}  // namespace baton::test
