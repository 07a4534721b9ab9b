// baton zoo.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "benchmarks/zoo/zoo.h"
#include "tests/tools/tool.h"

namespace baton::test {
namespace {

TEST(ZooCommand, WritesWhatTheLibraryBuilds) {
  const Folder folder;
  const std::string path = folder.path("m.tflite");
  const ToolResult result = run_tool({"zoo", "ds_cnn", path, "--seed=3"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_EQ(result.out + result.err, "");
  const std::string text = read_text(path);
  EXPECT_EQ(std::vector<uint8_t>(text.begin(), text.end()),
            zoo::build("ds_cnn", zoo::Type::kFloat32, 3));
  EXPECT_EQ(run_tool({"run", path, "--delegate=reference"}).exit_status, 0);
}

TEST(ZooCommand, ListsAllNetworks) {
  const ToolResult text = run_tool({"zoo", "--list"});
  EXPECT_EQ(text.exit_status, 0) << text.err;
  const ToolResult result = run_tool({"zoo", "--list", "--json"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const auto json = nlohmann::json::parse(result.out);
  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["types"][0], "float32");
  ASSERT_EQ(json["networks"].size(), zoo::entries().size());
  for (size_t i = 0; i < zoo::entries().size(); ++i) {
    const zoo::Entry entry = zoo::entries()[i];
    const auto& network = json["networks"][i];
    EXPECT_NE(text.out.find("\n  " + std::string(entry.name) + " "), std::string::npos);
    EXPECT_EQ(network["name"], entry.name);
    EXPECT_EQ(network["multiply_adds"], zoo::facts(entry.name).multiply_adds);
    EXPECT_EQ(network["published"]["parameters"].is_null(), !entry.parameters.known());
  }
}

struct Case {
  std::vector<std::string> arguments;  // "@" stands for a folder
  int exit_status;
  std::string says;
};

const Case kCases[] = {
    {{}, 2, "NAME is required; see baton zoo --list"},
    {{"ds_cnn"}, 2, "OUT is required"},
    {{"ds_cn", "@/m"}, 2, "the zoo has no network 'ds_cn' (did you mean 'ds_cnn'?)"},
    {{"ds_cnn", "@/m", "--type=floaty32"},
     2,
     "there is no type 'floaty32' (did you mean 'float32'?)"},
    {{"ds_cnn", "@/m", "--seed=-1"}, 2, "--seed: '-1' is not a whole number"},
    {{"ds_cnn", "--list"}, 2, "--list takes no network, 'ds_cnn' was given"},
    {{"ds_cnn", "@/m", "--json"}, 2, "--json goes with --list"},
    {{"ds_cnn", "@/absent/m"}, 1, "cannot be written: No such file or directory"},
    {{"ds_cnn", "@"}, 1, "@"},
    {{"ds_cnn", "/dev/full"}, 1, "/dev/full: No space left on device"},
};

TEST(ZooCommand, SaysWhatIsWrongInOneLine) {
  for (const Case& given : kCases) {
    const Folder folder;
    const std::string path = folder.path("");
    const auto in_folder = [&](std::string text) {
      const size_t at = text.find('@');
      return at == std::string::npos ? text : text.replace(at, 1, path.substr(0, path.size() - 1));
    };
    std::vector<std::string> arguments = {"zoo"};
    for (const std::string& argument : given.arguments) arguments.push_back(in_folder(argument));
    const ToolResult result = run_tool(arguments);
    EXPECT_EQ(result.exit_status, given.exit_status) << result.err;
    EXPECT_NE(result.err.find(in_folder(given.says)), std::string::npos) << result.err;
    EXPECT_EQ(line_count(result.err), 1u) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_TRUE(std::filesystem::is_empty(path)) << given.says;
  }
}

TEST(ZooCommand, KeepsTheOldFileWhenItFails) {
  const Folder folder;
  const std::string path = folder.write("m.tflite", std::string("old"));
  EXPECT_EQ(run_tool({"zoo", "ds_cn", path}).exit_status, 2);
  EXPECT_EQ(read_text(path), "old");
}

}  // namespace
}  // namespace baton::test
