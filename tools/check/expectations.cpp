#include "tools/check/expectations.h"

#include <fmt/core.h>

#include <algorithm>

#include "tools/check/selection.h"
#include "tools/support/failure.h"
#include "tools/support/tensors.h"

namespace baton::tools {
namespace {

constexpr const char* kBlanks = " \t\r";

// Without the comment, and blanks at the ends.
std::string pattern_of(std::string line) {
  for (size_t at = line.find('#'); at != std::string::npos; at = line.find('#', at + 1)) {
    if (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t') {
      line.erase(at);
      break;
    }
  }
  const size_t first = line.find_first_not_of(kBlanks);
  if (first == std::string::npos) return "";
  return line.substr(first, line.find_last_not_of(kBlanks) + 1 - first);
}

}  // namespace

Expectations::Expectations(const std::string& file, const Catalogue& catalogue)
    : expected_(catalogue.cases.size()) {
  const std::vector<std::byte> bytes =
      read_file(file, "the expected-failures file", uint64_t{16} << 20);
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  size_t number = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    Line line{++number, pattern_of(text.substr(begin, end - begin)), {}};
    begin = end + 1;
    if (line.text.empty()) continue;
    try {
      const std::regex regex = read_regex(line.text);
      for (size_t i = 0; i < catalogue.cases.size(); ++i) {
        if (!std::regex_match(catalogue.cases[i].name, regex)) continue;
        line.cases.push_back(i);
        expected_[i] = true;
      }
    } catch (const std::regex_error& problem) {
      misuse("{}, line {}: '{}' is no regular expression that can be used: {}", file, number,
             line.text, problem.what());
    }
    if (line.cases.empty()) {
      misuse("{}, line {}: '{}' matches no case; --list shows them", file, number, line.text);
    }
    lines_.push_back(std::move(line));
  }
}

std::vector<std::string> Expectations::unexpected_passes(
    const std::vector<CheckResult>& results) const {
  std::vector<std::string> passes;
  for (const Line& line : lines_) {
    const bool passed = std::all_of(line.cases.begin(), line.cases.end(), [&](size_t i) {
      return results[i].outcome != Outcome::kNotRun && !is_wrong(results[i].outcome);
    });
    if (passed) passes.push_back(fmt::format("line {}: '{}'", line.number, line.text));
  }
  return passes;
}

}  // namespace baton::tools
