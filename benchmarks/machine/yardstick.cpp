#include "benchmarks/machine/yardstick.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>
#include <vector>

namespace baton::benchmarks {
namespace {

constexpr int kTimes = 5;
constexpr size_t kInFirstCache = 2048;    // floats
constexpr size_t kInSecondCache = 65536;  // floats
constexpr int kProductPasses = 768;
constexpr int kMemoryPasses = 6;

// Where results go, so that no compiler leaves the work out.
volatile float g_result;

float products(const std::vector<float>& x) {
  // Sums of their own, which the compiler may compute side by side without changing a result.
  float sums[32] = {};
  for (int pass = 0; pass < kProductPasses; ++pass) {
    for (size_t i = 0; i < kInFirstCache; i += 32) {
      for (size_t k = 0; k < 32; ++k) sums[k] = sums[k] * 0.5f + x[i + k];
    }
  }
  float total = 0;
  for (const float sum : sums) total += sum;
  return total;
}

float memory(std::vector<float>& y) {
  for (int pass = 0; pass < kMemoryPasses; ++pass) {
    for (float& value : y) value = value * 0.5f + 1.0f;
  }
  return y[kInSecondCache / 2];
}

}  // namespace

double yardstick_us() {
  const std::vector<float> x(kInFirstCache, 1.0f);
  std::vector<float> y(kInSecondCache, 1.0f);
  double best = std::numeric_limits<double>::infinity();
  for (int time = 0; time < kTimes; ++time) {
    const auto begin = std::chrono::steady_clock::now();
    g_result = products(x) + memory(y);
    const auto end = std::chrono::steady_clock::now();
    best = std::min(best, std::chrono::duration<double, std::micro>(end - begin).count());
  }
  return best;
}

}  // namespace baton::benchmarks
