// What the 8-bit matrix kernels for Arm share: the layout of a panel and how it is packed.
//
// A panel is an ArmPanel and then its weights. The taps follow each other without gaps, so that
// depths of 3 waste nothing: K = taps * depth, padded with zeros to a multiple of 16. Weights lie
// in groups of kGroup successive k of one column, the columns of a panel side by side:
//   w[k][n] at ((k / kGroup) * 8 + n) * kGroup + k % kGroup
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "delegates/kernels/int8_gemm.h"

namespace baton::kernels {

inline constexpr size_t kArmRows = 8;
inline constexpr size_t kArmColumns = 8;
inline constexpr size_t kArmStep = 16;  // K is a multiple of it

inline size_t arm_padded_depth(size_t taps, size_t depth) {
  return (taps * depth + kArmStep - 1) / kArmStep * kArmStep;
}

struct alignas(64) ArmPanel {
  // Sums start here: the bias, and what the zero points contribute alike to each row.
  int32_t bias[kArmColumns];
  // Of w - w_zero over K: what a zero point of a row of its own is multiplied with.
  int32_t weight_sums[kArmColumns];
  union {
    struct {
      int32_t multipliers[kArmColumns];
      int32_t shifts[kArmColumns];  // in [-32, 32]
    } fixed;
    double scales[kArmColumns];
    struct {
      float scales[kArmColumns];
      float bias[kArmColumns];
    } hybrid;
  };
  // Zero points that are left to subtract: of the weights times the sum of each row, and of the
  // input.
  int32_t weights_zero;
  int32_t input_zero;
};

// Zero points are subtracted from elements of 16 bits. Elements of 8 bits are made signed by
// subtracting 128 from unsigned ones, and all zero points are dealt with after the products.
template <typename Element>
inline constexpr bool kSubtractsZeros = sizeof(Element) == 2;

inline int32_t weight_at(const Int8GemmWeights& weights, size_t column, size_t tap, size_t d) {
  const int64_t at = static_cast<int64_t>(column) * weights.column_stride +
                     static_cast<int64_t>(tap) * weights.tap_stride +
                     static_cast<int64_t>(d) * weights.depth_stride;
  return weights.unsigned_weights ? int32_t{static_cast<const uint8_t*>(weights.data)[at]}
                                  : int32_t{static_cast<const int8_t*>(weights.data)[at]};
}

// The columns' constants. Sums are taken modulo 2^32, like the reference's.
void pack_arm_constants(const Int8GemmWeights& weights, size_t first_column, bool subtracts_zeros,
                        ArmPanel* panel);

template <typename Element>
size_t arm_panel_bytes(size_t taps, size_t depth) {
  const size_t bytes = kArmColumns * arm_padded_depth(taps, depth) * sizeof(Element);
  return sizeof(ArmPanel) + bytes;
}

template <typename Element, size_t kGroup>
void pack_arm(const Int8GemmWeights& weights, size_t first, size_t end, void* packed) {
  const size_t bytes = arm_panel_bytes<Element>(weights.taps, weights.depth);
  const int32_t offset = kSubtractsZeros<Element>   ? weights.weights_zero
                         : weights.unsigned_weights ? 128
                                                    : 0;
  for (size_t p = first; p < end; ++p) {
    std::byte* start = static_cast<std::byte*>(packed) + p * bytes;
    std::fill(start, start + bytes, std::byte{0});
    auto* panel = reinterpret_cast<ArmPanel*>(start);
    const size_t first_column = p * kArmColumns;
    pack_arm_constants(weights, first_column, kSubtractsZeros<Element>, panel);
    auto* to = reinterpret_cast<Element*>(panel + 1);
    const size_t columns = std::min(kArmColumns, weights.columns - first_column);
    for (size_t n = 0; n < columns; ++n) {
      for (size_t tap = 0, k = 0; tap < weights.taps; ++tap) {
        for (size_t d = 0; d < weights.depth; ++d, ++k) {
          to[((k / kGroup) * kArmColumns + n) * kGroup + k % kGroup] =
              static_cast<Element>(weight_at(weights, first_column + n, tap, d) - offset);
        }
      }
    }
  }
}

}  // namespace baton::kernels
