#include "benchmarks/zoo/moments.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace baton::zoo {
namespace {

// max(x, 0) of a normal x with variance 1 and mean -2, -1.5 ... 4. Tabulated: exp() and erf() need
// not give the same bits everywhere, and weights follow from these.
struct Rectified {
  double mean;
  double power;
};
constexpr double kFirstMean = -2;
constexpr double kMeanStep = 0.5;
constexpr Rectified kRectified[] = {{0.00849, 0.00577}, {0.02931, 0.02285}, {0.08332, 0.07534},
                                    {0.1978, 0.20964},  {0.39894, 0.5},     {0.6978, 1.04036},
                                    {1.08332, 1.92466}, {1.52931, 3.22715}, {2.00849, 4.99423},
                                    {2.502, 7.2488},    {3.00038, 9.9998},  {3.50006, 13.24997},
                                    {4.00001, 17.0}};

Moments rectified(const Moments& x) {
  constexpr int kLast = static_cast<int>(std::size(kRectified)) - 1;
  const double deviation = std::sqrt(x.variance);
  const double at =
      std::clamp((x.mean / deviation - kFirstMean) / kMeanStep, 0.0, static_cast<double>(kLast));
  const int below = std::min(static_cast<int>(at), kLast - 1);
  const double share = at - below;
  const Rectified& a = kRectified[below];
  const Rectified& b = kRectified[below + 1];
  const double mean = (a.mean + (b.mean - a.mean) * share) * deviation;
  const double power = (a.power + (b.power - a.power) * share) * x.variance;
  return {mean, power - mean * mean};
}

// Of a normal x with mean 0 and the variance that layers before them give.
constexpr Moments kHardSwish{0.1066, 0.1827};
constexpr Moments kGelu{0.2821, 0.3456};

}  // namespace

Target target_before(Activation activation) {
  // Where HARD_SWISH gets more than it expects, it gives more than in proportion, and a deep
  // network would run away. Smaller inputs, and biases that do not depend on what came before, hold
  // it.
  if (activation == Activation::kHardSwish) return {.variance = 0.64, .bias_share = 0.15};
  return {.variance = 1, .bias_share = 0.01};
}

Moments after(Activation activation, const Moments& x) {
  switch (activation) {
    case Activation::kRelu:
    case Activation::kRelu6:  // so few are above 6 that they do not matter
      return rectified(x);
    case Activation::kHardSwish:
      return kHardSwish;
    case Activation::kGelu:
      return kGelu;
    case Activation::kNone:
      break;
  }
  return x;
}

Moments after_average_pool(const Moments& x, int64_t area) {
  // What differs between channels remains, what differs from place to place averages out. Measured.
  constexpr double kBetweenChannels = 0.6;
  const double left = kBetweenChannels + (1 - kBetweenChannels) / static_cast<double>(area);
  return {x.mean, x.variance * left};
}

Moments after_max_pool(const Moments& x) {
  // The largest of a handful; measured behind ReLU.
  return {x.mean + 1.2 * std::sqrt(x.variance), x.variance};
}

Moments after_add(const Moments& x, const Moments& y) {
  return {x.mean + y.mean, x.variance + y.variance};
}

Moments after_multiply(const Moments& x, const Moments& y) {
  const double mean = x.mean * y.mean;
  return {mean, x.power() * y.power() - mean * mean};
}

}  // namespace baton::zoo
