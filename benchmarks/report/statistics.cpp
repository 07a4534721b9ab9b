#include "benchmarks/report/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace baton::report {
namespace {

// What two measurements of unchanged work may differ by, although each is steady in itself: memory
// lies elsewhere, a clock has other steps. Operators are compared with each other, rows with the
// yardstick, which is other work; and where there is none, with nothing.
constexpr double kUnseenOp = 0.01;
constexpr double kUnseenRow = 0.015;
constexpr double kUnseenRowWithoutYardstick = 0.05;
// One time says nothing of its spread.
constexpr double kSpreadOfOne = 0.05;
// No operator decides alone what the drift is.
constexpr double kMostWeight = 0.1;
constexpr size_t kFewestToCompare = 3;

double quantile(const std::vector<double>& sorted, double q) {
  const double place = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - std::floor(place)) * (sorted[above] - sorted[below]);
}

Ratio ratio(double log_ratio, double error) {
  return {std::exp(log_ratio), std::exp(log_ratio - error), std::exp(log_ratio + error)};
}

// The change that both ways of looking agree on.
double cautious(double raw, double corrected) {
  if (raw * corrected <= 0) return 0;
  return std::abs(raw) < std::abs(corrected) ? raw : corrected;
}

using Series = std::vector<double>;

double median(Series values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return quantile(values, 0.5);
}

// What a round did to all operators alike, taken out of each of them. Only where there are enough
// of them, with the same rounds, that none is compared with itself.
void take_out_rounds(const std::vector<double>& shares, std::vector<Series>* ops) {
  const size_t rounds = ops->empty() ? 0 : ops->front().size();
  if (ops->size() <= kFewestToCompare ||
      std::any_of(ops->begin(), ops->end(),
                  [&](const Series& op) { return op.size() != rounds; })) {
    return;
  }
  Series middles;
  for (const Series& op : *ops) middles.push_back(median(op));
  for (size_t r = 0; r < rounds; ++r) {
    std::vector<std::pair<double, double>> effects;
    for (size_t i = 0; i < ops->size(); ++i) {
      effects.emplace_back((*ops)[i][r] / middles[i], std::min(shares[i], kMostWeight));
    }
    const double effect = weighted_median(effects);
    for (Series& op : *ops) op[r] /= effect;
  }
}

// Of a whole run, by what the yardstick took beside it.
Series take_out_yardstick(const Series& times, const Series& yardstick) {
  if (times.size() != yardstick.size()) return times;
  const double middle = median(yardstick);
  Series corrected;
  for (size_t r = 0; r < times.size(); ++r) corrected.push_back(times[r] * middle / yardstick[r]);
  return corrected;
}

bool usable(const Series& times) {
  return !times.empty() && std::all_of(times.begin(), times.end(),
                                       [](double t) { return t > 0 && std::isfinite(t); });
}

struct OpDifference {
  size_t op;
  double log_ratio;
  double spread;
};

// No operator is taken to be steadier than is usual in its file.
std::vector<OpDifference> differences(const std::vector<OpTimes>& ops) {
  std::vector<OpDifference> found;
  std::vector<Series> before, after;
  std::vector<double> shares;
  for (size_t i = 0; i < ops.size(); ++i) {
    if (!usable(ops[i].before) || !usable(ops[i].after)) continue;
    before.push_back(ops[i].before);
    after.push_back(ops[i].after);
    shares.push_back(ops[i].share);
    found.push_back({i, 0, 0});
  }
  for (std::vector<Series>* side : {&before, &after}) {
    take_out_rounds(shares, side);
    std::vector<Level> levels;
    std::vector<std::pair<double, double>> spreads;
    for (size_t i = 0; i < side->size(); ++i) {
      levels.push_back(level((*side)[i]));
      spreads.emplace_back(levels[i].spread, shares[i]);
    }
    const double usual = weighted_median(spreads);
    for (size_t i = 0; i < found.size(); ++i) {
      found[i].log_ratio += side == &after ? levels[i].value : -levels[i].value;
      found[i].spread = std::hypot(found[i].spread, std::max(levels[i].spread, usual));
    }
  }
  return found;
}

std::vector<OpChange> moved_ops(const std::vector<OpTimes>& ops,
                                const std::vector<OpDifference>& differences, double drift,
                                bool most_may_have_moved, const Limits& limits) {
  const auto noise = [](const OpDifference& difference) {
    return std::hypot(difference.spread, kUnseenOp);
  };
  const auto size = [&](const OpDifference& difference) {
    return std::abs(difference.log_ratio - drift) / noise(difference);
  };
  // Where the row has not moved most operators have not. If they differ by more than their spread
  // all the same, the spread does not show all of the noise.
  std::vector<std::pair<double, double>> sizes;
  for (const OpDifference& difference : differences) {
    sizes.emplace_back(size(difference), std::min(ops[difference.op].share, kMostWeight));
  }
  const double scale = most_may_have_moved ? 1.0 : std::max(1.0, 1.4826 * weighted_median(sizes));

  std::vector<OpChange> moved;
  for (const OpDifference& difference : differences) {
    const double change = difference.log_ratio - drift;
    const double added = ops[difference.op].share * std::expm1(change);
    const double error = limits.spreads * scale * noise(difference);
    if (std::abs(change) < std::max(error, std::log1p(limits.op)) ||
        std::abs(added) < limits.material) {
      continue;
    }
    moved.push_back({difference.op, ratio(change, error), added});
  }
  std::sort(moved.begin(), moved.end(), [](const OpChange& a, const OpChange& b) {
    return std::abs(a.added) > std::abs(b.added);
  });
  return moved;
}

}  // namespace

Level level(const std::vector<double>& times) {
  std::vector<double> logs;
  for (const double time : times) {
    if (time > 0 && std::isfinite(time)) logs.push_back(std::log(time));
  }
  if (logs.empty()) return {};
  std::sort(logs.begin(), logs.end());
  if (logs.size() == 1) return {logs[0], kSpreadOfOne, true};
  return {quantile(logs, 0.25), quantile(logs, 0.5) - logs.front(), true};
}

double weighted_median(std::vector<std::pair<double, double>> values) {
  std::sort(values.begin(), values.end());
  double total = 0;
  for (const auto& value : values) total += value.second;
  double sum = 0;
  for (const auto& value : values) {
    sum += value.second;
    if (2 * sum >= total) return value.first;
  }
  return 0;
}

RowChange judge(const RowTimes& times, const Limits& limits) {
  RowChange result;
  const Level before = level(times.before);
  const Level after = level(times.after);
  if (!before.known || !after.known) return result;

  const Level yard_before = level(times.yardstick_before);
  const Level yard_after = level(times.yardstick_after);
  const bool yardstick = yard_before.known && yard_after.known;
  const double yard_drift = yardstick ? yard_after.value - yard_before.value : 0;
  const double unseen = yardstick ? kUnseenRow : kUnseenRowWithoutYardstick;

  const double raw = after.value - before.value;
  const double change = cautious(raw, raw - yard_drift);
  // The drift from round to round is no noise where the yardstick shows it.
  const auto residual = [](const Series& times, const Series& yardstick) {
    return std::min(level(times).spread, level(take_out_yardstick(times, yardstick)).spread);
  };
  const double spread = std::hypot(residual(times.before, times.yardstick_before),
                                   residual(times.after, times.yardstick_after));
  const double error = limits.spreads * std::hypot(spread, unseen);
  const bool row_moved = std::abs(change) >= std::max(error, std::log1p(limits.row));
  result.change = !row_moved ? Change::kSame : change > 0 ? Change::kSlower : Change::kFaster;
  result.ratio = ratio(change, error);
  double drift = raw - change;

  const std::vector<OpDifference> ops = differences(times.ops);
  if (ops.size() + (yardstick ? 1 : 0) >= kFewestToCompare) {
    // Most of the operators may have moved where the row has: then they cannot tell the drift.
    if (!row_moved) {
      std::vector<std::pair<double, double>> drifts;
      for (const OpDifference& op : ops) {
        drifts.emplace_back(op.log_ratio, std::min(times.ops[op.op].share, kMostWeight));
      }
      if (yardstick) drifts.emplace_back(yard_drift, kMostWeight);
      drift = weighted_median(drifts);
    }
    result.moved = moved_ops(times.ops, ops, drift, row_moved, limits);
    const double added =
        std::accumulate(result.moved.begin(), result.moved.end(), 0.0,
                        [](double sum, const OpChange& op) { return sum + op.added; });
    if (!row_moved && std::abs(added) >= limits.material) {
      result.change = added > 0 ? Change::kSlower : Change::kFaster;
      // What the operators show is finer than what the whole does.
      double of_ops = 0;
      for (const OpChange& op : result.moved) {
        of_ops = std::hypot(of_ops, times.ops[op.op].share * (op.ratio.high - op.ratio.low) / 2);
      }
      result.ratio = {1 + added, 1 + added - of_ops, 1 + added + of_ops};
    }
  }
  result.drift = std::exp(drift);
  return result;
}

}  // namespace baton::report
