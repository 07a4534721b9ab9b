#include "benchmarks/report/compare.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "benchmarks/report/fields.h"
#include "benchmarks/report/match.h"
#include "tools/support/failure.h"
#include "tools/support/table.h"
#include "tools/support/text.h"

namespace baton::report {
namespace {

// How much of a row's time the operators must explain to stand for it.
constexpr double kMostOfTheTime = 0.5;

// An operator of the file, or the rest of a partition.
using OpKey = std::tuple<double, double, double>;
OpKey key_of(const Json& op) {
  const double index = number(op, "index").value_or(-1);
  // The partition of a node may have another number after a change elsewhere.
  return {number(op, "subgraph").value_or(0), index,
          index < 0 ? number(op, "partition").value_or(-1) : -1};
}

std::string name_of(const Json& op) {
  const double index = number(op, "index").value_or(-1);
  if (index < 0) return fmt::format("partition {}", short_number(number(op, "partition")));
  const double subgraph = number(op, "subgraph").value_or(0);
  return subgraph > 0 ? fmt::format("{} (operator {:.0f} of subgraph {:.0f})", text(op, "op"),
                                    index, subgraph)
                      : fmt::format("{} (operator {:.0f})", text(op, "op"), index);
}

// Its rounds; where there are none, what there is.
std::vector<double> rounds_of(const Json& op) {
  std::vector<double> rounds = times(op, "rounds_us");
  for (const char* key : {"min_us", "median_us"}) {
    const auto time = number(op, key);
    if (rounds.empty() && time && *time > 0) rounds.push_back(*time);
  }
  return rounds;
}

struct Side {
  std::vector<double> rounds;  // µs
  std::vector<double> yardstick;
  std::map<OpKey, const Json*> ops;
  double ops_us = 0;
};

// Operators are short: between two disturbances many a one runs undisturbed where a whole run does
// not. So their sum says more of the run than the run's own time, where they are most of it.
Side side_of(const Json& row) {
  Side side;
  const Json& rounds = list(row, "rounds");
  side.yardstick = times_of(rounds, "yardstick_us");
  std::vector<double> runs = times_of(rounds, "min_ms");
  if (runs.empty()) runs = times_of(rounds, "median_ms");
  for (const char* key : {"min_ms", "median_ms"}) {
    const auto time = number(row, key);
    if (runs.empty() && time && *time > 0) runs.push_back(*time);
  }
  for (double& time : runs) time *= 1000;

  std::vector<double> sums;
  bool whole = true;
  for (const Json& op : list(row, "ops")) {
    const std::vector<double> of_op = rounds_of(op);
    if (of_op.empty()) continue;
    side.ops.emplace(key_of(op), &op);
    side.ops_us += std::exp(level(of_op).value);
    if (sums.empty()) sums.resize(of_op.size(), 0);
    whole = whole && sums.size() == of_op.size();
    for (size_t i = 0; whole && i < sums.size(); ++i) sums[i] += of_op[i];
  }
  const Level of_runs = level(runs);
  const bool stands_for_row =
      whole && sums.size() > 1 &&
      (!of_runs.known || side.ops_us >= kMostOfTheTime * std::exp(of_runs.value));
  side.rounds = stands_for_row ? sums : runs;
  if (!stands_for_row && !runs.empty()) side.ops_us = std::exp(of_runs.value);
  return side;
}

// The operators of both, and how much of the time before they are.
double common_ops(const Side& a, const Side& b, RowTimes* times, std::vector<const Json*>* ops) {
  double covered = 0;
  for (const auto& [key, op] : a.ops) {
    const auto found = b.ops.find(key);
    if (found == b.ops.end() || text(*op, "op") != text(*found->second, "op")) continue;
    OpTimes both;
    both.before = rounds_of(*op);
    both.after = rounds_of(*found->second);
    both.share = a.ops_us > 0 ? std::exp(level(both.before).value) / a.ops_us : 0;
    covered += both.share;
    times->ops.push_back(std::move(both));
    ops->push_back(op);
  }
  return covered;
}

void judge_times(const Json& before, const Json& after, const Limits& limits, ComparedRow* row) {
  const Side a = side_of(before);
  const Side b = side_of(after);
  RowTimes times{a.rounds, b.rounds, a.yardstick, b.yardstick, {}};
  std::vector<const Json*> ops;
  const double covered = common_ops(a, b, &times, &ops);
  row->change = judge(times, limits);
  for (const OpChange& change : row->change.moved) {
    row->ops.push_back({name_of(*ops[change.op]), change});
  }
  constexpr std::pair<Change, Verdict> kVerdicts[] = {{Change::kSame, Verdict::kSame},
                                                      {Change::kSlower, Verdict::kSlower},
                                                      {Change::kFaster, Verdict::kFaster},
                                                      {Change::kUnknown, Verdict::kNotComparable}};
  for (const auto& [change, verdict] : kVerdicts) {
    if (row->change.change == change) row->verdict = verdict;
  }
  if (row->change.change == Change::kUnknown) {
    row->note = "one of them has no times";
  } else if (!a.ops.empty() && covered < kMostOfTheTime) {
    row->note =
        "the operators are placed differently: only the whole run can be compared, which shows "
        "large changes only";
  }
}

ComparedRow compared(const Pair& pair, const Limits& limits) {
  ComparedRow row;
  row.model = text(*pair.before, "model");
  row.before = runner(*pair.before);
  row.before_ms = number(*pair.before, "median_ms").value_or(0);
  if (pair.after == nullptr) {
    row.after = row.before;
    row.verdict = Verdict::kMissing;
    row.note = "the second report does not have it";
    return row;
  }
  row.after = runner(*pair.after);
  row.after_ms = number(*pair.after, "median_ms").value_or(0);
  const bool worked = succeeded(*pair.before);
  const bool works = succeeded(*pair.after);
  if (worked && works) {
    judge_times(*pair.before, *pair.after, limits, &row);
    return row;
  }
  row.verdict = worked ? Verdict::kFailsNow : works ? Verdict::kWorksNow : Verdict::kNotComparable;
  const Json& failed = works ? *pair.before : *pair.after;
  row.note = text(failed, "status") + ": " + failure(failed);
  return row;
}

// What makes a comparison doubtful when it differs.
struct Circumstance {
  const char* part;
  const char* key;
  const char* what;
};
constexpr Circumstance kCircumstances[] = {
    {"machine", "cpu", "processor"},     {"machine", "architecture", "architecture"},
    {"machine", "governor", "governor"}, {"tool", "build", "build type"},
    {"tool", "sanitizer", "sanitizer"},
};

void warn_of_circumstances(const Json& a, const Json& b, std::vector<std::string>* found) {
  for (const Circumstance& circumstance : kCircumstances) {
    const std::string before = text(field(a, circumstance.part), circumstance.key);
    const std::string after = text(field(b, circumstance.part), circumstance.key);
    if (before == after) continue;
    found->push_back(
        fmt::format("the {} differs: '{}' before, '{}' after", circumstance.what, before, after));
  }
  const auto cores_before = number(field(a, "machine"), "online_cpus");
  const auto cores_after = number(field(b, "machine"), "online_cpus");
  if (cores_before != cores_after) {
    found->push_back(fmt::format("the number of cores differs: {} before, {} after",
                                 short_number(cores_before, "unknown"),
                                 short_number(cores_after, "unknown")));
  }
  for (const Json& before : list(a, "models")) {
    for (const Json& after : list(b, "models")) {
      if (text(before, "name") == text(after, "name") && !text(before, "hash").empty() &&
          !text(after, "hash").empty() && text(before, "hash") != text(after, "hash")) {
        found->push_back(
            fmt::format("model '{}' is another file: its hash differs", text(before, "name")));
      }
    }
  }
}

}  // namespace

int Comparison::exit_status() const {
  return std::any_of(rows.begin(), rows.end(), [](const ComparedRow& row) {
    return row.verdict == Verdict::kSlower || row.verdict == Verdict::kFailsNow;
  });
}

Comparison compare(const Json& a, const Json& b, const std::string& label, const Limits& limits) {
  Comparison comparison;
  comparison.label = tools::plain(label);
  warn_of_circumstances(a, b, &comparison.warnings);
  const Matches matches = match(a, b);
  for (const Pair& pair : matches.pairs) comparison.rows.push_back(compared(pair, limits));
  for (const Json* row : matches.only_after) {
    comparison.warnings.push_back(
        fmt::format("{}, {} is in the second report only", text(*row, "model"), runner(*row)));
  }
  return comparison;
}

int compare_files(const std::vector<std::string>& paths, bool json, const Limits& limits) {
  if (paths.size() < 2) {
    tools::misuse("compare needs two reports or more: compare BEFORE.json AFTER.json...");
  }
  const Json before = read_report(paths[0]);
  std::vector<Comparison> comparisons;
  for (size_t i = 1; i < paths.size(); ++i) {
    comparisons.push_back(compare(before, read_report(paths[i]), paths[i], limits));
    const auto& rows = comparisons.back().rows;
    if (std::all_of(rows.begin(), rows.end(),
                    [](const ComparedRow& row) { return row.verdict == Verdict::kMissing; })) {
      tools::misuse(
          "reports '{}' and '{}' have no result in common: models, threads and precision must be "
          "the same",
          tools::plain(paths[0]), tools::plain(paths[i]));
    }
  }
  std::string output;
  if (json) {
    output = tools::json_text(comparison_json(comparisons));
  } else {
    for (const Comparison& comparison : comparisons) output += comparison_text(comparison);
  }
  fmt::print("{}", output);
  return std::any_of(comparisons.begin(), comparisons.end(),
                     [](const Comparison& comparison) { return comparison.exit_status() != 0; });
}

}  // namespace baton::report
