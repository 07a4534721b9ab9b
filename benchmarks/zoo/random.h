// The numbers that weights are made of: integers from a seed and a name, by arithmetic that is
// exact everywhere, so that a network is the same file whatever compiler built the zoo.
#pragma once

#include <cstdint>
#include <string_view>

namespace baton::zoo {

// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
class Random {
 public:
  Random(uint64_t seed, std::string_view name) : state_(seed) {
    for (const char letter : name) {
      state_ = (state_ ^ static_cast<unsigned char>(letter)) * 0x100000001b3u;
      state_ = next();
    }
  }

  uint64_t next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  // In [-1, 1), a multiple of 2^-23.
  double uniform() {
    return static_cast<double>(static_cast<int64_t>(next() >> 40) - (1 << 23)) / (1 << 23);
  }

 private:
  uint64_t state_;
};

}  // namespace baton::zoo
