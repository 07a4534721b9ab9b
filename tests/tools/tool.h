// The `baton` binary as a subprocess, and a folder for its files.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace baton::test {

struct ToolResult {
  int exit_status = -1;  // -1: it did not end by itself
  std::string out;
  std::string err;
};

using Environment = std::vector<std::pair<std::string, std::string>>;

// Runs it without the BATON_ variables of this process, but with the test plugins to be found by
// name, and `environment`.
ToolResult run_tool(const std::vector<std::string>& arguments, const Environment& environment = {});

std::string test_plugin_file(const std::string& name);
size_t line_count(const std::string& text);

// Removed at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string path(const std::string& name) const { return (path_ / name).string(); }
  // Writes the file; gives back its path.
  template <typename Bytes>
  std::string write(const std::string& name, const Bytes& bytes) const {
    return write(name, bytes.data(), bytes.size());
  }

 private:
  std::string write(const std::string& name, const void* data, size_t bytes) const;
  std::filesystem::path path_;
};

// The content; "" when there is none.
std::string read_text(const std::filesystem::path& path);

}  // namespace baton::test
