// The flag wins over the file, the file over the environment.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/session/models.h"
#include "tests/tools/tool.h"

namespace baton::test {
namespace {

class Config : public testing::Test {
 protected:
  nlohmann::json run(std::vector<std::string> flags, const Environment& environment = {}) {
    flags.insert(flags.begin(), {"run", model, "--json"});
    const ToolResult result = run_tool(flags, environment);
    EXPECT_EQ(result.exit_status, 0) << result.err;
    return nlohmann::json::parse(result.out, nullptr, false);
  }
  // Nodes that fake_npu ran, or -1.
  int delegated(const std::vector<std::string>& flags, const Environment& environment = {}) {
    const std::string summary = run(flags, environment)["summary"];
    const size_t at = summary.find(" ran ");
    return summary.find("fake_npu") == 0 ? std::stoi(summary.substr(at + 5)) : -1;
  }
  std::string config(const std::string& text) { return folder.write("baton.toml", text); }

  Folder folder;
  std::string model = folder.write("chain.tflite", chain_model(12));
};

TEST_F(Config, Precedence) {
  const std::string file = config("threads = 3\ndelegates = [\"fake_npu:costs=false\"]\n");
  const Environment environment = {{"BATON_THREADS", "2"}, {"BATON_DELEGATE", "reference"}};
  EXPECT_EQ(run({})["threads"], 1);
  EXPECT_EQ(run({}, environment)["threads"], 2);
  EXPECT_EQ(run({"--config=" + file}, environment)["threads"], 3);
  EXPECT_EQ(run({"--config=" + file, "--threads=4"}, environment)["threads"], 4);
  EXPECT_EQ(run({}, {{"BATON_CONFIG", file}})["threads"], 3);

  EXPECT_EQ(delegated({}, environment), -1);
  EXPECT_EQ(delegated({"--config=" + file}, environment), 12);
  EXPECT_EQ(delegated({"--config=" + file, "--delegate=reference"}, environment), -1);
}

TEST_F(Config, OptionsByDelegate) {
  const std::string file = config(
      "delegates = [\"fake_npu\"]\n[delegate.fake_npu]\nrefuse = \"MUL\"\ncosts = false\n"
      "[delegate.other]\nx = 1\n");
  EXPECT_EQ(delegated({"--config=" + file}), 8);
  // Also of a list that the flag gave; its own options win.
  EXPECT_EQ(delegated({"--config=" + file, "--delegate=fake_npu"}), 8);
  EXPECT_EQ(delegated({"--config=" + file, "--delegate=fake_npu:refuse=NONE"}), 12);
}

TEST_F(Config, KeepsNodesOff) {
  const std::string head = "delegates = [\"fake_npu:costs=false\"]\n[[keep_off]]\n";
  EXPECT_EQ(delegated({"--config=" + config(head + "op = \"ADD\"\n")}), 8);
  EXPECT_EQ(delegated({"--config=" + config(head + "node = 0\n")}), 11);
  EXPECT_EQ(delegated({"--config=" + config(head + "subgraph = 1\n")}), 12);
  EXPECT_EQ(delegated({"--config=" + config(head + "delegate = \"other\"\n")}), 12);
  EXPECT_EQ(delegated({"--config=" + config(head + "delegate = \"fake_npu\"\n")}), -1);
}

TEST_F(Config, PartitionLimits) {
  const std::string head = "delegates = [\"fake_npu:refuse=MUL:costs=false\"]\n";
  EXPECT_EQ(delegated({"--config=" + config(head + "min_partition_nodes = 3\n")}), -1);
  EXPECT_EQ(delegated({"--config=" + config(head + "max_partitions = 1\n")}), 2);
}

TEST_F(Config, StrictFromEachSource) {
  const std::vector<std::string> failing = {"run", model,
                                            "--delegate=fake_npu:fail_at=compile:costs=false"};
  const auto with = [&](const std::string& flag) {
    std::vector<std::string> arguments = failing;
    arguments.push_back(flag);
    return arguments;
  };
  EXPECT_EQ(run_tool(failing).exit_status, 0);
  EXPECT_EQ(run_tool(with("--strict")).exit_status, 1);
  EXPECT_EQ(run_tool(failing, {{"BATON_STRICT", "1"}}).exit_status, 1);
  EXPECT_EQ(run_tool(failing, {{"BATON_STRICT", "0"}}).exit_status, 0);
  EXPECT_EQ(run_tool(with("--config=" + config("strict = true\n"))).exit_status, 1);
  EXPECT_EQ(
      run_tool(with("--config=" + config("strict = false\n")), {{"BATON_STRICT", "1"}}).exit_status,
      0);
}

TEST_F(Config, PluginPaths) {
  const std::string file = config("plugin_paths = [\"" BATON_TEST_PLUGINS_DIR
                                  "\"]\ndelegates = [\"fake_npu:costs=false\"]\n");
  EXPECT_EQ(delegated({"--config=" + file}, {{"BATON_PLUGIN_PATH", ""}}), 12);
}

TEST_F(Config, DelegatesByPathWithEscapes) {
  std::string path = test_plugin_file("fake_npu");
  EXPECT_EQ(delegated({"--delegate=" + path + ":costs=false"}), 12);
  const std::string link = folder.path("a:b,c=d.so");
  std::filesystem::create_symlink(path, link);
  EXPECT_EQ(delegated({"--delegate=" + folder.path("a\\:b\\,c\\=d.so") + ":costs=false"}), 12);
}

}  // namespace
}  // namespace baton::test
