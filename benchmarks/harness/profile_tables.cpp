#include "benchmarks/harness/profile_tables.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <vector>

#include "tools/support/text.h"

namespace baton::benchmarks {
namespace {

using Json = nlohmann::ordered_json;

struct Line {
  std::string type;
  std::string name;
  bool executed = true;  // false: the rest of a partition whose nodes have lines of their own
  double first_ms = 0;
  double average_ms = 0;
};

std::vector<Line> lines_of(const Json& result) {
  std::vector<Line> lines;
  for (const Json& op : result["ops"]) {
    lines.push_back(
        {tools::plain(op.value("op", "")),
         fmt::format("[{}]:{}", tools::plain(op.value("name", "")), op.value("index", -1)),
         op.value("nodes", 1) != 0, op.value("first_us", 0.0) / 1000,
         op.value("mean_us", 0.0) / 1000});
  }
  return lines;
}

double total_of(const std::vector<Line>& lines) {
  double total = 0;
  for (const Line& line : lines) total += line.average_ms;
  return total > 0 ? total : 1;
}

std::string heading(const char* title) {
  return fmt::format("{:=>30} {} {:=>30}\n", "", title, "");
}

std::string node_table(const char* title, const std::vector<Line>& lines, double total) {
  std::string text = heading(title);
  text +=
      fmt::format("\t{:>24}\t{:>9}\t{:>9}\t{:>8}\t{:>8}\t{:>10}\t{:>9}\t{}\n", "[node type]",
                  "[first]", "[avg ms]", "[%]", "[cdf%]", "[mem KB]", "[times called]", "[Name]");
  double sum = 0;
  for (const Line& line : lines) {
    sum += line.average_ms;
    text +=
        fmt::format("\t{:>24}\t{:>9.3f}\t{:>9.3f}\t{:>7.3f}%\t{:>7.3f}%\t{:>10.3f}\t{:>9}\t{}\n",
                    line.type, line.first_ms, line.average_ms, 100 * line.average_ms / total,
                    100 * sum / total, 0.0, 1, line.name);
  }
  return text + "\n";
}

std::string type_table(const std::vector<Line>& lines, double total) {
  struct Type {
    uint64_t count = 0;
    double average_ms = 0;
  };
  std::map<std::string, Type> types;
  for (const Line& line : lines) {
    Type& type = types[line.type];
    ++type.count;
    type.average_ms += line.average_ms;
  }
  std::vector<std::pair<std::string, Type>> order(types.begin(), types.end());
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return a.second.average_ms > b.second.average_ms;
  });
  std::string text = fmt::format(
      "Number of nodes executed: {}\n",
      std::count_if(lines.begin(), lines.end(), [](const Line& line) { return line.executed; }));
  text += heading("Summary by node type");
  text += fmt::format("\t{:>24}\t{:>9}\t{:>10}\t{:>11}\t{:>11}\t{:>10}\t{:>9}\n", "[Node type]",
                      "[count]", "[avg ms]", "[avg %]", "[cdf %]", "[mem KB]", "[times called]");
  double sum = 0;
  for (const auto& [name, type] : order) {
    sum += type.average_ms;
    text += fmt::format("\t{:>24}\t{:>9}\t{:>10.3f}\t{:>10.3f}%\t{:>10.3f}%\t{:>10.3f}\t{:>9}\n",
                        name, type.count, type.average_ms, 100 * type.average_ms / total,
                        100 * sum / total, 0.0, type.count);
  }
  return text + "\n";
}

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + "\"";
}

}  // namespace

std::string profile_tables(const Json& result) {
  const std::vector<Line> lines = lines_of(result);
  const double total = total_of(lines);
  std::vector<Line> by_time = lines;
  std::stable_sort(by_time.begin(), by_time.end(),
                   [](const Line& a, const Line& b) { return a.average_ms > b.average_ms; });
  by_time.resize(std::min<size_t>(by_time.size(), 10));
  return "Operator-wise Profiling Info for Regular Benchmark Runs:\n" +
         node_table("Run Order", lines, total) +
         node_table("Top by Computation Time", by_time, total) + type_table(lines, total);
}

std::string profile_csv(const Json& result) {
  const std::vector<Line> lines = lines_of(result);
  const double total = total_of(lines);
  std::string text = "node type,first,avg_ms,%,cdf%,mem KB,times called,name\n";
  double sum = 0;
  for (const Line& line : lines) {
    sum += line.average_ms;
    text += fmt::format("{},{:.3f},{:.3f},{:.3f}%,{:.3f}%,{:.3f},{},{}\n", quoted(line.type),
                        line.first_ms, line.average_ms, 100 * line.average_ms / total,
                        100 * sum / total, 0.0, 1, quoted(line.name));
  }
  return text;
}

}  // namespace baton::benchmarks
