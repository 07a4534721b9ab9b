// Sizes that come from a file are multiplied and added here, and nowhere else.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace baton {

inline std::optional<uint64_t> checked_multiply(uint64_t a, uint64_t b) {
  uint64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

inline std::optional<uint64_t> checked_add(uint64_t a, uint64_t b) {
  uint64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

// Rounds up to a power of two; nullopt on overflow.
inline std::optional<uint64_t> checked_round_up(uint64_t value, uint64_t multiple) {
  const auto sum = checked_add(value, multiple - 1);
  if (!sum) return std::nullopt;
  return *sum & ~(multiple - 1);
}

// Number of elements of a shape: nullopt when a size is negative or the product does not fit. A
// zero among the sizes gives 0 whatever the others are.
inline std::optional<uint64_t> element_count(std::span<const int32_t> dims) {
  uint64_t count = 1;
  bool overflow = false;
  bool zero = false;
  for (const int32_t dim : dims) {
    if (dim < 0) return std::nullopt;
    if (dim == 0) zero = true;
    if (!zero && __builtin_mul_overflow(count, static_cast<uint64_t>(dim), &count)) overflow = true;
  }
  if (zero) return 0;
  if (overflow) return std::nullopt;
  return count;
}

}  // namespace baton
