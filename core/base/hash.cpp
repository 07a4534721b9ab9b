#include "core/base/hash.h"

#include <cstring>

#include "core/base/status.h"

namespace baton {
namespace {

// Odd constants: the fractional digits of the golden ratio, of sqrt(2) and of sqrt(3).
constexpr uint64_t kGolden = 0x9e3779b97f4a7c15u;
constexpr uint64_t kRoot2 = 0x6a09e667f3bcc909u;
constexpr uint64_t kRoot3 = 0xbb67ae8584caa73bu;

// A multiplication carries low bits up, the shift brings high bits down. Both can be undone, so a
// lane forgets nothing between two words.
uint64_t mix(uint64_t lane, uint64_t word, uint64_t factor) {
  lane = (lane ^ word) * factor;
  return lane ^ (lane >> 29);
}

uint64_t finish(uint64_t lane, uint64_t size) {
  lane = mix(lane, size, kRoot2);
  lane = mix(lane, lane >> 32, kRoot3);
  return mix(lane, lane >> 31, kGolden);
}

uint64_t load_word(const uint8_t* bytes, size_t count) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, count);
  return word;
}

struct Lanes {
  uint64_t first;
  uint64_t second;
};

// Two lanes with factors and seeds of their own over the same words: independent enough to be put
// side by side.
Lanes hash_lanes(std::span<const uint8_t> bytes, Lanes lanes) {
  const uint8_t* at = bytes.data();
  size_t left = bytes.size();
  for (; left >= sizeof(uint64_t); left -= sizeof(uint64_t), at += sizeof(uint64_t)) {
    const uint64_t word = load_word(at, sizeof(uint64_t));
    lanes.first = mix(lanes.first, word, kGolden);
    lanes.second = mix(lanes.second, (word << 23) | (word >> 41), kRoot3);
  }
  if (left != 0) {
    const uint64_t word = load_word(at, left);
    lanes.first = mix(lanes.first, word, kGolden);
    lanes.second = mix(lanes.second, word, kRoot3);
  }
  return {finish(lanes.first, bytes.size()), finish(lanes.second, ~uint64_t{bytes.size()})};
}

}  // namespace

uint64_t hash64(std::span<const uint8_t> bytes, uint64_t seed) {
  const Lanes lanes = hash_lanes(bytes, {seed ^ kRoot2, mix(seed, kRoot2, kGolden)});
  return mix(lanes.first, lanes.second, kGolden);
}

std::string hash128_hex(std::span<const uint8_t> bytes) {
  const Lanes lanes = hash_lanes(bytes, {kRoot2, kGolden});
  return format("%016llx%016llx", static_cast<unsigned long long>(lanes.first),
                static_cast<unsigned long long>(lanes.second));
}

}  // namespace baton
