// What is said of a row of timings.

#include "benchmarks/harness/statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace baton::benchmarks {
namespace {

Timings timings(const std::vector<double>& values) {
  Timings result;
  for (const double value : values) result.add(value);
  return result;
}

TEST(Statistics, TimingsKnowTheirSums) {
  const Timings t = timings({4, 1, 7, 2});
  EXPECT_EQ(t.count(), 4u);
  EXPECT_EQ(t.first(), 4);
  EXPECT_EQ(t.last(), 2);
  EXPECT_EQ(t.min(), 1);
  EXPECT_EQ(t.max(), 7);
  EXPECT_EQ(t.mean(), 3.5);
  // Squares of the distances from 3.5: 0.25, 6.25, 12.25, 2.25.
  EXPECT_DOUBLE_EQ(t.standard_deviation(), std::sqrt(21.0 / 4));
  EXPECT_EQ(Timings().mean(), 0);
  EXPECT_EQ(Timings().standard_deviation(), 0);
}

TEST(Statistics, ManyTimingsAreThinnedEvenly) {
  constexpr uint64_t kCount = 1000000;
  Timings t;
  for (uint64_t i = 0; i < kCount; ++i) t.add(static_cast<double>(i));
  EXPECT_EQ(t.count(), kCount);
  EXPECT_EQ(t.min(), 0);
  EXPECT_EQ(t.max(), kCount - 1.0);
  ASSERT_LE(t.kept().size(), Timings::kMostKept);
  ASSERT_GE(t.kept().size(), Timings::kMostKept / 4);
  EXPECT_NEAR(quantile(t.kept(), 0.5), kCount / 2.0, kCount * 0.001);
  EXPECT_NEAR(quantile(t.kept(), 0.9), kCount * 0.9, kCount * 0.001);
}

TEST(Statistics, AppendingIsAddingTheOthersRuns) {
  Timings many;
  for (int i = 0; i < 200000; ++i) many.add(10 + i % 3);
  Timings all = timings({1, 2});
  all.append(many);
  EXPECT_EQ(all.count(), 200002u);
  EXPECT_EQ(all.first(), 1);
  EXPECT_EQ(all.last(), many.last());
  EXPECT_EQ(all.min(), 1);
  EXPECT_EQ(all.max(), 12);
  EXPECT_DOUBLE_EQ(all.sum(), 3 + many.sum());
  EXPECT_LE(all.kept().size(), Timings::kMostKept);
  Timings none;
  none.append(timings({3}));
  EXPECT_EQ(none.first(), 3);
  none.append({});
  EXPECT_EQ(none.count(), 1u);
}

TEST(Statistics, TimingsPassThroughTheirNumbers) {
  Timings many;
  for (int i = 0; i < 150000; ++i) many.add(i);
  Timings copy = Timings::from(many.kept(), many.count(), many.first(), many.last(), many.min(),
                               many.max(), many.sum(), many.sum_of_squares());
  EXPECT_DOUBLE_EQ(copy.standard_deviation(), many.standard_deviation());
  // Another as long: each stands for as many runs in the sample.
  copy.append(many);
  const auto low = std::count_if(copy.kept().begin(), copy.kept().end(),
                                 [](double value) { return value < 75000; });
  EXPECT_NEAR(static_cast<double>(low) / static_cast<double>(copy.kept().size()), 0.5, 0.01);
}

TEST(Statistics, QuantilesLieBetweenNeighbours) {
  const std::vector<double> values = {1, 2, 4, 8};
  EXPECT_EQ(quantile(values, 0), 1);
  EXPECT_EQ(quantile(values, 0.5), 3);
  EXPECT_EQ(quantile(values, 1), 8);
  EXPECT_NEAR(quantile(values, 0.9), 6.8, 1e-12);
  EXPECT_EQ(quantile({}, 0.5), 0);
  EXPECT_EQ(median({9, 1, 5}), 5);
}

// P(the median of the population lies in the interval), from the binomial distribution.
double coverage(size_t count, size_t below) {
  double inside = 0;
  for (size_t k = below + 1; k <= count - below - 1; ++k) {
    inside += std::exp(std::lgamma(count + 1.0) - std::lgamma(k + 1.0) -
                       std::lgamma(static_cast<double>(count - k) + 1.0) -
                       static_cast<double>(count) * std::log(2.0));
  }
  return inside;
}

TEST(Statistics, MedianIntervalsAreTheNarrowestThatCover) {
  for (size_t count = 6; count <= 400; ++count) {
    std::vector<double> values(count);
    std::iota(values.begin(), values.end(), 0);
    const Interval interval = median_interval(values);
    const auto below = static_cast<size_t>(interval.low);
    EXPECT_EQ(interval.high, static_cast<double>(count - 1 - below));
    EXPECT_GE(coverage(count, below), 0.945) << count;
    if (2 * (below + 3) < count) {
      EXPECT_LT(coverage(count, below + 2), 0.95) << count;
    }
  }
  const Interval few = median_interval({1, 2, 3});
  EXPECT_EQ(few.low, 1);
  EXPECT_EQ(few.high, 3);
  EXPECT_EQ(median_interval({}).high, 0);
}

TEST(Statistics, MedianIntervalsCoverInPractice) {
  std::mt19937 random(7);
  int covered = 0;
  constexpr int kTrials = 2000;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<double> values(60);
    // Skewed, as timings are; the median is log 2.
    for (double& value : values) value = -std::log(1 - (random() / 4294967296.0));
    std::sort(values.begin(), values.end());
    const Interval interval = median_interval(values);
    if (interval.low <= std::log(2.0) && std::log(2.0) <= interval.high) ++covered;
  }
  EXPECT_GT(covered, kTrials * 0.93);
  EXPECT_LT(covered, kTrials * 0.99);
}

}  // namespace
}  // namespace baton::benchmarks
