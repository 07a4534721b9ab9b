// What is said of a row of timings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace baton::benchmarks {

// The timings of many runs, in any unit. Exact in count, first, last, least, most, sums; the
// quantiles come from a sample that is evenly spread over the runs, all of them up to kMostKept.
class Timings {
 public:
  static constexpr size_t kMostKept = size_t{1} << 16;

  void add(double time);
  // After these, the others'.
  void append(const Timings& later);

  uint64_t count() const { return count_; }
  bool empty() const { return count_ == 0; }
  double first() const { return first_; }
  double last() const { return last_; }
  double min() const { return min_; }
  double max() const { return max_; }
  double sum() const { return sum_; }
  double mean() const;
  // Of the runs as they are, not of a population that they stand for: as TensorFlow Lite's tool.
  double standard_deviation() const;
  const std::vector<double>& kept() const { return kept_; }

  // As they were told by kept(), first(), ..., for passing them on.
  static Timings from(std::vector<double> kept, uint64_t count, double first, double last,
                      double min, double max, double sum, double sum_of_squares);
  double sum_of_squares() const { return sum_of_squares_; }

 private:
  void thin();

  std::vector<double> kept_;
  uint64_t stride_ = 1;  // every so many-th run is kept
  uint64_t count_ = 0;
  double first_ = 0, last_ = 0, min_ = 0, max_ = 0, sum_ = 0, sum_of_squares_ = 0;
};

// Of numbers in ascending order, interpolated between neighbours; q in [0, 1]. 0 of none.
double quantile(const std::vector<double>& ascending, double q);
double median(std::vector<double> values);

struct Interval {
  double low = 0;
  double high = 0;
};
// Where the median lies with 95 % confidence, whatever the distribution: the order statistics that
// the binomial distribution gives (by its normal approximation from 50 values on; below, exactly).
// Of fewer than six values there is no such interval: least and most.
Interval median_interval(const std::vector<double>& ascending);

}  // namespace baton::benchmarks
