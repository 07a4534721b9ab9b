// Gathers a tile's rows into the order in which the matrix kernels for Arm read them.
//
// K as in arm_panel.h. A step is 16 successive k: the kernel's Block says how the 16 bytes of one
// row and step are stored, from where to where.
#pragma once

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>

#include "delegates/kernels/int8_gemm/arm_panel.h"

namespace baton::kernels {

// 16 bytes of a row, of which `count` are kept and the others zeroed.
inline uint8x16_t keep_bytes(uint8x16_t bytes, size_t count) {
  alignas(16) static constexpr uint8_t kCounting[16] = {0, 1, 2,  3,  4,  5,  6,  7,
                                                        8, 9, 10, 11, 12, 13, 14, 15};
  const uint8x16_t limit = vdupq_n_u8(static_cast<uint8_t>(count));
  return vandq_u8(bytes, vcltq_u8(vld1q_u8(kCounting), limit));
}

// Where a gathered row goes to.
struct ArmRow {
  std::byte* to;          // of step 0
  size_t step_bytes = 0;  // from a step to the next
  size_t rows = 0;        // that lie side by side
  bool unsigned_input = false;
  int32_t zero = 0;                 // for blocks that subtract it
  int32x4_t sums = vdupq_n_s32(0);  // of the row's signed elements
};

// Bytes as they are, unsigned ones less 128; kTogether of a row lie side by side.
template <size_t kTogether>
struct SignedBlock {
  using Element = int8_t;
  static constexpr size_t kBytes = kTogether;

  static void store(uint8x16_t bytes, size_t count, std::byte* to, ArmRow* row) {
    const uint8x16_t flip = vdupq_n_u8(row->unsigned_input ? 0x80 : 0);
    const uint8x16_t kept = keep_bytes(veorq_u8(bytes, flip), count);
    row->sums = vpadalq_s16(row->sums, vpaddlq_s8(vreinterpretq_s8_u8(kept)));
    auto* at = reinterpret_cast<uint8_t*>(to);
    if constexpr (kBytes == 16) {
      vst1q_u8(at, kept);
    } else {
      vst1_u8(at, vget_low_u8(kept));
      vst1_u8(at + row->rows * kBytes, vget_high_u8(kept));
    }
  }
};

// 16 bits, without the zero point; 8 elements of a row lie together.
struct WideBlock {
  using Element = int16_t;
  static constexpr size_t kBytes = 16;  // of a row that lie together

  static void store(uint8x16_t bytes, size_t, std::byte* to, ArmRow* row) {
    // What lies behind the row's end meets weights of zero.
    const int16x8_t zero = vdupq_n_s16(static_cast<int16_t>(row->zero));
    const int8x16_t as_signed = vreinterpretq_s8_u8(bytes);
    const bool is_unsigned = row->unsigned_input;
    const int16x8_t low = is_unsigned ? vreinterpretq_s16_u16(vmovl_u8(vget_low_u8(bytes)))
                                      : vmovl_s8(vget_low_s8(as_signed));
    const int16x8_t high =
        is_unsigned ? vreinterpretq_s16_u16(vmovl_high_u8(bytes)) : vmovl_high_s8(as_signed);
    auto* at = reinterpret_cast<int16_t*>(to);
    vst1q_s16(at, vsubq_s16(low, zero));
    vst1q_s16(at + row->rows * 8, vsubq_s16(high, zero));
  }
};

// `count` elements into whole steps.
template <typename Block>
void gather_span(const uint8_t* from, size_t count, size_t first_step, ArmRow* row) {
  std::byte* to = row->to + first_step * row->step_bytes;
  for (size_t k = 0; k < count; k += kArmStep, to += row->step_bytes) {
    Block::store(vld1q_u8(from + k), std::min(kArmStep, count - k), to, row);
  }
}

// Elements of all taps side by side; writes up to 15 bytes behind them.
inline void join_taps(const void* const* taps, size_t count, size_t depth, uint8_t* line) {
  for (size_t tap = 0; tap < count; ++tap) {
    const auto* from = static_cast<const uint8_t*>(taps[tap * kArmRows]);
    uint8_t* to = line + tap * depth;
    for (size_t k = 0; k < depth; k += kArmStep) vst1q_u8(to + k, vld1q_u8(from + k));
  }
}

// One row; taps[t * 8] is its start under tap t. line: K + 16 bytes.
template <typename Block>
void gather_row(const Int8GemmTile& tile, const void* const* taps, uint8_t* line, ArmRow* row) {
  if (tile.taps == 1 || tile.depth % kArmStep == 0) {
    for (size_t tap = 0; tap < tile.taps; ++tap) {
      gather_span<Block>(static_cast<const uint8_t*>(taps[tap * kArmRows]), tile.depth,
                         tap * tile.depth / kArmStep, row);
    }
    return;
  }
  join_taps(taps, tile.taps, tile.depth, line);
  gather_span<Block>(line, tile.taps * tile.depth, 0, row);
}

}  // namespace baton::kernels
