// Float depthwise convolutions.
//
// Filters of common sizes slide over the row: each column of the input is loaded once and added to
// all output pixels that it belongs to, a few channels at a time, so that the filter stays in
// registers. Other filters, dilated ones, and weights that are not finite go one tap after another.
#include "delegates/kernels/depthwise.h"
#include "delegates/kernels/depthwise/window.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/depthwise/f32.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "delegates/kernels/depthwise/f32_block-inl.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace depthwise {
namespace {

// ---- Filters that slide

template <int kHeight, int kWidth, int kStride, int kVectors>
struct Filter {
  // Output pixels that one column of the input adds to.
  static constexpr int kLive = (kWidth - 1) / kStride + 1;
  V weights[kWidth][kHeight][kVectors];
  V bias[kVectors];
  V sums[kLive][kVectors];

  template <bool kExpand>
  HWY_INLINE Filter(const F32Layout& layout, const F32Block<kVectors, kExpand>& block) {
    BATON_UNROLL(64)
    for (int v = 0; v < kVectors; ++v) {
      BATON_UNROLL(64)
      for (int x = 0; x < kWidth; ++x) {
        BATON_UNROLL(64)
        for (int y = 0; y < kHeight; ++y) weights[x][y][v] = block.load(layout.weight(y, x), v);
      }
      bias[v] = block.load(layout.bias(), v);
      BATON_UNROLL(64)
      for (int i = 0; i < kLive; ++i) sums[i][v] = bias[v];
    }
  }

  // The column under tap kColumn of the first live pixel.
  template <int kColumn, bool kExpand>
  HWY_INLINE void add(const float* const (&pixels)[kHeight],
                      const F32Block<kVectors, kExpand>& block) {
    BATON_UNROLL(64)
    for (int y = 0; y < kHeight; ++y) {
      BATON_UNROLL(64)
      for (int v = 0; v < kVectors; ++v) {
        const V input = block.input(pixels[y], v);
        BATON_UNROLL(64)
        for (int i = 0; i < kLive; ++i) {
          const int x = kColumn - i * kStride;
          if (x < 0) continue;
          sums[i][v] = hn::MulAdd(input, weights[x][y][v], sums[i][v]);
        }
      }
    }
  }

  HWY_INLINE void next_pixel() {
    BATON_UNROLL(64)
    for (int v = 0; v < kVectors; ++v) {
      BATON_UNROLL(64)
      for (int i = 0; i + 1 < kLive; ++i) sums[i][v] = sums[i + 1][v];
      sums[kLive - 1][v] = bias[v];
    }
  }
};

// Adds columns [kColumn, kEnd) of the first live pixel; `x` is the input pixel under its tap 0.
template <int kColumn, int kEnd, class Filter, class Columns, class Block, int kHeight>
HWY_INLINE void add_columns(Filter& filter, const Columns& columns, const Block& block, int64_t x,
                            const float* (&pixels)[kHeight]) {
  if constexpr (kColumn < kEnd) {
    columns.at(x + kColumn, pixels);
    filter.template add<kColumn>(pixels, block);
    add_columns<kColumn + 1, kEnd>(filter, columns, block, x, pixels);
  }
}

template <int kHeight, int kWidth, int kStride, int kVectors, bool kExpand>
void slide_block(const F32DepthwiseTile& tile, size_t first) {
  const D d;
  const F32Layout layout(tile.shape);
  const auto* base = static_cast<const float*>(tile.packed);
  const F32Block<kVectors, kExpand> block(layout, tile.shape, base, first);
  const Columns<float, kHeight> columns(tile, base + layout.zeros,
                                        static_cast<int64_t>(first / layout.multiplier));
  Filter<kHeight, kWidth, kStride, kVectors> filter(layout, block);
  const V low = hn::Set(d, tile.low), high = hn::Set(d, tile.high);
  float* out = static_cast<float*>(tile.out) + tile.begin * tile.out_pixel_stride + first;
  int64_t x = tile.begin * kStride - tile.pad;
  const float* pixels[kHeight];
  add_columns<0, kWidth - kStride>(filter, columns, block, x, pixels);
  for (int64_t i = tile.begin; i < tile.end; ++i, x += kStride, out += tile.out_pixel_stride) {
    add_columns<kWidth - kStride, kWidth>(filter, columns, block, x, pixels);
    BATON_UNROLL(64)
    for (int v = 0; v < kVectors; ++v) block.store(clamp(filter.sums[0][v], low, high), v, out);
    filter.next_pixel();
  }
}

template <int kHeight, int kWidth, int kStride, int kVectors, bool kExpand>
void slide_blocks(const F32DepthwiseTile& tile) {
  size_t first = 0;
  if constexpr (kVectors > 1) {
    // Each vector of a block has channels: loads stay near the tensor.
    for (; first + (kVectors - 1) * kLanes < tile.shape.channels; first += kVectors * kLanes) {
      slide_block<kHeight, kWidth, kStride, kVectors, kExpand>(tile, first);
    }
  }
  for (; first < tile.shape.channels; first += kLanes) {
    slide_block<kHeight, kWidth, kStride, 1, kExpand>(tile, first);
  }
}

struct Sliding {
  size_t height, width;
  int64_t stride;
  void (*run)(const F32DepthwiseTile& tile);
  void (*run_multiplied)(const F32DepthwiseTile& tile);  // multiplier > 1; nullptr: as all others
};
constexpr Sliding kSliding[] = {
    {3, 3, 1, slide_blocks<3, 3, 1, 2, false>, slide_blocks<3, 3, 1, 2, true>},
    {5, 5, 2, slide_blocks<5, 5, 2, 2, false>, nullptr},
#if !defined(BATON_SANITIZED)  // each of these takes compilers long
    {3, 3, 2, slide_blocks<3, 3, 2, 2, false>, slide_blocks<3, 3, 2, 2, true>},
    {5, 5, 1, slide_blocks<5, 5, 1, 2, false>, nullptr},
#endif
};

// ---- All others

// kPixels output pixels from `x` on, which all have the taps `taps` of each filter row.
template <int kPixels, int kVectors, bool kExpand>
HWY_INLINE void add_taps(const F32DepthwiseTile& tile, const F32Layout& layout,
                         const F32Block<kVectors, kExpand>& block, int64_t channel, int64_t x,
                         TapRange taps, V low, V high) {
  const int64_t step = tile.stride * tile.input_pixel_stride;
  V sums[kPixels][kVectors];
  BATON_UNROLL(64)
  for (int i = 0; i < kPixels; ++i) {
    BATON_UNROLL(64)
    for (int v = 0; v < kVectors; ++v) sums[i][v] = block.load(layout.bias(), v);
  }
  for (size_t fy = 0; fy < layout.height; ++fy) {
    const auto* row = static_cast<const float*>(tile.rows[fy]);
    if (row == nullptr) continue;
    for (int64_t fx = taps.begin; fx < taps.end; ++fx) {
      const int64_t column = x * tile.stride - tile.pad + fx * tile.dilation;
      const float* pixel = row + column * tile.input_pixel_stride + channel;
      BATON_UNROLL(64)
      for (int v = 0; v < kVectors; ++v) {
        const V weight = block.load(layout.weight(fy, static_cast<size_t>(fx)), v);
        BATON_UNROLL(64)
        for (int i = 0; i < kPixels; ++i) {
          sums[i][v] = hn::MulAdd(block.input(pixel + i * step, v), weight, sums[i][v]);
        }
      }
    }
  }
  float* out = static_cast<float*>(tile.out) + x * tile.out_pixel_stride;
  BATON_UNROLL(64)
  for (int i = 0; i < kPixels; ++i) {
    BATON_UNROLL(64)
    for (int v = 0; v < kVectors; ++v) {
      block.store(clamp(sums[i][v], low, high), v, out + i * tile.out_pixel_stride);
    }
  }
}

template <int kVectors, bool kExpand>
void tap_block(const F32DepthwiseTile& tile, size_t first) {
  constexpr int kPixels = 4;
  const D d;
  const F32Layout layout(tile.shape);
  const F32Block<kVectors, kExpand> block(layout, tile.shape,
                                          static_cast<const float*>(tile.packed), first);
  const V low = hn::Set(d, tile.low), high = hn::Set(d, tile.high);
  const auto channel = static_cast<int64_t>(first / layout.multiplier);
  const auto width = static_cast<int64_t>(layout.width);
  F32DepthwiseTile at = tile;
  at.out = static_cast<float*>(tile.out) + first;
  const auto taps_of = [&](int64_t x) {
    return taps_inside(tile, x * tile.stride - tile.pad, width);
  };
  for (int64_t x = tile.begin; x < tile.end;) {
    const TapRange taps = taps_of(x);
    if (taps.end - taps.begin == width && x + kPixels <= tile.end) {
      const TapRange last = taps_of(x + kPixels - 1);
      if (last.end - last.begin == width) {
        add_taps<kPixels>(at, layout, block, channel, x, taps, low, high);
        x += kPixels;
        continue;
      }
    }
    add_taps<1>(at, layout, block, channel, x, taps, low, high);
    ++x;
  }
}

template <bool kExpand>
void tap_blocks(const F32DepthwiseTile& tile) {
  constexpr int kVectors = 2;
  size_t first = 0;
  for (; first + (kVectors - 1) * kLanes < tile.shape.channels; first += kVectors * kLanes) {
    tap_block<kVectors, kExpand>(tile, first);
  }
  for (; first < tile.shape.channels; first += kLanes) tap_block<1, kExpand>(tile, first);
}

void run_dense(const F32DepthwiseTile& tile) {
  const bool finite = *static_cast<const float*>(tile.packed) != 0;
  for (const Sliding& sliding : kSliding) {
    if (!finite || tile.dilation != 1 || sliding.stride != tile.stride ||
        sliding.height != tile.shape.filter_height || sliding.width != tile.shape.filter_width) {
      continue;
    }
    const auto run = tile.shape.multiplier == 1 ? sliding.run : sliding.run_multiplied;
    if (run != nullptr) {
      run(tile);
      return;
    }
  }
  if (tile.shape.multiplier == 1) {
    tap_blocks<false>(tile);
  } else {
    tap_blocks<true>(tile);
  }
}

void run(const F32DepthwiseTile& tile) { without_gaps<float>(tile, run_dense); }

constexpr F32Depthwise kDepthwise{packed_bytes_f32, pack_f32, run};

}  // namespace
}  // namespace depthwise

namespace {
static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  rows->push_back({"depthwise", "f32", isa, "", &depthwise::kDepthwise});
}
}  // namespace

}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(depthwise_f32_rows)
}
#endif
