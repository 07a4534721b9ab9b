// Hashes of content, for cache keys. Not cryptographic: equal content is recognised, a forger is
// not.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace baton {

// 64 bits over the bytes; `seed` makes another function of the same kind.
uint64_t hash64(std::span<const uint8_t> bytes, uint64_t seed = 0);

// 128 bits over the bytes, as 32 hexadecimal digits.
std::string hash128_hex(std::span<const uint8_t> bytes);

}  // namespace baton
