// Gathers rows of elements, found through a pointer per tap, into steps of 64 bytes of each row:
//   to[step][32 rows][64 bytes]
// The taps of a row follow each other, each filled up with zeros to a multiple of kDeep elements;
// zeros fill the last step. Rows from `rows` on are left as they are: no register loads them.
//
// A Block says how a row's elements become the 64 bytes of a step:
//   Element, kElements                 kElements of them to a step
//   kDeep                              elements that packed weights keep together in depth
//   store(from, count, to)             `count` of them, and zeros
//   copy<kCount>(from, to)             exactly 16, 32 or kElements of them
#pragma once

#include <algorithm>
#include <cstring>

#include "delegates/kernels/amx/tiles.h"
#include "delegates/kernels/round_up.h"

namespace baton::kernels {

template <typename Block>
constexpr size_t amx_tap_elements(size_t depth) {
  return round_up(depth, Block::kDeep);
}

template <typename Block>
constexpr size_t amx_steps(size_t taps, size_t depth) {
  return round_up(taps * amx_tap_elements<Block>(depth), Block::kElements) / Block::kElements;
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

// Taps side by side by way of `line`.
template <typename Block, typename Row>
BATON_AMX_TARGET inline void gather_joined(const Row* const* a, size_t taps, size_t depth,
                                           size_t rows, std::byte* line, std::byte* to) {
  const size_t bytes = depth * sizeof(typename Block::Element);
  const size_t elements = amx_tap_elements<Block>(depth);
  const size_t tap_bytes = elements * sizeof(typename Block::Element);
  for (size_t m = 0; m < rows; ++m) {
    for (size_t tap = 0; tap < taps; ++tap) {
      std::byte* joined = line + tap * tap_bytes;
      copy_tap(a[tap * kAmxRows + m], bytes, joined);
      std::memset(joined + bytes, 0, tap_bytes - bytes);
    }
    gather_amx_span<Block>(line, taps * elements, to + m * kTileBytes);
  }
}

// Depths that are multiples of kChunk elements, which divides a step.
template <typename Block, size_t kChunk, typename Row>
BATON_AMX_TARGET inline void gather_chunks(const Row* const* a, size_t taps, size_t depth,
                                           size_t rows, std::byte* to) {
  using Element = typename Block::Element;
  constexpr size_t kChunkBytes = kChunk * kTileBytes / Block::kElements;
  size_t offset = 0;  // in a row's 64 bytes of the step at `to`
  for (size_t tap = 0; tap < taps; ++tap, a += kAmxRows) {
    for (size_t k = 0; k < depth; k += kChunk) {
      for (size_t m = 0; m < rows; ++m) {
        Block::template copy<kChunk>(static_cast<const Element*>(a[m]) + k,
                                     to + m * kTileBytes + offset);
      }
      offset += kChunkBytes;
      if (offset == kTileBytes) {
        offset = 0;
        to += kAmxStepBytes;
      }
    }
  }
  if (offset == 0) return;
  for (size_t m = 0; m < rows; ++m) {
    std::memset(to + m * kTileBytes + offset, 0, kTileBytes - offset);
  }
}

// a[t * 32 + m]: row m under tap t.
template <typename Block, typename Row>
BATON_AMX_TARGET inline void gather_amx(const Row* const* a, size_t taps, size_t depth, size_t rows,
                                        std::byte* to) {
  constexpr size_t kElements = Block::kElements;
  if (depth % kElements == 0) return gather_chunks<Block, kElements>(a, taps, depth, rows, to);
  if (depth % 32 == 0) return gather_chunks<Block, 32>(a, taps, depth, rows, to);
  if (depth % 16 == 0) return gather_chunks<Block, 16>(a, taps, depth, rows, to);
  if (taps > 1) {
    std::byte* line = to + amx_steps<Block>(taps, depth) * kAmxStepBytes;
    return gather_joined<Block>(a, taps, depth, rows, line, to);
  }
  for (size_t m = 0; m < rows; ++m) gather_amx_span<Block>(a[m], depth, to + m * kTileBytes);
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
