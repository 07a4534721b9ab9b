// Text for people: tables with aligned columns, counts, sizes, lists of numbers.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace baton::tools {

class Table {
 public:
  explicit Table(std::vector<std::string> headings) { rows_.push_back(std::move(headings)); }
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.size() == 1; }
  // To stdout, two spaces before each line; columns whose cells are all numbers to the right.
  void print() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// "1 node", "3 nodes"
std::string counted(uint64_t count, const std::string& noun);
// "512 bytes", "3.4 KiB", "17.0 MiB"
std::string size_text(uint64_t bytes);
// {0, 1, 2, 5} -> "0-2, 5"
std::string ranges(const std::vector<uint32_t>& ascending);
// Control characters as '?': a name from a file stays on its line.
std::string plain(std::string text);

// Bytes that are no UTF-8 are replaced.
std::string json_text(const nlohmann::ordered_json& json);
// To stdout.
void print_json(const nlohmann::ordered_json& json);

}  // namespace baton::tools
