// The best time of a piece of work on one or several threads.
#pragma once

#include <cstdint>
#include <functional>

namespace baton::benchmarks {

// Runs work(thread) on `threads` threads that begin together, `repeats` times; the shortest time
// from the first begin to the last end.
double best_seconds(uint32_t threads, int repeats, const std::function<void(uint32_t)>& work);

// How often `work(n)` has to be told to repeat itself so that it takes `seconds`.
uint64_t repeats_for(double seconds, const std::function<void(uint64_t)>& work);

}  // namespace baton::benchmarks
