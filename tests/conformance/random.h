// Numbers that follow from a seed, the same everywhere.
#pragma once

#include <cstdint>

#include "tests/support/split_mix.h"

namespace baton::conformance {

class Random : public test::SplitMix {
 public:
  using SplitMix::SplitMix;

  // In [0, limit); limit is not 0.
  uint32_t below(uint32_t limit) { return static_cast<uint32_t>(next() % limit); }
  int32_t between(int32_t low, int32_t high) {
    return low + static_cast<int32_t>(below(static_cast<uint32_t>(high - low) + 1));
  }
  bool one_in(uint32_t n) { return below(n) == 0; }
  // In [low, high), a multiple of (high - low) / 2^24.
  double real(double low, double high) {
    return low + (high - low) * static_cast<double>(next() >> 40) / 16777216.0;
  }
};

// Of a text and a number: seeds of cases.
uint64_t mix_seed(uint64_t seed, const char* text, uint64_t number);

}  // namespace baton::conformance
