// The epilogue of 8-bit matrix products for single values, straight from <baton/fixed_point.h>:
// what vectors have no short form for, and machines without vectors.
#pragma once

#include <cstddef>
#include <cstdint>

#include "delegates/kernels/int8_gemm.h"

namespace baton::kernels {

// One panel's part of a tile.
struct PanelSums {
  const Int8GemmTile* tile;
  const void* panel;
  size_t width;    // of the panel
  int32_t* sums;   // [tile->rows][width]; may be overwritten
  size_t column;   // of the panel's first in the tile
  size_t columns;  // of it that are wanted
};

void finish_exactly(const PanelSums& sums);

}  // namespace baton::kernels
