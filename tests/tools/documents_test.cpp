// The examples of documents run, and print the lines that are shown there; the example of
// docs/configuration.md is a configuration.

#include <gtest/gtest.h>

#include <sstream>

#include "tests/session/models.h"
#include "tests/tools/tool.h"

namespace baton::test {
namespace {

const std::string kSource = BATON_SOURCE_DIR;

std::vector<std::string> words(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> result;
  for (std::string word; stream >> word;) {
    // Examples are written from the top of the source tree.
    const size_t at = word.find("examples/");
    result.push_back(at == std::string::npos ? word : word.insert(at, kSource + "/"));
  }
  return result;
}

TEST(Documents, CommandsDoWhatTheySay) {
  std::istringstream lines(read_text(kSource + "/docs/commands.md") +
                           read_text(kSource + "/docs/cpu.md"));
  const std::string command = "    $ baton ", indent = "    ";
  std::string shown, output;
  int commands = 0, expectations = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(command, 0) == 0) {
      const ToolResult result =
          run_tool(words(line.substr(command.size())), {{"BATON_PLUGIN_PATH", BATON_PLUGINS_DIR}});
      EXPECT_EQ(result.exit_status, 0) << line << "\n" << result.err;
      EXPECT_EQ(result.err, "") << line;
      shown = line;
      output = "\n" + result.out;
      ++commands;
    } else if (!shown.empty() && line.rfind(indent, 0) == 0) {
      EXPECT_NE(output.find("\n" + line.substr(indent.size()) + "\n"), std::string::npos)
          << shown << "\n"
          << line << "\n"
          << output;
      ++expectations;
    } else {
      shown.clear();
    }
  }
  EXPECT_GE(commands, 7);
  EXPECT_GE(expectations, 9);
}

TEST(Documents, ConfigurationIsOne) {
  std::istringstream lines(read_text(kSource + "/docs/configuration.md"));
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("    ", 0) == 0) text += line.substr(4) + "\n";
  }
  EXPECT_NE(text.find("[[keep_off]]"), std::string::npos);
  const Folder folder;
  const ToolResult result =
      run_tool({"run", folder.write("m.tflite", elementwise_model()), "--delegate=reference",
                "--config=" + folder.write("baton.toml", text)});
  EXPECT_EQ(result.exit_status, 0) << result.err;
}

}  // namespace
}  // namespace baton::test
