// The loop around the 8-bit matrix kernels for Arm, which differ in their products only.
//
// A kernel is a struct with
//   Block                       how rows are stored, see arm_gather.h
//   kGroup                      of packed weights, see arm_panel.h
//   kFewest                     rows that it computes at least
//   multiply<kRows>(a, w, steps, bias, sums)
//                               sums[m][n] = bias[n] + products over `steps` steps of 16, of kRows
//                               rows and 8 columns
#pragma once

#include "delegates/kernels/int8_gemm/arm_epilogue.h"
#include "delegates/kernels/int8_gemm/arm_gather.h"
#include "delegates/kernels/int8_gemm/arm_panel.h"

namespace baton::kernels {

template <typename Kernel>
struct ArmGemm {
  using Block = typename Kernel::Block;
  using Element = typename Block::Element;

  static size_t scratch_bytes(size_t taps, size_t depth) {
    const size_t padded = arm_padded_depth(taps, depth);
    return kArmRows * padded * sizeof(Element) + padded + kArmStep;
  }

  template <size_t kRows>
  static void run_rows(const Int8GemmTile& tile) {
    const size_t padded = arm_padded_depth(tile.taps, tile.depth);
    const size_t panel_bytes = arm_panel_bytes<Element>(tile.taps, tile.depth);
    const std::byte* packed =
        static_cast<const std::byte*>(tile.packed) + tile.first_column / kArmColumns * panel_bytes;
    const auto* first = reinterpret_cast<const ArmPanel*>(packed);
    auto* a = static_cast<std::byte*>(tile.scratch);
    int32_t row_sums[kRows];
    gather<kRows>(tile, first->input_zero, a, row_sums);

    const bool zeros_remain = !kSubtractsZeros<Element> && tile.row_zeros != nullptr;
    for (size_t column = 0; column < tile.columns; column += kArmColumns, packed += panel_bytes) {
      const auto* panel = reinterpret_cast<const ArmPanel*>(packed);
      int32_t sums[kRows * kArmColumns];
      Kernel::template multiply<kRows>(reinterpret_cast<const Element*>(a),
                                       reinterpret_cast<const Element*>(panel + 1),
                                       padded / kArmStep, panel->bias, sums);
      finish_arm_panel(tile, *panel, column, sums, panel->weights_zero != 0 ? row_sums : nullptr,
                       zeros_remain ? tile.row_zeros : nullptr);
    }
  }

  // Rows that the tile lacks repeat its last.
  template <size_t kRows>
  static void gather(const Int8GemmTile& tile, int32_t input_zero, std::byte* a,
                     int32_t* row_sums) {
    constexpr size_t kStepBytes = kRows * kArmStep * sizeof(Element);
    const size_t padded = arm_padded_depth(tile.taps, tile.depth);
    auto* line = reinterpret_cast<uint8_t*>(a + kArmRows * padded * sizeof(Element));
    for (size_t m = 0; m < kRows; ++m) {
      const size_t from = std::min(m, tile.rows - 1);
      ArmRow row{.to = a + m * Block::kBytes, .step_bytes = kStepBytes, .rows = kRows};
      row.unsigned_input = tile.unsigned_input;
      row.zero = tile.row_zeros != nullptr ? tile.row_zeros[from] : input_zero;
      gather_row<Block>(tile, tile.a + from, line, &row);
      row_sums[m] = vaddvq_s32(row.sums);
    }
  }

  static void run(const Int8GemmTile& tile) {
    if (tile.rows > 4) return run_rows<8>(tile);
    if (tile.rows > 2) return run_rows<4>(tile);
    if (tile.rows > 1 || Kernel::kFewest > 1) return run_rows<2>(tile);
    if constexpr (Kernel::kFewest == 1) run_rows<1>(tile);
  }
};

template <typename Kernel>
inline constexpr Int8Gemm kArmGemm = {kArmRows,
                                      kArmColumns,
                                      arm_panel_bytes<typename Kernel::Block::Element>,
                                      pack_arm<typename Kernel::Block::Element, Kernel::kGroup>,
                                      ArmGemm<Kernel>::scratch_bytes,
                                      ArmGemm<Kernel>::run};

}  // namespace baton::kernels
