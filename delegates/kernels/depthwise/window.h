// Where the taps of a depthwise filter lie in the input.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "delegates/kernels/depthwise.h"
#include "delegates/kernels/unroll.h"

namespace baton::kernels {

inline size_t input_channels(const DepthwiseShape& shape) {
  return (shape.channels + shape.multiplier - 1) / shape.multiplier;
}

// Taps [begin, end) of a filter row that lie inside the image.
struct TapRange {
  int64_t begin = 0;
  int64_t end = 0;
};

// `first`: the input pixel under tap 0.
inline TapRange taps_inside(const DepthwiseRow& row, int64_t first, int64_t filter_width) {
  const int64_t last = first + (filter_width - 1) * row.dilation;
  if (first >= 0 && last < row.input_width) return {0, filter_width};
  const int64_t begin = first < 0 ? (-first + row.dilation - 1) / row.dilation : 0;
  const int64_t inside =
      first >= row.input_width ? 0 : (row.input_width - 1 - first) / row.dilation + 1;
  const int64_t end = std::min(filter_width, inside);
  return {begin, std::max(begin, end)};
}

// A filter with gaps, of dilation d and stride 1, makes every d-th pixel of every d-th pixel of the
// input as one without: calls run(tile) for these.
template <typename T, class Tile, class Run>
void without_gaps(const Tile& tile, const Run& run) {
  constexpr size_t kMostRows = 16;
  const size_t height = tile.shape.filter_height;
  if (tile.dilation == 1 || tile.stride != 1 || height > kMostRows) return run(tile);
  const int64_t step = tile.dilation;
  const void* rows[kMostRows];
  for (int64_t i = 0; i < step; ++i) {
    // Output pixels i, i + step ...; of the input, pixels `first`, first + step ... in the image.
    int64_t pad = (tile.pad - i) / step, first = (i - tile.pad) % step;
    if (first < 0) {
      first += step;
      ++pad;
    }
    Tile part = tile;
    part.begin = (std::max<int64_t>(tile.begin - i, 0) + step - 1) / step;
    part.end = (std::max<int64_t>(tile.end - i, 0) + step - 1) / step;
    if (part.begin == part.end) continue;
    for (size_t fy = 0; fy < height; ++fy) {
      const T* row = static_cast<const T*>(tile.rows[fy]);
      rows[fy] = row == nullptr ? nullptr : row + first * tile.input_pixel_stride;
    }
    part.rows = rows;
    part.pad = pad;
    part.dilation = 1;
    part.input_width = std::max<int64_t>(tile.input_width - first + step - 1, 0) / step;
    part.input_pixel_stride = tile.input_pixel_stride * step;
    part.out = static_cast<T*>(tile.out) + i * tile.out_pixel_stride;
    part.out_pixel_stride = tile.out_pixel_stride * step;
    run(part);
  }
}

// The pixels of one column of the input, one to each filter row. Pixels outside the image are
// `outside`, which adds nothing.
template <typename T, int kRows>
struct Columns {
  const T* rows[kRows];
  int64_t steps[kRows];
  const T* outside;
  int64_t width;

  // Both pointers are of channel `channel`.
  Columns(const DepthwiseRow& row, const T* outside_pixel, int64_t channel)
      : outside(outside_pixel + channel), width(row.input_width) {
    for (int i = 0; i < kRows; ++i) {
      const T* start = static_cast<const T*>(row.rows[i]);
      rows[i] = start == nullptr ? outside : start + channel;
      steps[i] = start == nullptr ? 0 : row.input_pixel_stride;
    }
  }

  void at(int64_t x, const T* (&pixels)[kRows]) const {
    const bool inside = static_cast<uint64_t>(x) < static_cast<uint64_t>(width);
    BATON_UNROLL(64)
    for (int i = 0; i < kRows; ++i) pixels[i] = inside ? rows[i] + x * steps[i] : outside;
  }
};

}  // namespace baton::kernels
