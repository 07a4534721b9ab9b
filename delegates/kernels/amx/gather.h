// Gathers rows of elements, found through a pointer per tap, into steps of 64 bytes of each row:
//   to[step][32 rows][64 bytes]
// The taps of a row follow each other, each filled up with zeros to a multiple of kDeep elements;
// zeros fill the last step. Rows from `rows` on are left as they are: no register loads them.
//
// A Block says how a row's elements become the 64 bytes of a step:
//   Element, kElements                 kElements of them to a step
//   kDeep                              elements that packed weights keep together in depth
//   store(from, count, to)             `count` of them, and zeros
#pragma once

#include <algorithm>
#include <cstring>

#include "delegates/kernels/amx/tiles.h"

namespace baton::kernels {

template <typename Block>
constexpr size_t amx_tap_elements(size_t depth) {
  return (depth + Block::kDeep - 1) / Block::kDeep * Block::kDeep;
}

template <typename Block>
constexpr size_t amx_steps(size_t taps, size_t depth) {
  return (taps * amx_tap_elements<Block>(depth) + Block::kElements - 1) / Block::kElements;
}

// Bytes of memory for gathered rows and behind them for one row whose taps have to be joined first.
template <typename Block>
constexpr size_t amx_gather_bytes(size_t taps, size_t depth) {
  const size_t row_bytes = taps * amx_tap_elements<Block>(depth) * sizeof(typename Block::Element);
  return amx_steps<Block>(taps, depth) * kAmxStepBytes + row_bytes / 64 * 64 + 128;
}

template <typename Block>
BATON_AMX_TARGET inline void gather_amx_span(const void* from, size_t count, std::byte* to) {
  const auto* elements = static_cast<const typename Block::Element*>(from);
  for (size_t k = 0; k < count; k += Block::kElements, to += kAmxStepBytes) {
    Block::store(elements + k, std::min(Block::kElements, count - k), to);
  }
}

// In whole chunks, which are quicker than memcpy for the few bytes of a tap: reads and writes up to
// 15 bytes too many.
inline void copy_tap(const void* from, size_t bytes, std::byte* to) {
  for (size_t k = 0; k < bytes; k += 16) {
    std::memcpy(to + k, static_cast<const std::byte*>(from) + k, 16);
  }
}

// a[t * 32 + m]: row m under tap t.
template <typename Block, typename Row>
BATON_AMX_TARGET inline void gather_amx(const Row* const* a, size_t taps, size_t depth, size_t rows,
                                        std::byte* to) {
  const size_t bytes = depth * sizeof(typename Block::Element);
  const size_t elements = amx_tap_elements<Block>(depth);
  const size_t tap_bytes = elements * sizeof(typename Block::Element);
  const bool whole = taps == 1 || depth % Block::kElements == 0;
  std::byte* line = to + amx_steps<Block>(taps, depth) * kAmxStepBytes;
  for (size_t m = 0; m < rows; ++m) {
    std::byte* row = to + m * kTileBytes;
    for (size_t tap = 0; tap < taps; ++tap) {
      const Row* from = a[tap * kAmxRows + m];
      if (whole) {
        const size_t step = tap * depth / Block::kElements;
        gather_amx_span<Block>(from, depth, row + step * kAmxStepBytes);
      } else {
        copy_tap(from, bytes, line + tap * tap_bytes);
        std::memset(line + tap * tap_bytes + bytes, 0, tap_bytes - bytes);
      }
    }
    if (!whole) gather_amx_span<Block>(line, taps * elements, row);
  }
}

// What gather_amx() wrote to *to, as the products read it.
inline TileRows gathered_rows(const void* const* to, size_t steps) {
  return {.starts = to,
          .start_stride = 0,
          .taps = 1,
          .steps = steps,
          .step_bytes = kAmxStepBytes,
          .row_bytes = kTileBytes};
}

}  // namespace baton::kernels
