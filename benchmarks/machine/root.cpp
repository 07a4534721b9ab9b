#include "benchmarks/machine/root.h"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace baton::benchmarks {
namespace {

constexpr uint32_t kMostCpus = 1 << 16;

std::optional<uint64_t> leading_number(const std::string& text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  return value;
}

}  // namespace

std::string read_under(const std::string& root, const std::string& path) {
  std::ifstream file(std::filesystem::path(root) / path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string trimmed(const std::string& text) {
  constexpr char kSpace[] = {' ', '\t', '\n', '\r', '\0'};
  const std::string_view space(kSpace, sizeof(kSpace));
  const size_t begin = text.find_first_not_of(space);
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(space) - begin + 1);
}

std::optional<uint64_t> number_under(const std::string& root, const std::string& path) {
  return leading_number(trimmed(read_under(root, path)));
}

std::vector<uint32_t> parse_cpu_list(const std::string& text) {
  std::vector<uint32_t> cpus;
  std::istringstream parts(trimmed(text));
  std::string part;
  while (std::getline(parts, part, ',')) {
    const size_t dash = part.find('-');
    const auto first = leading_number(part);
    const auto last = dash == std::string::npos ? first : leading_number(part.substr(dash + 1));
    if (!first || !last || *last < *first || *last >= kMostCpus) return {};
    for (uint64_t cpu = *first; cpu <= *last; ++cpu) cpus.push_back(static_cast<uint32_t>(cpu));
  }
  return cpus;
}

std::string field(const std::string& text, const std::string& key) {
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line)) {
    const size_t separator = line.find_first_of(":=");
    if (separator != std::string::npos && trimmed(line.substr(0, separator)) == key) {
      return trimmed(line.substr(separator + 1));
    }
  }
  return "";
}

}  // namespace baton::benchmarks
