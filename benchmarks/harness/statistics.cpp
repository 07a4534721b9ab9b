#include "benchmarks/harness/statistics.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace baton::benchmarks {

void Timings::add(double time) {
  if (count_ == 0) {
    first_ = min_ = max_ = time;
  } else {
    min_ = std::min(min_, time);
    max_ = std::max(max_, time);
  }
  last_ = time;
  sum_ += time;
  sum_of_squares_ += time * time;
  if (count_++ % stride_ != 0) return;
  kept_.push_back(time);
  if (kept_.size() > kMostKept) thin();
}

void Timings::thin() {
  for (size_t i = 1; 2 * i < kept_.size(); ++i) kept_[i] = kept_[2 * i];
  kept_.resize((kept_.size() + 1) / 2);
  stride_ *= 2;
}

void Timings::append(const Timings& later) {
  if (later.empty()) return;
  if (empty()) {
    *this = later;
    return;
  }
  last_ = later.last_;
  min_ = std::min(min_, later.min_);
  max_ = std::max(max_, later.max_);
  sum_ += later.sum_;
  sum_of_squares_ += later.sum_of_squares_;
  count_ += later.count_;
  Timings other = later;
  // Both halves of the sample stand for as many runs each.
  while (stride_ < other.stride_) thin();
  while (other.stride_ < stride_) other.thin();
  kept_.insert(kept_.end(), other.kept_.begin(), other.kept_.end());
  while (kept_.size() > kMostKept) thin();
}

Timings Timings::from(std::vector<double> kept, uint64_t count, double first, double last,
                      double min, double max, double sum, double sum_of_squares) {
  Timings result;
  result.kept_ = std::move(kept);
  result.count_ = count;
  while (result.stride_ * result.kept_.size() < count && result.stride_ < count) {
    result.stride_ *= 2;
  }
  result.first_ = first;
  result.last_ = last;
  result.min_ = min;
  result.max_ = max;
  result.sum_ = sum;
  result.sum_of_squares_ = sum_of_squares;
  return result;
}

double Timings::mean() const { return empty() ? 0 : sum_ / static_cast<double>(count_); }

double Timings::standard_deviation() const {
  if (empty()) return 0;
  const double square = sum_of_squares_ / static_cast<double>(count_) - mean() * mean();
  return std::sqrt(std::max(square, 0.0));
}

double quantile(const std::vector<double>& ascending, double q) {
  if (ascending.empty()) return 0;
  const double position = q * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<size_t>(position);
  if (below + 1 >= ascending.size()) return ascending.back();
  const double part = position - static_cast<double>(below);
  return ascending[below] + part * (ascending[below + 1] - ascending[below]);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return quantile(values, 0.5);
}

Interval median_interval(const std::vector<double>& ascending) {
  const size_t count = ascending.size();
  if (count == 0) return {};
  size_t below = 0;  // so many from each end are outside
  if (count < 50) {
    // P(fewer than k+1 of n fair coins show heads), term by term.
    double term = std::pow(0.5, static_cast<double>(count));
    double tail = term;
    while (tail <= 0.025) {
      ++below;
      term *= static_cast<double>(count - below + 1) / static_cast<double>(below);
      tail += term;
    }
    // The order statistic with number `below` (from 1) has a tail of at most 2.5 % in front of it.
    if (below > 0) --below;
  } else {
    const double n = static_cast<double>(count);
    below = static_cast<size_t>(std::max(0.0, std::floor(n / 2 - 0.98 * std::sqrt(n)) - 1));
  }
  return {ascending[below], ascending[count - 1 - below]};
}

}  // namespace baton::benchmarks
