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
  // Cells may hold anything: plain().
  void add(std::vector<std::string> row);
  bool empty() const { return rows_.size() == 1; }
  // Two spaces before each line; columns whose cells are all numbers to the right.
  std::string text() const;
  // To stdout.
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
// "12.345 ms", "4.321 µs"
std::string time_text(double milliseconds);

// A string, as people get to see it: plain().
std::string text_of(const nlohmann::ordered_json& object, const char* key);
// Bytes that are no UTF-8 are replaced; control characters are escaped.
std::string json_text(const nlohmann::ordered_json& json);
// To stdout.
void print_json(const nlohmann::ordered_json& json);

}  // namespace baton::tools
