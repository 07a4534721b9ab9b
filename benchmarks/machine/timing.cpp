#include "benchmarks/machine/timing.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <limits>
#include <thread>
#include <vector>

namespace baton::benchmarks {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_between(Clock::time_point begin, Clock::time_point end) {
  return std::chrono::duration<double>(end - begin).count();
}

// Spins, because a thread that sleeps begins late; and yields, because there may be fewer
// processors than threads.
void meet(std::atomic<uint32_t>& arrived, uint32_t expected) {
  arrived.fetch_add(1);
  while (arrived.load() < expected) std::this_thread::yield();
}

}  // namespace

double best_seconds(uint32_t threads, int repeats, const std::function<void(uint32_t)>& work) {
  struct Times {
    Clock::time_point begin, end;
  };
  std::vector<Times> times(threads);
  std::atomic<uint32_t> arrived = 0;
  double best = std::numeric_limits<double>::infinity();
  // Nobody begins again before thread 0, which looks at all times first, has arrived again.
  const auto member = [&](uint32_t thread) {
    for (int repeat = 0; repeat < repeats; ++repeat) {
      const auto rounds = static_cast<uint32_t>(2 * repeat);
      meet(arrived, (rounds + 1) * threads);
      times[thread].begin = Clock::now();
      work(thread);
      times[thread].end = Clock::now();
      meet(arrived, (rounds + 2) * threads);
      if (thread != 0) continue;
      Times whole = times[0];
      for (const Times& t : times) {
        whole.begin = std::min(whole.begin, t.begin);
        whole.end = std::max(whole.end, t.end);
      }
      best = std::min(best, seconds_between(whole.begin, whole.end));
    }
  };
  std::vector<std::thread> others;
  for (uint32_t thread = 1; thread < threads; ++thread) others.emplace_back(member, thread);
  member(0);
  for (std::thread& thread : others) thread.join();
  return best;
}

uint64_t repeats_for(double seconds, const std::function<void(uint64_t)>& work) {
  constexpr uint64_t kMost = uint64_t{1} << 40;
  for (uint64_t count = 1; count < kMost; count *= 4) {
    const auto begin = Clock::now();
    work(count);
    const double taken = seconds_between(begin, Clock::now());
    if (taken < seconds / 8) continue;
    const double wanted = static_cast<double>(count) * seconds / taken;
    return std::max<uint64_t>(1, static_cast<uint64_t>(wanted));
  }
  return kMost;
}

}  // namespace baton::benchmarks
