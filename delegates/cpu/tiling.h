// How a matrix product, or a convolution as one, is cut into items of work.
#pragma once

#include <algorithm>
#include <cstdint>

namespace baton::cpu {

// Output rows are cut into tiles that one call of a kernel computes, output columns into blocks
// whose packed weights fit a processor's cache beside the input. Item = block * tiles + tile, so
// that neighbouring items share the weights.
struct Tiling {
  int64_t rows = 0;
  int64_t columns = 0;
  int64_t tiles = 0;
  int64_t block_columns = 0;  // a multiple of the kernel's panels
  int64_t blocks = 0;

  int64_t items() const { return tiles * blocks; }
  // Tiles differ by one row at most: a last tile of a few rows would waste the kernel's width.
  int64_t first_row(int64_t tile) const { return rows * tile / tiles; }
  int64_t row_count(int64_t tile) const { return first_row(tile + 1) - first_row(tile); }
  int64_t first_column(int64_t block) const { return block * block_columns; }
  int64_t column_count(int64_t block) const {
    return std::min(block_columns, columns - first_column(block));
  }
};

// `tile_rows` and `panel_columns` are the kernel's, `panel_bytes` those of its packed weights.
inline Tiling make_tiling(int64_t rows, int64_t columns, int64_t tile_rows, int64_t panel_columns,
                          int64_t panel_bytes, uint32_t threads) {
  // What a second-level cache holds beside the rows of the input; from 128 to 512 KB makes 2 %.
  constexpr int64_t kBlockBytes = 384 << 10;
  Tiling tiling;
  tiling.rows = rows;
  tiling.columns = columns;
  tiling.tiles = (rows + tile_rows - 1) / tile_rows;
  const int64_t panels = (columns + panel_columns - 1) / panel_columns;
  if (tiling.tiles == 0 || panels == 0) return tiling;
  int64_t block_panels = std::clamp<int64_t>(kBlockBytes / panel_bytes, 1, panels);
  // A few items for each thread, also where there are few rows.
  const int64_t wanted =
      threads == 1 ? 1 : (int64_t{threads} * 4 + tiling.tiles - 1) / tiling.tiles;
  if (wanted > 1) block_panels = std::min(block_panels, std::max<int64_t>(1, panels / wanted));
  // Blocks of nearly the same size.
  tiling.blocks = (panels + block_panels - 1) / block_panels;
  block_panels = (panels + tiling.blocks - 1) / tiling.blocks;
  tiling.blocks = (panels + block_panels - 1) / block_panels;
  tiling.block_columns = block_panels * panel_columns;
  return tiling;
}

}  // namespace baton::cpu
