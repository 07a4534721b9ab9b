// Whether two measurements of the same work differ, on a machine that is never quiet.
//
// What is compared comes in rounds. Disturbances add time and come in bursts, so the level of a
// series is near its lower end, and its spread is that of its lower half. Times of both
// measurements differ by a common drift, too: of the clock, of the machine's other work. The
// yardstick (the same work, timed beside each round) shows it for the whole, and the operators show
// it for each other.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace baton::report {

// In logarithms, so that differences are ratios.
struct Level {
  double value = 0;
  double spread = 0;
  bool known = false;  // the series had a time
};
// Of positive times. The spread of a single time is taken to be large.
Level level(const std::vector<double>& times);

// Of (value, weight); 0 of nothing.
double weighted_median(std::vector<std::pair<double, double>> values);

// The least changes that count, as shares, and how many spreads a change must exceed.
struct Limits {
  double row = 0.05;
  double op = 0.08;
  double material = 0.005;  // of the row's time, that an operator adds or saves
  double spreads = 2;
};

// One operator before and after.
struct OpTimes {
  double share = 0;  // of the row's time before
  std::vector<double> before, after;
};
struct RowTimes {
  std::vector<double> before, after;
  std::vector<double> yardstick_before, yardstick_after;  // empty: there was none
  std::vector<OpTimes> ops;
};

// Time after, divided by time before; drift is taken out. No change is excluded where 1 lies
// outside low and high, which are as far apart as Limits::spreads wants.
struct Ratio {
  double value = 1, low = 1, high = 1;
};
struct OpChange {
  size_t op = 0;  // in RowTimes::ops
  Ratio ratio;
  double added = 0;  // time, as a share of the row's before; negative: saved
};
enum class Change { kSame, kSlower, kFaster, kUnknown };
struct RowChange {
  Change change = Change::kUnknown;
  Ratio ratio;
  double drift = 1;  // of the machine, as it was taken out of `ratio`
  // Those that moved and matter, the largest change of the row's time first.
  std::vector<OpChange> moved;
};

RowChange judge(const RowTimes& times, const Limits& limits = {});

}  // namespace baton::report
