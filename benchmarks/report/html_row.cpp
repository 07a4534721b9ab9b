// One result in detail: operators, placement, refusals, numerics.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <utility>

#include "benchmarks/report/html_parts.h"
#include "benchmarks/report/markup.h"
#include "tools/support/table.h"
#include "tools/support/text.h"

namespace baton::report {
namespace {

// Without the script the page has the most expensive operators; with it, all of them, from JSON:
// tables of every operator of every row would make a page of many models slow.
constexpr size_t kOpsWithoutScript = 12;

std::string op_label(const Json& op) {
  const double index = number(op, "index").value_or(-1);
  const double subgraph = number(op, "subgraph").value_or(0);
  const std::string name = text(op, "op");
  if (index < 0) {
    const auto nodes = number(op, "nodes");
    return fmt::format("{} {}{}", name.empty() ? "partition" : name,
                       short_number(number(op, "partition")),
                       nodes ? fmt::format(", {:.0f} nodes", *nodes) : "");
  }
  return subgraph > 0 ? fmt::format("{:.0f}:{:.0f} {}", subgraph, index, name)
                      : fmt::format("{:.0f} {}", index, name);
}

std::string share_bar(double share, double largest) {
  const double width = largest > 0 ? std::clamp(share / largest, 0.0, 1.0) * 100 : 0;
  return fmt::format(
      "<span class=\"share\"><span class=\"track\" aria-hidden=\"true\"><span class=\"bar\" "
      "style=\"width:{:.1f}%\"></span></span>{}</span>",
      width, percent(share));
}

struct Operators {
  std::vector<const Json*> by_time;
  double total_us = 0;
  double largest_us = 0;
};

double time_of(const Json& op) { return number(op, "median_us").value_or(0); }

Operators sorted(const Json& ops) {
  Operators result;
  for (const Json& op : ops) {
    if (!op.is_object()) continue;
    result.by_time.push_back(&op);
    result.total_us += time_of(op);
    result.largest_us = std::max(result.largest_us, time_of(op));
  }
  std::stable_sort(result.by_time.begin(), result.by_time.end(),
                   [](const Json* a, const Json* b) { return time_of(*a) > time_of(*b); });
  return result;
}

double share_of(const Json& op, const Operators& all) {
  const auto given = number(op, "share_of_time");
  return given ? *given : all.total_us > 0 ? time_of(op) / all.total_us : 0;
}

std::string types_table(const Operators& ops) {
  struct Type {
    std::string name;
    double us = 0, share = 0;
    size_t count = 0;
  };
  std::map<std::string, Type> types;
  for (const Json* op : ops.by_time) {
    Type& type = types[text(*op, "op")];
    type.name = text(*op, "op");
    type.us += time_of(*op);
    type.share += share_of(*op, ops);
    ++type.count;
  }
  std::vector<Type> sorted_types;
  for (auto& entry : types) sorted_types.push_back(std::move(entry.second));
  std::sort(sorted_types.begin(), sorted_types.end(),
            [](const Type& a, const Type& b) { return a.us > b.us; });
  std::vector<std::vector<Cell>> lines;
  for (const Type& type : sorted_types) {
    lines.push_back({{escaped(type.name)},
                     {std::to_string(type.count), static_cast<double>(type.count)},
                     {short_number(type.us), type.us},
                     {share_bar(type.share, sorted_types.front().share), type.share}});
  }
  return table("Time by operator type",
               {{"Operator type"}, {"Count", true}, {"Time µs", true}, {"Share of time", true}},
               lines);
}

std::string operators(const Json& row) {
  const Operators ops = sorted(list(row, "ops"));
  if (ops.by_time.empty()) return "";
  const double largest = share_of(*ops.by_time.front(), ops);

  std::vector<std::vector<Cell>> lines;
  Json data = Json::array();
  for (const Json* op : ops.by_time) {
    const auto ceiling = number(*op, "share_of_ceiling");
    const double share = share_of(*op, ops);
    if (lines.size() < kOpsWithoutScript) {
      lines.push_back({{escaped(op_label(*op)), number(*op, "index")},
                       {short_number(number(*op, "median_us")), number(*op, "median_us")},
                       {share_bar(share, largest), share},
                       {percent(ceiling), ceiling},
                       {escaped(text(*op, "delegate"))},
                       {escaped(text(*op, "name"))}});
    }
    // In the order of the columns: page.js.
    const Json nothing;
    data.push_back({op_label(*op), number(*op, "index").value_or(-1), time_of(*op), share,
                    ceiling ? Json(*ceiling) : nothing, text(*op, "delegate"), text(*op, "name")});
  }
  std::string html = "<h3>Operators</h3>\n" + types_table(ops);
  const std::vector<Heading> headings = {
      {"Operator", true},   {"Median µs", true}, {"Share of time", true},
      {"Of ceiling", true}, {"Run by"},          {"Output"}};
  html += "<div class=\"operators\">" + table("Most expensive operators", headings, lines);
  if (ops.by_time.size() > lines.size()) {
    html += fmt::format(
        "<noscript><p class=\"note\">The first {} of {}; the page's script shows "
        "the others.</p></noscript>",
        lines.size(), ops.by_time.size());
  }
  return html + "<script type=\"application/json\">" + script_json(data) + "</script></div>\n";
}

std::string refusals(const Json& row) {
  std::vector<std::vector<Cell>> lines;
  for (const Json& refusal : list(row, "refusals")) {
    const auto count = number(refusal, "count");
    lines.push_back({{escaped(text(refusal, "op"))},
                     {short_number(count), count},
                     {escaped(text(refusal, "delegate"))},
                     {escaped(text(refusal, "reason"))},
                     {escaped(text(refusal, "text"))}});
  }
  if (lines.empty()) return "";
  return table("Refused nodes",
               {{"Operator"}, {"Nodes", true}, {"Delegate"}, {"Reason"}, {"In its words"}}, lines);
}

std::string placement(const Json& row) {
  std::string html;
  if (!text(row, "placement").empty()) {
    html += "<p>" + escaped(text(row, "placement")) + "</p>\n";
  }
  html += refusals(row);
  return html.empty() ? "" : "<h3>Placement</h3>\n" + html;
}

std::string row_facts(const Json& row) {
  const Json& exact = field(row, "exact_integer");
  const auto ms = [&](const char* key) {
    const std::string value = short_number(number(row, key));
    return value.empty() ? value : value + " ms";
  };
  std::vector<std::pair<std::string, std::string>> entries = {
      {"Driver", text(row, "driver")},
      {"Exact integers", exact.is_boolean() ? (exact.get<bool>() ? "yes" : "no") : ""},
      {"Precision", text(row, "precision")},
      {"Threads", short_number(number(row, "threads"))},
      {"Runs", short_number(number(row, "runs"))},
      {"Warm-up", ms("warmup_ms")},
      {"Mean", ms("mean_ms")},
      {"Standard deviation", ms("std_ms")},
      {"Largest difference", short_number(number(row, "max_abs_diff"))},
      {"Relative to the largest value", short_number(number(row, "max_rel_diff"))},
      {"Numerics", text(row, "numerics")},
      {"Least arena possible", bytes_text(number(row, "arena_lower_bound"))},
      {"State", bytes_text(number(row, "state_bytes"))},
      {"Folded nodes", short_number(number(row, "nodes_folded"))},
      {"Multiply-adds per second", count_text(number(row, "multiply_adds_per_s"))},
      {"Profiling costs", percent(number(row, "tool_overhead_percent").value_or(0) / 100)},
  };
  if (!number(row, "tool_overhead_percent")) entries.pop_back();
  for (auto& entry : entries) entry.second = escaped(entry.second);
  return facts(entries);
}

std::string row_warnings(const Json& row) {
  std::string html;
  for (const Json& warning : list(row, "warnings")) {
    if (warning.is_string()) {
      html += "<li>" + escaped(tools::plain(warning.get<std::string>())) + "</li>";
    }
  }
  return html.empty() ? "" : "<ul class=\"row-warnings\">" + html + "</ul>\n";
}

}  // namespace

std::string row_details(const Json& row) {
  std::string html =
      fmt::format("<details class=\"row\"><summary>{}: {}</summary>\n", escaped(runner(row)),
                  succeeded(row) ? "operators, placement, numerics" : "details");
  if (!failure(row).empty()) {
    html += "<p>" + status_tag(row) + " " + escaped(failure(row)) + "</p>\n";
  }
  return html + row_warnings(row) + operators(row) + placement(row) + "<h3>Figures</h3>\n" +
         row_facts(row) + "</details>\n";
}

}  // namespace baton::report
