#include "benchmarks/report/text.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "benchmarks/report/fields.h"
#include "tools/support/table.h"

namespace baton::report {
namespace {

// Half the width of the confidence interval, where it is known.
std::string median_text(const Json& row) {
  const std::string median = short_number(number(row, "median_ms"));
  const std::vector<double> ends = times(row, "median_ci_ms");
  if (median.empty() || ends.size() != 2) return median;
  return fmt::format("{} ± {:.2g}", median, (ends[1] - ends[0]) / 2);
}

// How much faster than the model's reference row, or its first that worked.
std::map<std::string, double> reference_times(const Json& report) {
  std::map<std::string, double> found;
  for (const bool reference : {true, false}) {
    for (const Json& row : list(report, "results")) {
      const auto median = number(row, "median_ms");
      const bool fits = !reference || text(row, "delegate") == "reference";
      if (fits && succeeded(row) && median && *median > 0) {
        found.emplace(text(row, "model"), *median);
      }
    }
  }
  return found;
}

std::string times_faster(const Json& row, const std::map<std::string, double>& references) {
  const double median = succeeded(row) ? number(row, "median_ms").value_or(0) : 0;
  const auto reference = references.find(text(row, "model"));
  if (median <= 0 || reference == references.end()) return "";
  return fmt::format("{:.2f}x", reference->second / median);
}

}  // namespace

std::string text_report(const Json& report) {
  const Json& results = list(report, "results");
  if (results.empty()) return "nothing was measured\n";
  const auto references = reference_times(report);
  tools::Table table({"model", "delegate", "status", "median ms", "min", "p90", "init", "first",
                      "peak MB", "delegated", "max diff", "of ceiling", "speed"});
  const auto cell = [](const Json& row, const char* key) { return short_number(number(row, key)); };
  for (const Json& row : results) {
    const bool ok = succeeded(row);
    // Times of a row that failed mean nothing.
    const auto time = [&](const char* key) { return ok ? cell(row, key) : ""; };
    table.add({text(row, "model"), runner(row), text(row, "status"), ok ? median_text(row) : "",
               time("min_ms"), time("p90_ms"), time("init_ms"), time("first_ms"),
               cell(row, "peak_rss_mb"), delegated(row), cell(row, "max_abs_diff"),
               percent(number(row, "share_of_ceiling")), times_faster(row, references)});
  }
  std::string lines = table.text();
  for (const Json& row : results) {
    if (succeeded(row)) continue;
    lines += fmt::format("{}, {} {}: {}\n", text(row, "model"), runner(row), text(row, "status"),
                         failure(row));
  }
  for (const std::string& warning : warnings(report)) lines += "warning: " + warning + "\n";
  return lines;
}

}  // namespace baton::report
