#include "benchmarks/report/fields.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "tools/support/table.h"
#include "tools/support/text.h"

namespace baton::report {

const Json& field(const Json& object, const char* key) {
  static const Json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(key);
  return found == object.end() ? kNothing : *found;
}

const Json& list(const Json& object, const char* key) {
  static const Json kEmpty = Json::array();
  const Json& value = field(object, key);
  return value.is_array() ? value : kEmpty;
}

std::optional<double> number(const Json& object, const char* key) {
  const Json& value = field(object, key);
  if (!value.is_number()) return std::nullopt;
  const double real = value.get<double>();
  return std::isfinite(real) ? std::optional(real) : std::nullopt;
}

std::string text(const Json& object, const char* key) {
  const Json& value = field(object, key);
  return value.is_string() ? tools::plain(value.get_ref<const std::string&>()) : "";
}

std::vector<double> times(const Json& object, const char* key) {
  std::vector<double> found;
  for (const Json& value : list(object, key)) {
    if (!value.is_number()) continue;
    const double time = value.get<double>();
    if (std::isfinite(time) && time > 0) found.push_back(time);
  }
  return found;
}

std::vector<double> times_of(const Json& objects, const char* key) {
  std::vector<double> found;
  for (const Json& object : objects) {
    const std::optional<double> time = number(object, key);
    if (time && *time > 0) found.push_back(*time);
  }
  return found;
}

bool succeeded(const Json& row) { return text(row, "status") == "ok"; }

std::string runner(const Json& row, bool with_device) {
  std::string name = text(row, "delegate");
  if (name.empty()) name = "reference";
  const std::string device = text(row, "device");
  if (with_device && !device.empty()) name += " (" + device + ")";
  const double threads = number(row, "threads").value_or(1);
  if (threads != 1) name += fmt::format(", {} threads", short_number(threads));
  const std::string precision = text(row, "precision");
  if (!precision.empty() && precision != "exact") name += ", " + precision;
  return name;
}

std::string failure(const Json& row) {
  if (succeeded(row)) return "";
  const std::string error = text(row, "error");
  const std::string status = text(row, "status");
  if (!error.empty()) return error;
  return status.empty() ? "the report does not say what became of it" : "no reason is given";
}

std::string delegated(const Json& row) {
  const auto nodes = number(row, "nodes_delegated");
  const auto total = number(row, "nodes_total");
  if (!nodes || !total) return "";
  return fmt::format("{:.0f} of {:.0f}", *nodes, *total);
}

std::vector<std::string> warnings(const Json& report) {
  std::vector<std::string> found;
  for (const Json& warning : list(report, "warnings")) {
    if (warning.is_string()) found.push_back(tools::plain(warning.get<std::string>()));
  }
  // The same sentence of many rows is one line.
  std::vector<std::pair<std::string, std::vector<std::string>>> by_sentence;
  for (const Json& row : list(report, "results")) {
    for (const Json& warning : list(row, "warnings")) {
      if (!warning.is_string()) continue;
      const std::string sentence = tools::plain(warning.get<std::string>());
      auto place = std::find_if(by_sentence.begin(), by_sentence.end(),
                                [&](const auto& entry) { return entry.first == sentence; });
      if (place == by_sentence.end()) place = by_sentence.insert(place, {sentence, {}});
      place->second.push_back(text(row, "model") + ", " + runner(row));
    }
  }
  for (const auto& [sentence, rows] : by_sentence) {
    if (std::find(found.begin(), found.end(), sentence) != found.end()) continue;
    found.push_back(rows.size() == 1 ? rows.front() + ": " + sentence
                                     : fmt::format("{} results: {}", rows.size(), sentence));
  }
  return found;
}

std::string short_number(std::optional<double> value, const std::string& absent) {
  if (!value) return absent;
  const double magnitude = std::abs(*value);
  if (magnitude >= 1e15 || (magnitude > 0 && magnitude < 1e-4)) {
    return fmt::format("{:.3g}", *value);
  }
  if (*value == std::floor(*value)) return fmt::format("{:.0f}", *value);
  const int before = magnitude < 1 ? 1 : static_cast<int>(std::floor(std::log10(magnitude))) + 1;
  return fmt::format("{:.{}f}", *value, std::max(0, 4 - before));
}

std::string percent(std::optional<double> share, const std::string& absent) {
  if (!share) return absent;
  return fmt::format("{:.{}f} %", *share * 100, std::abs(*share) < 0.0995 ? 1 : 0);
}

std::string count_text(std::optional<double> value, const std::string& absent) {
  if (!value) return absent;
  constexpr const char* kUnits[] = {"", " k", " M", " G", " T"};
  double count = *value;
  size_t unit = 0;
  for (; std::abs(count) >= 1000 && unit + 1 < std::size(kUnits); ++unit) count /= 1000;
  return short_number(count) + kUnits[unit];
}

std::string bytes_text(std::optional<double> value, const std::string& absent) {
  if (!value || *value < 0 || *value > 9e18) return absent;
  return tools::size_text(static_cast<uint64_t>(*value));
}

}  // namespace baton::report
