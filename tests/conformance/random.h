// Numbers that follow from a seed, the same everywhere.
#pragma once

#include <cstdint>

namespace baton::conformance {

// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
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

 private:
  uint64_t state_;
};

// Of a text and a number: seeds of cases.
uint64_t mix_seed(uint64_t seed, const char* text, uint64_t number);

}  // namespace baton::conformance
