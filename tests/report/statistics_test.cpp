// The rules of comparing, on times whose truth is known.
#include "benchmarks/report/statistics.h"

#include <gtest/gtest.h>

#include <cmath>

#include "benchmarks/report/compare.h"
#include "tests/report/synthetic.h"

namespace baton::report {
namespace {

TEST(Level, IsNearTheLowerEnd) {
  const Level found = level({10, 10.1, 9.9, 30, 50});
  EXPECT_TRUE(found.known);
  EXPECT_NEAR(std::exp(found.value), 10, 1e-9);
  EXPECT_NEAR(found.spread, std::log(10.1 / 9.9), 1e-9);
}

TEST(Level, OfNothingIsNotKnown) {
  EXPECT_FALSE(level({}).known);
  EXPECT_FALSE(level({0, -1, NAN, INFINITY}).known);
}

TEST(Level, OfOneTimeIsDoubtful) {
  EXPECT_TRUE(level({5}).known);
  EXPECT_GE(level({5}).spread, 0.05);
}

TEST(WeightedMedian, GoesByWeight) {
  EXPECT_EQ(weighted_median({{1, 1}, {2, 1}, {9, 5}}), 9);
  EXPECT_EQ(weighted_median({{9, 1}, {2, 1}, {1, 1}}), 2);
  EXPECT_EQ(weighted_median({}), 0);
}

// Steady times, so that the rules alone decide.
RowTimes steady(double total, std::vector<double> op_factors, double yardstick = 1) {
  const auto series = [](double time) {
    return std::vector<double>{time, time * 1.001, time * 1.002};
  };
  RowTimes times;
  times.before = series(100);
  times.after = series(100 * total);
  times.yardstick_before = series(10);
  times.yardstick_after = series(10 * yardstick);
  const double each = 100 / static_cast<double>(op_factors.size());
  for (const double factor : op_factors) {
    times.ops.push_back({each / 100, series(each), series(each * factor)});
  }
  return times;
}

TEST(Judge, DriftOfTheMachineIsNoChange) {
  const RowChange found = judge(steady(1.1, {1.1, 1.1, 1.1, 1.1}, 1.1));
  EXPECT_EQ(found.change, Change::kSame);
  EXPECT_NEAR(found.drift, 1.1, 1e-6);
}

TEST(Judge, NothingIsSlowerThatTookNoLonger) {
  // Only the yardstick was disturbed before.
  EXPECT_EQ(judge(steady(1.0, {1, 1, 1, 1}, 0.8)).change, Change::kSame);
}

TEST(Judge, AllOperatorsSlowerIsSlower) {
  const RowChange found = judge(steady(1.2, {1.2, 1.2, 1.2, 1.2}));
  EXPECT_EQ(found.change, Change::kSlower);
  EXPECT_NEAR(found.ratio.value, 1.2, 0.001);
  EXPECT_EQ(found.moved.size(), 4u);
}

TEST(Judge, MostOperatorsSlowerDoesNotMakeTheOthersFaster) {
  const RowChange found = judge(steady(1.15, {1.2, 1.2, 1.2, 1.0}));
  EXPECT_EQ(found.change, Change::kSlower);
  ASSERT_EQ(found.moved.size(), 3u);
  for (const OpChange& op : found.moved) EXPECT_GT(op.added, 0);
}

TEST(Judge, OneOperatorOfManyDecides) {
  std::vector<double> factors(20, 1.0);
  factors[7] = 1.2;
  const RowChange found = judge(steady(1.01, factors));
  EXPECT_EQ(found.change, Change::kSlower);
  ASSERT_EQ(found.moved.size(), 1u);
  EXPECT_EQ(found.moved[0].op, 7u);
  EXPECT_NEAR(found.moved[0].ratio.value, 1.2, 0.005);
  EXPECT_NEAR(found.moved[0].added, 0.01, 0.001);
  EXPECT_LT(found.moved[0].ratio.low, 1.2);
  EXPECT_GT(found.moved[0].ratio.high, 1.2);
}

TEST(Judge, AnOperatorThatDominatesIsNotTheDrift) {
  RowTimes times = steady(1.0, {1, 1});
  times.ops[0] = {0.9, {90, 90.1, 90.2}, {94, 94.1, 94.2}};
  times.ops[1] = {0.1, {10, 10.01, 10.02}, {10, 10.01, 10.02}};
  times.after = {104, 104.1, 104.2};
  // 4.4 % is below what counts; the small operator has not become faster either.
  EXPECT_EQ(judge(times).change, Change::kSame);
}

TEST(Judge, WhatDoesNotMatterIsNotNamed) {
  std::vector<double> factors(500, 1.0);
  factors[7] = 1.5;  // 0.1 % of the time
  const RowChange found = judge(steady(1.001, factors));
  EXPECT_EQ(found.change, Change::kSame);
  EXPECT_TRUE(found.moved.empty());
}

TEST(Judge, FasterAndSlowerOperatorsAreWeighed) {
  std::vector<double> factors(20, 1.0);
  factors[3] = 1.2;
  factors[4] = 0.5;
  const RowChange found = judge(steady(0.985, factors));
  EXPECT_EQ(found.change, Change::kFaster);
  EXPECT_EQ(found.moved.size(), 2u);
}

TEST(Judge, NoTimesNoVerdict) { EXPECT_EQ(judge({}).change, Change::kUnknown); }

TEST(Judge, WithoutYardstickOnlyLargeChangesCount) {
  RowTimes times = steady(1.1, {});
  times.yardstick_before.clear();
  EXPECT_EQ(judge(times).change, Change::kSame);
  times = steady(1.3, {});
  times.yardstick_before.clear();
  EXPECT_EQ(judge(times).change, Change::kSlower);
}

// ---- Rates over many pairs of reports
// ---------------------------------------------------------------

#ifdef BATON_TEST_SANITIZED
constexpr uint64_t kPairs = 100;
#else
constexpr uint64_t kPairs = 1000;
#endif

// So many of a thousand.
constexpr int of_pairs(int per_mille) { return per_mille * static_cast<int>(kPairs) / 1000; }

struct Rates {
  int same = 0, slower = 0, named = 0;
  int others = 0;  // operators that were named and are innocent
};

// Each pair has other work and other weather.
Rates rates(const Work& base, const Weather& base_weather, double least_share, double factor_of_op,
            double factor_of_all = 1) {
  Rates found;
  for (uint64_t pair = 0; pair < kPairs; ++pair) {
    Work before = base;
    before.seed = pair + 1;
    Work after = before;
    after.slow_op = -1;
    // Not every network has an operator of the share that is asked for.
    while (factor_of_op != 1 && (after.slow_op = op_with_share(after, least_share, 0.3)) < 0) {
      after.seed += kPairs;
    }
    before.seed = after.seed;
    after.slow_factor = factor_of_op;
    after.factor = factor_of_all;
    Weather weather = base_weather;
    weather.seed = 2 * pair + 1;
    Weather later = base_weather;
    later.seed = 2 * pair + 2;
    const Comparison comparison =
        compare(synthetic_report(before, weather), synthetic_report(after, later), "b");
    const ComparedRow& row = comparison.rows.at(0);
    found.same += row.verdict == Verdict::kSame;
    found.slower += row.verdict == Verdict::kSlower;
    bool named = false;
    for (const ComparedOp& op : row.ops) {
      const bool guilty = op.name.ends_with("(operator " + std::to_string(after.slow_op) + ")");
      named = named || guilty;
      found.others += !guilty;
    }
    found.named += named && row.verdict == Verdict::kSlower;
  }
  return found;
}

std::ostream& operator<<(std::ostream& out, const Rates& rates) {
  return out << "of " << kPairs << ": same " << rates.same << ", slower " << rates.slower
             << ", named " << rates.named << ", innocent operators named " << rates.others;
}

TEST(Rates, TheSameBuildIsTheSame) {
  const Rates found = rates({}, {}, 0, 1);
  RecordProperty("same", found.same);
  EXPECT_GE(found.same, of_pairs(950)) << found;
}

TEST(Rates, ASlowOperatorIsFoundAndNamed) {
  const Rates found = rates({}, {}, 0.05, 1.2);
  RecordProperty("named", found.named);
  EXPECT_GE(found.named, of_pairs(950)) << found;
  EXPECT_LE(found.others, of_pairs(50)) << found;
}

TEST(Rates, HoldsInWorseWeather) {
  const Weather storm{.op_noise = 0.02, .burst_chance = 0.15, .bad_round_chance = 0.25};
  const Rates unchanged = rates({}, storm, 0, 1);
  EXPECT_GE(unchanged.same, of_pairs(920)) << unchanged;
  const Rates slow = rates({}, storm, 0.05, 1.2);
  EXPECT_GE(slow.named, of_pairs(900)) << slow;
}

TEST(Rates, AWholeDelegateThatIsSlower) {
  const Work opaque{.profiled = false};
  EXPECT_GE(rates(opaque, {}, 0, 1).same, of_pairs(950));
  EXPECT_GE(rates(opaque, {}, 0, 1, 1.3).slower, of_pairs(900));
}

}  // namespace
}  // namespace baton::report
