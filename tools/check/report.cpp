#include "tools/check/report.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "benchmarks/machine/facts.h"
#include "tools/support/table.h"
#include "tools/support/text.h"

namespace baton::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMostFailures = 40;
constexpr size_t kMostOutputLines = 4;

struct Counts {
  std::array<uint64_t, kOutcomeCount> by_outcome{};
  uint64_t expected = 0;  // failures; not in by_outcome
  double ms = 0;

  void add(const CheckResult& result) {
    ms += result.ms;
    if (result.expected) {
      ++expected;
    } else {
      ++by_outcome[static_cast<size_t>(result.outcome)];
    }
  }
  void add(const Counts& other) {
    for (size_t i = 0; i < kOutcomeCount; ++i) by_outcome[i] += other.by_outcome[i];
    expected += other.expected;
    ms += other.ms;
  }
  uint64_t of(Outcome outcome) const { return by_outcome[static_cast<size_t>(outcome)]; }
  uint64_t ok() const { return of(Outcome::kOk); }
  uint64_t unsupported() const { return of(Outcome::kUnsupported); }
  uint64_t not_run() const { return of(Outcome::kNotRun); }
  uint64_t wrong() const {
    return of(Outcome::kMismatch) + of(Outcome::kError) + of(Outcome::kCrash) +
           of(Outcome::kTimeOut);
  }
  uint64_t all() const { return ok() + unsupported() + not_run() + wrong() + expected; }
};

Counts count_all(const CheckReport& report) {
  Counts counts;
  for (const size_t i : report.cases) counts.add(report.results[i]);
  return counts;
}

std::vector<Counts> count_groups(const CheckReport& report) {
  std::vector<Counts> counts(report.catalogue.groups.size());
  for (const size_t i : report.cases) {
    counts[report.catalogue.cases[i].group].add(report.results[i]);
  }
  return counts;
}

// By operator and type.
using Matrix = std::map<std::string, std::map<std::string, Counts>>;

Matrix count_operators(const CheckReport& report) {
  Matrix matrix;
  for (const size_t i : report.cases) {
    const CheckCase& c = report.catalogue.cases[i];
    if (!c.op.empty()) matrix[c.op][c.type].add(report.results[i]);
  }
  return matrix;
}

std::string cell(const Counts& counts) {
  if (counts.all() == 0) return "";
  if (counts.wrong() > 0) return fmt::format("{} wrong", counts.wrong());
  if (counts.not_run() > 0) return fmt::format("{} not run", counts.not_run());
  if (counts.ok() + counts.expected == 0) return "-";
  if (counts.ok() == counts.all()) return std::to_string(counts.ok());
  return fmt::format("{} of {}", counts.ok(), counts.all());
}

// The columns of the table, where there are more types than a screen is wide.
constexpr size_t kMostTypes = 10;
constexpr const char* kMainTypes[] = {"float32", "float16", "int8",  "uint8",
                                      "int16",   "int32",   "int64", "bool"};
constexpr const char* kOtherTypes = "others";

std::string column_of(const std::string& type, size_t types) {
  const bool own = types <= kMostTypes || std::any_of(std::begin(kMainTypes), std::end(kMainTypes),
                                                      [&](const char* t) { return type == t; });
  return own ? type : kOtherTypes;
}

// The usual ones first, the column of many types last.
size_t column_rank(const std::string& type) {
  if (type == kOtherTypes) return std::size(kMainTypes) + 1;
  return static_cast<size_t>(std::find(std::begin(kMainTypes), std::end(kMainTypes), type) -
                             std::begin(kMainTypes));
}

// Operators that the delegate takes nothing of are only named, those that were not run left out.
void print_operators(const CheckReport& report) {
  Matrix matrix = count_operators(report);
  std::string refused;
  std::set<std::string> types;
  for (auto row = matrix.begin(); row != matrix.end();) {
    uint64_t all = 0, unsupported = 0, not_run = 0;
    for (const auto& [type, counts] : row->second) {
      all += counts.all();
      unsupported += counts.unsupported();
      not_run += counts.not_run();
    }
    if (unsupported + not_run == all) {
      if (unsupported > 0) refused += (refused.empty() ? "" : ", ") + row->first;
      row = matrix.erase(row);
      continue;
    }
    for (const auto& [type, counts] : row->second) {
      if (counts.unsupported() + counts.not_run() < counts.all()) types.insert(type);
    }
    ++row;
  }
  std::vector<std::string> columns;
  for (const std::string& type : types) {
    const std::string column = column_of(type, types.size());
    if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
      columns.push_back(column);
    }
  }
  std::stable_sort(columns.begin(), columns.end(),
                   [](const auto& a, const auto& b) { return column_rank(a) < column_rank(b); });
  if (!matrix.empty()) {
    std::vector<std::string> headings = {"operator"};
    headings.insert(headings.end(), columns.begin(), columns.end());
    Table table(std::move(headings));
    for (const auto& [op, by_type] : matrix) {
      std::map<std::string, Counts> by_column;
      for (const auto& [type, counts] : by_type) {
        by_column[column_of(type, types.size())].add(counts);
      }
      std::vector<std::string> row = {op};
      for (const std::string& column : columns) row.push_back(cell(by_column[column]));
      table.add(std::move(row));
    }
    fmt::print("operators by type: cases ok, or how many are wrong; -: none is taken\n");
    table.print();
  }
  if (!refused.empty()) fmt::print("operators of which no case is taken: {}\n", plain(refused));
}

void print_groups(const CheckReport& report) {
  const std::vector<Counts> groups = count_groups(report);
  const bool left = count_all(report).not_run() > 0;
  std::vector<std::string> headings = {"group", "cases", "ok", "unsupported", "wrong"};
  if (report.has_expectations) headings.emplace_back("expected");
  if (left) headings.emplace_back("not run");
  headings.emplace_back("seconds");
  Table table(std::move(headings));
  for (size_t g = 0; g < groups.size(); ++g) {
    const Counts& counts = groups[g];
    if (counts.all() == 0) continue;
    std::vector<std::string> row = {report.catalogue.groups[g].name};
    for (const uint64_t number :
         {counts.all(), counts.ok(), counts.unsupported(), counts.wrong()}) {
      row.push_back(std::to_string(number));
    }
    if (report.has_expectations) row.push_back(std::to_string(counts.expected));
    if (left) row.push_back(std::to_string(counts.not_run()));
    row.push_back(fmt::format("{:.1f}", counts.ms / 1000));
    table.add(std::move(row));
  }
  table.print();
}

// The last lines.
void print_output(const std::string& output) {
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < output.size();) {
    const size_t end = std::min(output.find('\n', begin), output.size());
    if (end > begin) lines.push_back(output.substr(begin, end - begin));
    begin = end + 1;
  }
  const size_t first = lines.size() - std::min(lines.size(), kMostOutputLines);
  for (size_t i = first; i < lines.size(); ++i) fmt::print("    | {}\n", plain(lines[i]));
}

void print_failures(const CheckReport& report) {
  size_t shown = 0, more = 0;
  for (const size_t i : report.cases) {
    const CheckResult& result = report.results[i];
    if (!is_wrong(result.outcome) || result.expected) continue;
    if (++shown > kMostFailures) {
      ++more;
      continue;
    }
    fmt::print("{} {}: {}\n", outcome_name(result.outcome), plain(report.catalogue.cases[i].name),
               plain(result.text));
    print_output(result.output);
    if (!report.commands[i].empty()) fmt::print("    {}\n", plain(report.commands[i]));
  }
  if (more > 0) fmt::print("and {} more\n", more);

  // Many for one reason.
  std::map<std::pair<size_t, std::string>, uint64_t> left;
  for (const size_t i : report.cases) {
    const CheckResult& result = report.results[i];
    if (result.outcome == Outcome::kNotRun) ++left[{report.catalogue.cases[i].group, result.text}];
  }
  for (const auto& [what, count] : left) {
    fmt::print("not run: {} of group {}: {}\n", counted(count, "case"),
               plain(report.catalogue.groups[what.first].name), plain(what.second));
  }
  for (const std::string& line : report.unexpected) {
    fmt::print("unexpected pass: expected failures, {}: none of its cases fails; take it out\n",
               plain(line));
  }
}

}  // namespace

bool CheckReport::conforms() const {
  const Counts counts = count_all(*this);
  return delegate.problem.empty() && counts.wrong() == 0 && counts.not_run() == 0 &&
         unexpected.empty();
}

std::string CheckReport::verdict() const {
  const Counts counts = count_all(*this);
  std::string text = plain(delegate.name);
  if (conforms()) {
    text += fmt::format(" conforms: {} ok, ", counted(counts.ok(), "case"));
  } else {
    text += " does not conform: ";
    const auto add = [&text](uint64_t count, const char* one, const char* many) {
      if (count > 0) text += fmt::format("{} {}, ", count, count == 1 ? one : many);
    };
    add(counts.of(Outcome::kMismatch), "mismatch", "mismatches");
    add(counts.of(Outcome::kError), "error", "errors");
    add(counts.of(Outcome::kCrash), "crash", "crashes");
    add(counts.of(Outcome::kTimeOut), "time-out", "time-outs");
    add(counts.not_run(), "not run", "not run");
    add(unexpected.size(), "unexpected pass", "unexpected passes");
    text += fmt::format("{} ok, ", counts.ok());
  }
  text += fmt::format("{} unsupported", counts.unsupported());
  if (counts.expected > 0) text += fmt::format(", {} failed as expected", counts.expected);
  text += " (";
  if (cases.size() < catalogue.cases.size()) {
    text += fmt::format("{} of {} cases, ", cases.size(), catalogue.cases.size());
  }
  return text + fmt::format("seed {}, {:.1f} s)", seed, seconds);
}

void CheckReport::print() const {
  print_operators(*this);
  print_groups(*this);
  print_failures(*this);
  if (!delegate.problem.empty()) {
    fmt::print("{} cannot be created, only its loading was checked: {}\n", plain(delegate.name),
               plain(delegate.problem));
  }
  fmt::print("{}\n", verdict());
}

Json CheckReport::json() const {
  Json json{{"schema", 1},
            {"delegate", delegate.name},
            {"device", delegate.device},
            {"version", delegate.version},
            {"machine", benchmarks::to_json(benchmarks::read_facts())},
            {"seed", seed},
            {"seconds", seconds},
            {"groups", Json::array()},
            {"operators", Json::array()},
            {"cases", Json::array()},
            {"unexpected_passes", unexpected},
            {"verdict", conforms() ? "conforms" : "does not conform"},
            {"text", verdict()}};
  if (!delegate.problem.empty()) json["problem"] = delegate.problem;
  const std::vector<Counts> groups = count_groups(*this);
  for (size_t g = 0; g < groups.size(); ++g) {
    const Counts& counts = groups[g];
    if (counts.all() == 0) continue;
    json["groups"].push_back({{"group", catalogue.groups[g].name},
                              {"cases", counts.all()},
                              {"ok", counts.ok()},
                              {"unsupported", counts.unsupported()},
                              {"mismatch", counts.of(Outcome::kMismatch)},
                              {"error", counts.of(Outcome::kError)},
                              {"crash", counts.of(Outcome::kCrash)},
                              {"time_out", counts.of(Outcome::kTimeOut)},
                              {"not_run", counts.not_run()},
                              {"expected", counts.expected},
                              {"seconds", counts.ms / 1000}});
  }
  for (const auto& [op, by_type] : count_operators(*this)) {
    for (const auto& [type, counts] : by_type) {
      json["operators"].push_back({{"op", op},
                                   {"type", type},
                                   {"ok", counts.ok()},
                                   {"unsupported", counts.unsupported()},
                                   {"wrong", counts.wrong()},
                                   {"not_run", counts.not_run()},
                                   {"expected", counts.expected}});
    }
  }
  for (const size_t i : cases) {
    const CheckCase& c = catalogue.cases[i];
    const CheckResult& result = results[i];
    const std::string& group = catalogue.groups[c.group].name;
    Json entry{{"group", group},
               {"name", c.name.substr(group.size() + 1)},
               {"op", c.op},
               {"type", c.type},
               {"outcome", outcome_name(result.outcome)},
               {"expected", result.expected},
               {"text", result.text},
               {"ms", result.ms},
               {"files", result.files}};
    if (!result.output.empty()) entry["output"] = result.output;
    if (!commands[i].empty()) entry["command"] = commands[i];
    json["cases"].push_back(std::move(entry));
  }
  return json;
}

}  // namespace baton::tools
