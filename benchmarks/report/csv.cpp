#include "benchmarks/report/csv.h"

#include <string_view>

#include "benchmarks/report/fields.h"

namespace baton::report {
namespace {

// A result's member of the same name; `part` is an index into it where it is an array.
struct Column {
  const char* name;
  const char* member;
  int part = -1;
};
constexpr Column kColumns[] = {
    {"model", "model"},
    {"delegate", "delegate"},
    {"device", "device"},
    {"driver", "driver"},
    {"status", "status"},
    {"error", "error"},
    {"precision", "precision"},
    {"threads", "threads"},
    {"init_ms", "init_ms"},
    {"first_ms", "first_ms"},
    {"warmup_ms", "warmup_ms"},
    {"min_ms", "min_ms"},
    {"median_ms", "median_ms"},
    {"median_ci_low_ms", "median_ci_ms", 0},
    {"median_ci_high_ms", "median_ci_ms", 1},
    {"mean_ms", "mean_ms"},
    {"p90_ms", "p90_ms"},
    {"p99_ms", "p99_ms"},
    {"std_ms", "std_ms"},
    {"runs", "runs"},
    {"peak_rss_mb", "peak_rss_mb"},
    {"arena_bytes", "arena_bytes"},
    {"arena_lower_bound", "arena_lower_bound"},
    {"state_bytes", "state_bytes"},
    {"partitions", "partitions"},
    {"nodes_delegated", "nodes_delegated"},
    {"nodes_total", "nodes_total"},
    {"nodes_folded", "nodes_folded"},
    {"max_abs_diff", "max_abs_diff"},
    {"max_rel_diff", "max_rel_diff"},
    {"numerics", "numerics"},
    {"multiply_adds_per_s", "multiply_adds_per_s"},
    {"share_of_ceiling", "share_of_ceiling"},
    {"tool_overhead_percent", "tool_overhead_percent"},
};

std::string quoted(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string result = "\"";
  for (const char c : cell) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + "\"";
}

// A spreadsheet takes what begins so for a formula, and names come from files.
std::string harmless(const std::string& cell) {
  const bool formula =
      !cell.empty() && std::string_view("=+-@\t\r").find(cell[0]) != std::string_view::npos;
  return formula ? "'" + cell : cell;
}

std::string cell(const Json& row, const Column& column) {
  const Json* value = &field(row, column.member);
  if (column.part >= 0) {
    const auto part = static_cast<size_t>(column.part);
    const Json& parts = list(row, column.member);
    if (part >= parts.size()) return "";
    value = &parts[part];
  }
  // A string keeps its line breaks: quoting is for that. Bytes that are no UTF-8 are replaced.
  if (value->is_string()) {
    const std::string escaped = value->dump(-1, ' ', false, Json::error_handler_t::replace);
    return quoted(harmless(Json::parse(escaped).get<std::string>()));
  }
  return value->is_number() || value->is_boolean() ? value->dump() : "";
}

}  // namespace

std::string csv_report(const Json& report) {
  std::string lines;
  for (const Column& column : kColumns) {
    lines += (lines.empty() ? "" : ",") + std::string(column.name);
  }
  lines += "\r\n";
  for (const Json& row : list(report, "results")) {
    std::string line;
    for (const Column& column : kColumns) {
      line += (&column == kColumns ? "" : ",") + cell(row, column);
    }
    lines += line + "\r\n";
  }
  return lines;
}

}  // namespace baton::report
