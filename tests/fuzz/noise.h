// Numbers that follow from a seed, the same everywhere, with a liking for those that hurt.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include "baton/types.h"
#include "tests/support/split_mix.h"

namespace baton::fuzz {

class Noise : public test::SplitMix {
 public:
  using SplitMix::SplitMix;

  // In [0, limit); limit is not 0.
  uint64_t below(uint64_t limit) { return next() % limit; }
  bool one_in(uint64_t n) { return below(n) == 0; }

  // Mostly small, sometimes at the edges of what integers can hold.
  int64_t integer() {
    if (!one_in(16)) return static_cast<int64_t>(below(9)) - 3;
    static constexpr int64_t kEdges[] = {-1,
                                         127,
                                         128,
                                         255,
                                         256,
                                         32767,
                                         65536,
                                         -32769,
                                         1 << 24,
                                         0x40000000,
                                         std::numeric_limits<int32_t>::max(),
                                         std::numeric_limits<int32_t>::min(),
                                         0xffffffffll,
                                         0x100000000ll,
                                         std::numeric_limits<int64_t>::max(),
                                         std::numeric_limits<int64_t>::min()};
    return kEdges[below(std::size(kEdges))];
  }
  float real() {
    if (!one_in(16)) return static_cast<float>(static_cast<int32_t>(next() >> 40)) / 4194304 - 2;
    static constexpr float kEdges[] = {0.0f,
                                       -0.0f,
                                       1e-40f,
                                       1e30f,
                                       -1e30f,
                                       2147483648.0f,
                                       -2147483904.0f,
                                       std::numeric_limits<float>::max(),
                                       std::numeric_limits<float>::infinity(),
                                       -std::numeric_limits<float>::infinity(),
                                       std::numeric_limits<float>::quiet_NaN()};
    return kEdges[below(std::size(kEdges))];
  }

  // Content for a tensor of this type.
  void fill(baton_dtype dtype, void* data, size_t bytes) {
    switch (dtype) {
      case BATON_FLOAT32:
        return fill_with<float>(data, bytes, [&] { return real(); });
      case BATON_FLOAT64:
        return fill_with<double>(data, bytes, [&] { return real(); });
      case BATON_INT16:
        return fill_with<int16_t>(data, bytes, [&] { return integer(); });
      case BATON_INT32:
      case BATON_UINT32:
        return fill_with<int32_t>(data, bytes, [&] { return integer(); });
      case BATON_INT64:
      case BATON_UINT64:
        return fill_with<int64_t>(data, bytes, [&] { return integer(); });
      case BATON_BOOL:
        return fill_with<uint8_t>(data, bytes, [&] { return one_in(16) ? next() : next() & 1; });
      default:
        return fill_with<uint8_t>(data, bytes, [&] { return next(); });
    }
  }

 private:
  template <typename T, typename Make>
  void fill_with(void* data, size_t bytes, const Make& make) {
    for (size_t at = 0; at + sizeof(T) <= bytes; at += sizeof(T)) {
      const T value = static_cast<T>(make());
      std::memcpy(static_cast<uint8_t*>(data) + at, &value, sizeof(T));
    }
  }
};

}  // namespace baton::fuzz
