#include "benchmarks/machine/timing.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

#include "benchmarks/machine/yardstick.h"

namespace baton::benchmarks {
namespace {

void spin(double seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (std::chrono::steady_clock::now() < end) {
  }
}

TEST(Timing, EachThreadWorksInEachRepeat) {
  std::atomic<int> calls[3] = {};
  const double seconds = best_seconds(3, 4, [&](uint32_t thread) {
    ++calls[thread];
    spin(0.0005);
  });
  for (const auto& count : calls) EXPECT_EQ(count.load(), 4);
  EXPECT_GE(seconds, 0.0005);
}

TEST(Timing, TheBestRepeatCounts) {
  int repeat = 0;
  const double seconds = best_seconds(1, 3, [&](uint32_t) { spin(++repeat == 2 ? 0.0001 : 0.1); });
  EXPECT_GE(seconds, 0.0001);
  EXPECT_LT(seconds, 0.1);
}

TEST(Timing, RepeatsFillTheTime) {
  const uint64_t repeats =
      repeats_for(0.004, [](uint64_t count) { spin(1e-5 * static_cast<double>(count)); });
  EXPECT_GE(repeats, 1u);
  EXPECT_LE(repeats, 400u);
}

TEST(Yardstick, IsWork) {
  const double us = yardstick_us();
  // 1.6 million multiply-adds: no machine is done sooner, unless they were left out.
  EXPECT_GT(us, 5.0);
  EXPECT_LT(us, 1e6);
}

}  // namespace
}  // namespace baton::benchmarks
