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
#include <cstring>

#include "delegates/kernels/int8_gemm.h"
#include "delegates/kernels/round_up.h"

namespace baton::kernels {

inline constexpr size_t kArmRows = 8;
inline constexpr size_t kArmColumns = 8;
inline constexpr size_t kArmStep = 16;  // K is a multiple of it

inline size_t arm_padded_depth(size_t taps, size_t depth) {
  return round_up(taps * depth, kArmStep);
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

// The constants of the panel's column n, which is `column` of all and whose w - w_zero add up to
// weight_sum. Sums are taken modulo 2^32, like the reference's.
void pack_arm_constants(const Int8GemmWeights& weights, size_t column, size_t n,
                        uint32_t weight_sum, bool subtracts_zeros, ArmPanel* panel);

template <typename Element>
size_t arm_panel_bytes(size_t taps, size_t depth) {
  const size_t bytes = kArmColumns * arm_padded_depth(taps, depth) * sizeof(Element);
  return sizeof(ArmPanel) + bytes;
}

// Writes a column's weights less `offset`, from the panel's column on; the sum of w - w_zero.
template <typename Byte, typename Element, size_t kGroup>
uint32_t pack_arm_column(const Int8GemmWeights& weights, size_t column, int32_t offset,
                         Element* to) {
  const Byte* tap =
      static_cast<const Byte*>(weights.data) + static_cast<int64_t>(column) * weights.column_stride;
  uint32_t sum = 0;
  size_t k = 0;
  for (size_t t = 0; t < weights.taps; ++t, tap += weights.tap_stride) {
    const Byte* from = tap;
    for (size_t d = 0; d < weights.depth; ++d, ++k, from += weights.depth_stride) {
      sum += static_cast<uint32_t>(*from - weights.weights_zero);
      to[k / kGroup * kArmColumns * kGroup + k % kGroup] = static_cast<Element>(*from - offset);
    }
  }
  return sum;
}

template <typename Element, size_t kGroup>
void pack_arm(const Int8GemmWeights& weights, size_t first, size_t end, void* packed) {
  constexpr bool kSubtracts = kSubtractsZeros<Element>;
  const size_t bytes = arm_panel_bytes<Element>(weights.taps, weights.depth);
  const int32_t centre = weights.unsigned_weights ? 128 : 0;
  const int32_t offset = kSubtracts ? weights.weights_zero : centre;
  for (size_t p = first; p < end; ++p) {
    std::byte* start = static_cast<std::byte*>(packed) + p * bytes;
    std::memset(start, 0, bytes);
    auto* panel = reinterpret_cast<ArmPanel*>(start);
    panel->weights_zero = kSubtracts ? 0 : weights.weights_zero - centre;
    panel->input_zero = kSubtracts ? weights.input_zero : 0;
    for (size_t n = 0; n < kArmColumns && p * kArmColumns + n < weights.columns; ++n) {
      const size_t column = p * kArmColumns + n;
      auto* to = reinterpret_cast<Element*>(panel + 1) + n * kGroup;
      const uint32_t sum =
          weights.unsigned_weights
              ? pack_arm_column<uint8_t, Element, kGroup>(weights, column, offset, to)
              : pack_arm_column<int8_t, Element, kGroup>(weights, column, offset, to);
      pack_arm_constants(weights, column, n, sum, kSubtracts, panel);
    }
  }
}

}  // namespace baton::kernels
