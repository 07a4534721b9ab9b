// Sizes in whole pieces.
#pragma once

#include <cstddef>

namespace baton::kernels {

// The smallest multiple of `multiple` that is not below n.
constexpr size_t round_up(size_t n, size_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

// Rows that lie a power of two apart share cache sets: the bytes from row to row of a scratch
// memory for at least `bytes` each, whole cache lines.
constexpr size_t spread_rows(size_t bytes) {
  const size_t lines = round_up(bytes, 64);
  return lines % 1024 == 0 ? lines + 64 : lines;
}

}  // namespace baton::kernels
