#include "benchmarks/report/html_parts.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "benchmarks/report/markup.h"
#include "tools/support/table.h"
#include "tools/support/text.h"

namespace baton::report {
namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

std::string unit(const std::string& value, const char* name) {
  return value.empty() ? "" : value + " " + name;
}

std::string joined(const Json& array, const char* separator = ", ") {
  std::string line;
  for (const Json& entry : array) {
    if (!entry.is_string()) continue;
    line += (line.empty() ? "" : separator) + tools::plain(entry.get<std::string>());
  }
  return line;
}

// "float32[1,224,224,3] input"
std::string tensors(const Json& entries) {
  std::string line;
  for (const Json& entry : entries) {
    std::string shape;
    for (const Json& size : list(entry, "shape")) {
      shape += (shape.empty() ? "" : ",") + (size.is_number_integer() ? size.dump() : "?");
    }
    line += fmt::format("{}{}[{}] {}", line.empty() ? "" : ", ", text(entry, "dtype"), shape,
                        text(entry, "name"));
  }
  return line;
}

std::string ceilings(const Json& machine) {
  const Json& ceilings = field(machine, "ceilings");
  // The best of each precision.
  std::vector<const Json*> best;
  for (const Json& peak : list(ceilings, "compute")) {
    const auto other = std::find_if(best.begin(), best.end(), [&](const Json* known) {
      return text(*known, "precision") == text(peak, "precision");
    });
    if (other == best.end()) {
      best.push_back(&peak);
    } else if (number(**other, "all_threads_gmacs") < number(peak, "all_threads_gmacs")) {
      *other = &peak;
    }
  }
  std::string line;
  for (const Json* best_peak : best) {
    const Json& peak = *best_peak;
    const std::string one = short_number(number(peak, "one_thread_gmacs"));
    const std::string all = short_number(number(peak, "all_threads_gmacs"));
    if (one.empty() && all.empty()) continue;
    line += fmt::format("{}{} {} / {} G multiply-adds/s ({})", line.empty() ? "" : "; ",
                        text(peak, "precision"), one.empty() ? "?" : one, all.empty() ? "?" : all,
                        text(peak, "isa"));
  }
  const Json& memory = field(ceilings, "memory_gbytes_per_s");
  const std::string one = short_number(number(memory, "one_thread"));
  const std::string all = short_number(number(memory, "all_threads"));
  if (!one.empty() || !all.empty()) {
    line += fmt::format("{}memory {} / {} GB/s", line.empty() ? "" : "; ", one, all);
  }
  return line.empty() ? "" : line + " (one thread / all)";
}

// How far the yardstick's rounds are apart.
std::string yardstick(const Json& report) {
  const std::vector<double> rounds = times(field(report, "yardstick"), "rounds_us");
  if (rounds.size() < 2) return "";
  const auto [low, high] = std::minmax_element(rounds.begin(), rounds.end());
  return fmt::format("the same work took {} to {} µs ({} apart)", short_number(*low),
                     short_number(*high), percent(*high / *low - 1));
}

std::string drivers(const Json& machine) {
  std::string line;
  for (const Json& driver : list(machine, "drivers")) {
    line += fmt::format("{}{} on {} ({})", line.empty() ? "" : "; ", text(driver, "driver"),
                        text(driver, "device"), text(driver, "delegate"));
  }
  return line;
}

// Settings are scalars, or lists of them.
std::string value_text(const Json& value) {
  if (value.is_string()) return tools::plain(value.get<std::string>());
  if (value.is_number_float()) return short_number(value.get<double>());
  if (!value.is_array()) return value.is_primitive() && !value.is_binary() ? value.dump() : "";
  std::string line;
  for (const Json& entry : value) {
    if (!entry.is_structured()) line += (line.empty() ? "" : ", ") + value_text(entry);
  }
  return line;
}

}  // namespace

std::string machine_facts(const Json& report) {
  const Json& machine = field(report, "machine");
  const auto known = [&](const char* key, const char* what) {
    return unit(short_number(number(machine, key)), what);
  };
  const Json& virtual_machine = field(machine, "virtual");
  Facts entries = {
      {"Processor", text(machine, "cpu")},
      {"Architecture", text(machine, "architecture")},
      {"Cores", short_number(number(machine, "online_cpus"), known("cores", ""))},
      {"Memory", bytes_text(number(machine, "memory_bytes"))},
      {"Frequency", known("frequency_mhz", "MHz")},
      {"Governor", text(machine, "governor")},
      {"Load before", known("load_1m", "")},
      {"Virtual machine",
       virtual_machine.is_boolean() ? (virtual_machine.get<bool>() ? "yes" : "no") : ""},
      {"System", text(machine, "os")},
      {"Kernel", text(machine, "kernel")},
      {"Drivers", drivers(machine)},
      {"Steadiness", yardstick(report)},
      {"Ceilings", ceilings(machine)},
      {"Instructions", joined(list(machine, "isa"))},
  };
  for (auto& entry : entries) entry.second = escaped(entry.second);
  const std::string html = facts(entries);
  if (html.empty()) return "";
  return "<section id=\"machine\"><h2>Machine</h2>\n" + html + "</section>\n";
}

std::string warning_list(const Json& report) {
  const std::vector<std::string> sentences = warnings(report);
  if (sentences.empty()) return "";
  // Many rows may each have their own; the page stays readable.
  constexpr size_t kShown = 8;
  std::string html = fmt::format("<section id=\"warnings\" class=\"warnings\"><h2>{}</h2>\n<ul>",
                                 tools::counted(sentences.size(), "warning"));
  for (size_t i = 0; i < sentences.size(); ++i) {
    if (i == kShown && sentences.size() > kShown + 1) {
      html += fmt::format("</ul>\n<details><summary>{} more</summary><ul>", sentences.size() - i);
    }
    html += "<li>" + escaped(sentences[i]) + "</li>\n";
  }
  html += "</ul>";
  if (sentences.size() > kShown + 1) html += "</details>";
  return html + "</section>\n";
}

std::string settings(const Json& report) {
  const Json& chosen = field(report, "settings");
  if (!chosen.is_object() || chosen.empty()) return "";
  Facts entries;
  for (const auto& [name, value] : chosen.items()) {
    entries.emplace_back(tools::plain(name), escaped(value_text(value)));
  }
  return "<section id=\"settings\"><h2>Settings</h2>\n" + facts(entries) + "</section>\n";
}

std::string model_facts(const Json& model) {
  Facts entries = {
      {"File", text(model, "path")},
      {"Size", bytes_text(number(model, "bytes"))},
      {"Multiply-adds", count_text(number(model, "multiply_adds"))},
      {"Parameters", count_text(number(model, "parameters"))},
      {"Inputs", tensors(list(model, "inputs"))},
      {"Outputs", tensors(list(model, "outputs"))},
      {"Hash", text(model, "hash")},
  };
  for (auto& entry : entries) entry.second = escaped(entry.second);
  return facts(entries);
}

std::string status_tag(const Json& row) {
  const std::string status = text(row, "status");
  return fmt::format("<span class=\"tag\">{}</span>",
                     escaped(status.empty() ? "not known" : status));
}

std::string bars(const std::vector<const Json*>& rows) {
  double longest = 0;
  const auto interval = [](const Json& row, double median) {
    const std::vector<double> ends = times(row, "median_ci_ms");
    return ends.size() == 2 ? std::pair(ends[0], ends[1]) : std::pair(median, median);
  };
  for (const Json* row : rows) {
    const double median = succeeded(*row) ? number(*row, "median_ms").value_or(0) : 0;
    longest = std::max({longest, median, median > 0 ? interval(*row, median).second : 0});
  }
  std::string html = "<ul class=\"bars\" aria-label=\"Median times\">\n";
  for (const Json* row : rows) {
    html += fmt::format("<li><span class=\"who\">{}</span>", escaped(runner(*row)));
    const auto median = number(*row, "median_ms");
    if (!succeeded(*row)) {
      html += fmt::format("<span class=\"sentence\">{} {}</span>", status_tag(*row),
                          escaped(failure(*row)));
    } else if (!median || longest <= 0) {
      html += "<span class=\"sentence\">no time is given</span>";
    } else {
      const auto [low, high] = interval(*row, *median);
      const auto share = [&](double time) { return std::clamp(time / longest, 0.0, 1.0) * 100; };
      html += fmt::format(
          "<span class=\"track\" aria-hidden=\"true\"><span class=\"bar\" style=\"width:{:.2f}%\">"
          "</span><span class=\"whisker\" style=\"left:{:.2f}%;width:{:.2f}%\"></span></span>"
          "<span class=\"value\">{} ms <small>{} to {}</small></span>",
          share(*median), share(low), share(high) - share(low), short_number(median),
          short_number(low), short_number(high));
    }
    html += "</li>\n";
  }
  return html + "</ul>\n";
}

std::string results_table(const std::string& model, const std::vector<const Json*>& rows) {
  struct Column {
    Heading heading;
    Cell (*cell)(const Json& row);
  };
  // A number as it is; nothing where it is not known, or where the row did not end well.
  static const auto kTime = [](const Json& row, const char* key) {
    const auto value = number(row, key);
    return Cell{short_number(value), value};
  };
  static const Column kColumns[] = {
      {{"Delegate"}, [](const Json& row) { return Cell{escaped(runner(row))}; }},
      {{"Status"}, [](const Json& row) { return Cell{succeeded(row) ? "ok" : status_tag(row)}; }},
      {{"Init ms", true, "Loading, compiling and preparing"},
       [](const Json& row) { return kTime(row, "init_ms"); }},
      {{"First ms", true, "The first run"}, [](const Json& row) { return kTime(row, "first_ms"); }},
      {{"Min ms", true}, [](const Json& row) { return kTime(row, "min_ms"); }},
      {{"Median ms", true}, [](const Json& row) { return kTime(row, "median_ms"); }},
      {{"p90 ms", true, "Nine of ten runs took at most this"},
       [](const Json& row) { return kTime(row, "p90_ms"); }},
      {{"p99 ms", true, "99 of 100 runs took at most this"},
       [](const Json& row) { return kTime(row, "p99_ms"); }},
      {{"Peak MB", true, "Resident memory at its largest"},
       [](const Json& row) { return kTime(row, "peak_rss_mb"); }},
      {{"Arena", true, "Memory for tensors and scratch"},
       [](const Json& row) {
         return Cell{bytes_text(number(row, "arena_bytes")), number(row, "arena_bytes")};
       }},
      {{"Nodes delegated", true},
       [](const Json& row) {
         return Cell{delegated(row), number(row, "nodes_delegated")};
       }},
      {{"Partitions", true}, [](const Json& row) { return kTime(row, "partitions"); }},
      {{"Numerics", false, "Compared with the reference kernels"},
       [](const Json& row) { return Cell{escaped(text(row, "numerics"))}; }},
      {{"Of ceiling", true, "The time that the machine's peak allows, divided by the time taken"},
       [](const Json& row) {
         return Cell{percent(number(row, "share_of_ceiling")), number(row, "share_of_ceiling")};
       }},
  };
  std::vector<Heading> headings;
  for (const Column& column : kColumns) headings.push_back(column.heading);
  std::vector<std::vector<Cell>> lines;
  for (const Json* row : rows) {
    std::vector<Cell>& line = lines.emplace_back();
    for (const Column& column : kColumns) line.push_back(column.cell(*row));
  }
  return table("Results of " + model, headings, lines);
}

}  // namespace baton::report
