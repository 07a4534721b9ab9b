#include "tests/tools/tool.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

extern char** environ;

namespace baton::test {

ToolResult run_tool(const std::vector<std::string>& arguments, const Environment& environment) {
  const Folder folder;
  const std::string out = folder.path("out"), err = folder.path("err");

  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (std::string(*variable).rfind("BATON_", 0) != 0) variables.emplace_back(*variable);
  }
  const std::string plugin_path = "BATON_PLUGIN_PATH";
  bool has_plugin_path = false;
  for (const auto& [name, value] : environment) {
    variables.push_back(name + "=" + value);
    has_plugin_path = has_plugin_path || name == plugin_path;
  }
  if (!has_plugin_path) variables.push_back(plugin_path + "=" BATON_TEST_PLUGINS_DIR);
  std::vector<std::string> words = {BATON_TOOL};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const auto pointers = [](std::vector<std::string>& strings) {
    std::vector<char*> result;
    for (std::string& string : strings) result.push_back(string.data());
    result.push_back(nullptr);
    return result;
  };

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT, 0600);
  pid_t child = 0;
  const int problem = posix_spawn(&child, BATON_TOOL, &actions, nullptr, pointers(words).data(),
                                  pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (problem != 0) throw std::runtime_error("cannot start " BATON_TOOL);

  ToolResult result;
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) result.exit_status = WEXITSTATUS(status);
  result.out = read_text(out);
  result.err = read_text(err);
  return result;
}

std::string test_plugin_file(const std::string& name) {
  return std::string(BATON_TEST_PLUGINS_DIR) + "/libbaton_" + name + ".so";
}

size_t line_count(const std::string& text) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

Folder::Folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "baton_tools_XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Folder::write(const std::string& name, const void* data, size_t bytes) const {
  std::ofstream file(path_ / name, std::ios::binary);
  file.write(static_cast<const char*>(data), static_cast<std::streamsize>(bytes));
  if (!file) throw std::runtime_error("cannot write " + path(name));
  return path(name);
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace baton::test
