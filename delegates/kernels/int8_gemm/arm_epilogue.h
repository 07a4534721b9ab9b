// From a panel's sums to outputs, for the 8-bit matrix kernels for Arm.
#pragma once

#include "delegates/kernels/int8_gemm/arm_panel.h"

namespace baton::kernels {

// sums: [tile.rows][8] with the panel's bias. Column `column` of the tile is the panel's first.
// row_sums: of each row of a; nullptr where the weights have no zero point left to subtract.
// row_zeros: a zero point of each row that is left to subtract; or nullptr.
void finish_arm_panel(const Int8GemmTile& tile, const ArmPanel& panel, size_t column, int32_t* sums,
                      const int32_t* row_sums, const int32_t* row_zeros);

}  // namespace baton::kernels
