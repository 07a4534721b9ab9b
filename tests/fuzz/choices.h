// What a fuzz input decides, byte by byte from its beginning. Past the end everything is 0, and 0
// is always the harmless choice: a short input is a well-formed case.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>

#include "tests/fuzz/noise.h"

namespace baton::fuzz {

class Choices {
 public:
  explicit Choices(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  uint8_t byte() {
    if (at_ == bytes_.size()) return 0;
    return bytes_[at_++];
  }
  // In [0, limit); limit is at most 256.
  uint32_t below(uint32_t limit) { return byte() % limit; }
  // True for one byte in `n`, at most 256.
  bool one_in(uint32_t n) { return byte() % n == n - 1; }
  template <typename T, size_t count>
  T among(const T (&values)[count]) {
    return values[below(count)];
  }

  // `usual`, but for one byte in 16: then one beside it, or a number that hurts.
  int64_t bend(int64_t usual) {
    const uint8_t how = byte();
    if (how < 240) return usual;
    if (how < 244) return usual - 1;
    if (how < 248) return usual + 1;
    if (how < 252) return -usual;
    return Noise(byte()).integer();
  }
  int32_t bend32(int64_t usual) { return static_cast<int32_t>(bend(usual)); }

 private:
  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
};

}  // namespace baton::fuzz
