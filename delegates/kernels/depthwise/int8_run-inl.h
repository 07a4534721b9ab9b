// The loops of 8-bit depthwise convolutions over arithmetic of int8_arith-inl.h.
#if defined(BATON_DELEGATES_KERNELS_DEPTHWISE_INT8_RUN_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_DELEGATES_KERNELS_DEPTHWISE_INT8_RUN_INL_H_
#undef BATON_DELEGATES_KERNELS_DEPTHWISE_INT8_RUN_INL_H_
#else
#define BATON_DELEGATES_KERNELS_DEPTHWISE_INT8_RUN_INL_H_
#endif

#include <algorithm>
#include <cstring>
#include <span>

#include "delegates/kernels/depthwise/int8_arith-inl.h"
#include "delegates/kernels/depthwise/int8_pack-inl.h"
#include "delegates/kernels/partial-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace depthwise {

// From sums to bytes of the output. Unsigned outputs are computed as signed ones 128 lower.
template <class Arith>
struct Finish {
  using D8 = typename Arith::D8;
  using D16 = typename Arith::D16;
  using D32 = typename Arith::D32;
  using V16 = hn::Vec<D16>;
  using V32 = hn::Vec<D32>;

  const Int8DepthwiseTile& tile;
  Int8Block<Arith> block;
  size_t count;  // of channels
  BelowZero below;
  bool limited;  // to less than bytes are
  V16 zero, low, high;
  hn::Vec<D8> flip;

  static int32_t lowered(const Int8DepthwiseTile& work) { return work.unsigned_output ? 128 : 0; }

  HWY_INLINE Finish(const Int8DepthwiseTile& work, Int8Block<Arith> weights, size_t channels)
      : tile(work),
        block(weights),
        count(std::min(channels, Arith::kChannels)),
        below(below_zero(work.low, work.out_zero)),
        limited(work.low - lowered(work) > INT8_MIN || work.high - lowered(work) < INT8_MAX),
        zero(hn::Set(D16(), static_cast<int16_t>(work.out_zero - lowered(work)))),
        low(hn::Set(D16(), static_cast<int16_t>(work.low - lowered(work)))),
        high(hn::Set(D16(), static_cast<int16_t>(work.high - lowered(work)))),
        flip(hn::Set(D8(), static_cast<uint8_t>(lowered(work)))) {}

  HWY_INLINE void store(const V32 (&sums)[Arith::kSums], uint8_t* out) const {
    V16 words[Arith::kHalves];
    if (HWY_LIKELY(block.small)) {
      if (below == BelowZero::kNotAbove) {
        small<BelowZero::kNotAbove>(sums, words);
      } else {
        small<BelowZero::kExact>(sums, words);
      }
    } else {
      // Copies: what any() sees the addresses of lies in memory.
      V32 copy[Arith::kSums];
      V16 result[Arith::kHalves];
      BATON_UNROLL(64)
      for (size_t s = 0; s < Arith::kSums; ++s) copy[s] = sums[s];
      any(tile, block, copy, result);
      BATON_UNROLL(64)
      for (size_t h = 0; h < Arith::kHalves; ++h) words[h] = result[h];
    }
    store_first(hn::Xor(Arith::bytes(words), flip), D8(), count, out);
  }

  template <BelowZero kBelow>
  HWY_INLINE void small(const V32 (&sums)[Arith::kSums], V16 (&words)[Arith::kHalves]) const {
    const D32 d;
    V32 scaled[Arith::kSums];
    BATON_UNROLL(64)
    for (size_t s = 0; s < Arith::kSums; ++s) {
      scaled[s] =
          rescale_small<kBelow>(d, sums[s], block.factors(s), hn::LoadU(d, block.addends(s)),
                                hn::LoadU(d, block.shifts(s)));
    }
    // Saturation is the clamp's: the zero point is small.
    Arith::saturate(scaled, words);
    BATON_UNROLL(64)
    for (V16& v : words) v = hn::SaturatedAdd(v, zero);
    if (!limited) return;
    BATON_UNROLL(64)
    for (V16& v : words) v = hn::Min(hn::Max(v, low), high);
  }

  static HWY_NOINLINE void any(const Int8DepthwiseTile& tile, Int8Block<Arith> block,
                               const V32 (&sums)[Arith::kSums], V16 (&words)[Arith::kHalves]) {
    const int32_t lower = lowered(tile);
    const D32 d;
    V32 scaled[Arith::kSums];
    for (size_t s = 0; s < Arith::kSums; ++s) {
      const V32 v = multiply_by_quantized_multiplier(d, sums[s], hn::LoadU(d, block.factors(s)),
                                                     hn::LoadU(d, block.addends(s)),
                                                     hn::LoadU(d, block.shifts(s)));
      const V32 clamped = hn::Min(hn::Max(v + hn::Set(d, tile.out_zero), hn::Set(d, tile.low)),
                                  hn::Set(d, tile.high));
      scaled[s] = clamped - hn::Set(d, lower);
    }
    Arith::saturate(scaled, words);
  }
};

template <class Arith>
HWY_INLINE void load_bias(Int8Block<Arith> block,
                          hn::Vec<typename Arith::D32> (&sums)[Arith::kSums]) {
  BATON_UNROLL(64)
  for (size_t s = 0; s < Arith::kSums; ++s) {
    sums[s] = hn::LoadU(typename Arith::D32(), block.bias(s));
  }
}

// ---- Filters that slide, as in f32.cpp

// One column of the filter rows of group g, filled up with zeros.
template <class Arith, int kHeight>
HWY_INLINE void load_group(const Arith& arith, const uint8_t* const (&pixels)[kHeight], int g,
                           typename Arith::Row (&rows)[Arith::kRows]) {
  constexpr int kRows = Arith::kRows;
  BATON_UNROLL(64)
  for (int y = 0; y < kRows; ++y) {
    if constexpr (kHeight % kRows == 0) {
      rows[y] = arith.load(pixels[g * kRows + y]);
    } else {
      rows[y] = g * kRows + y < kHeight ? arith.load(pixels[g * kRows + y]) : Arith::zeros();
    }
  }
}

template <class Arith, int kHeight, int kWidth, int kStride>
struct Int8Filter {
  static constexpr int kLive = (kWidth - 1) / kStride + 1;
  static constexpr int kRows = Arith::kRows;
  static constexpr int kGroups = (kHeight + kRows - 1) / kRows;
  typename Arith::Row weights[kWidth][kGroups][Arith::kWeightVectors];
  hn::Vec<typename Arith::D32> sums[kLive][Arith::kSums];
  Arith arith;

  HWY_INLINE Int8Filter(bool signed_input, Int8Block<Arith> block) : arith(signed_input) {
    BATON_UNROLL(64)
    for (int x = 0; x < kWidth; ++x) {
      BATON_UNROLL(64)
      for (int g = 0; g < kGroups; ++g) {
        BATON_UNROLL(64)
        for (size_t v = 0; v < Arith::kWeightVectors; ++v) {
          weights[x][g][v] =
              Arith::load_weights(block.weights + (x * kGroups + g) * block.kGroup, v);
        }
      }
    }
    BATON_UNROLL(64)
    for (int i = 0; i < kLive; ++i) load_bias<Arith>(block, sums[i]);
  }

  template <int kColumn>
  HWY_INLINE void add(const uint8_t* const (&pixels)[kHeight]) {
    BATON_UNROLL(64)
    for (int g = 0; g < kGroups; ++g) {
      typename Arith::Row rows[kRows];
      load_group<Arith, kHeight>(arith, pixels, g, rows);
      const typename Arith::Group group = Arith::group(rows);
      BATON_UNROLL(64)
      for (int i = 0; i < kLive; ++i) {
        const int x = kColumn - i * kStride;
        if (x < 0) continue;
        Arith::add(group, weights[x][g], sums[i]);
      }
    }
  }

  HWY_INLINE void next_pixel(Int8Block<Arith> block) {
    BATON_UNROLL(64)
    for (size_t s = 0; s < Arith::kSums; ++s) {
      BATON_UNROLL(64)
      for (int i = 0; i + 1 < kLive; ++i) sums[i][s] = sums[i + 1][s];
    }
    load_bias<Arith>(block, sums[kLive - 1]);
  }
};

template <int kColumn, int kEnd, class Filter, class Columns, int kHeight>
HWY_INLINE void add_byte_columns(Filter& filter, const Columns& columns, int64_t x,
                                 const uint8_t* (&pixels)[kHeight]) {
  if constexpr (kColumn < kEnd) {
    columns.at(x + kColumn, pixels);
    filter.template add<kColumn>(pixels);
    add_byte_columns<kColumn + 1, kEnd>(filter, columns, x, pixels);
  }
}

template <class Arith, int kHeight, int kWidth, int kStride>
HWY_NOINLINE void slide_bytes(const Int8DepthwiseTile& tile, Int8Block<Arith> block,
                              const uint8_t* outside, size_t first) {
  const Finish<Arith> finish(tile, block, tile.shape.channels - first);
  const Columns<uint8_t, kHeight> columns(tile, outside, static_cast<int64_t>(first));
  Int8Filter<Arith, kHeight, kWidth, kStride> filter(!tile.unsigned_input, block);
  uint8_t* out = static_cast<uint8_t*>(tile.out) + tile.begin * tile.out_pixel_stride + first;
  // Bytes that are stored may be anything's, to the compiler: nothing is read from the tile below.
  const int64_t out_stride = tile.out_pixel_stride;
  int64_t x = tile.begin * kStride - tile.pad;
  const int64_t end = tile.end * kStride - tile.pad;
  const uint8_t* pixels[kHeight];
  add_byte_columns<0, kWidth - kStride>(filter, columns, x, pixels);
  for (; x < end; x += kStride, out += out_stride) {
    add_byte_columns<kWidth - kStride, kWidth>(filter, columns, x, pixels);
    finish.store(filter.sums[0], out);
    filter.next_pixel(block);
  }
}

// Filters of a known size that share nothing between pixels.
template <class Arith, int kHeight, int kWidth>
HWY_NOINLINE void step_bytes(const Int8DepthwiseTile& tile, Int8Block<Arith> block,
                             const uint8_t* outside, size_t first) {
  constexpr int kRows = Arith::kRows;
  constexpr int kGroups = (kHeight + kRows - 1) / kRows;
  const Finish<Arith> finish(tile, block, tile.shape.channels - first);
  const Columns<uint8_t, kHeight> columns(tile, outside, static_cast<int64_t>(first));
  const Arith arith(!tile.unsigned_input);
  uint8_t* out = static_cast<uint8_t*>(tile.out) + tile.begin * tile.out_pixel_stride + first;
  const int64_t out_stride = tile.out_pixel_stride, stride = tile.stride;
  int64_t x = tile.begin * stride - tile.pad;
  const int64_t end = tile.end * stride - tile.pad;
  for (; x < end; x += stride, out += out_stride) {
    hn::Vec<typename Arith::D32> sums[Arith::kSums];
    load_bias<Arith>(block, sums);
    BATON_UNROLL(64)
    for (int fx = 0; fx < kWidth; ++fx) {
      const uint8_t* pixels[kHeight];
      columns.at(x + fx, pixels);
      BATON_UNROLL(64)
      for (int g = 0; g < kGroups; ++g) {
        typename Arith::Row rows[kRows];
        typename Arith::Row weights[Arith::kWeightVectors];
        load_group<Arith, kHeight>(arith, pixels, g, rows);
        BATON_UNROLL(64)
        for (size_t v = 0; v < Arith::kWeightVectors; ++v) {
          weights[v] = Arith::load_weights(block.weights + (fx * kGroups + g) * block.kGroup, v);
        }
        Arith::add(Arith::group(rows), weights, sums);
      }
    }
    finish.store(sums, out);
  }
}

template <class Arith>
struct ByteSliding {
  size_t height, width;
  int64_t stride;  // 0: any
  void (*run)(const Int8DepthwiseTile& tile, Int8Block<Arith> block, const uint8_t* outside,
              size_t first);
};
template <class Arith>
constexpr ByteSliding<Arith> kByteSliding[] = {
    {3, 3, 1, slide_bytes<Arith, 3, 3, 1>}, {3, 3, 2, slide_bytes<Arith, 3, 3, 2>},
    {5, 5, 1, slide_bytes<Arith, 5, 5, 1>}, {5, 5, 2, slide_bytes<Arith, 5, 5, 2>},
    {3, 3, 0, step_bytes<Arith, 3, 3>},
};
// The heights of these filters together with their extra rows.
template <class Arith>
constexpr ByteSliding<Arith> kTallByteSliding[] = {
    {4, 3, 1, slide_bytes<Arith, 4, 3, 1>}, {4, 3, 2, slide_bytes<Arith, 4, 3, 2>},
    {6, 3, 1, slide_bytes<Arith, 6, 3, 1>}, {6, 3, 2, slide_bytes<Arith, 6, 3, 2>},
    {8, 5, 1, slide_bytes<Arith, 8, 5, 1>}, {8, 5, 2, slide_bytes<Arith, 8, 5, 2>},
    {4, 3, 0, step_bytes<Arith, 4, 3>},     {6, 3, 0, step_bytes<Arith, 6, 3>},
};

// ---- All others

// `table`: nullptr where each channel has its own input channel.
template <class Arith>
HWY_NOINLINE void tap_bytes(const Int8DepthwiseTile& tile, Int8Block<Arith> block,
                            const uint8_t* outside, const uint8_t* table, size_t first) {
  const Finish<Arith> finish(tile, block, tile.shape.channels - first);
  const Arith arith(!tile.unsigned_input);
  const DepthwiseShape& shape = tile.shape;
  const size_t channel = first / shape.multiplier;
  const size_t second = (first + 16) / shape.multiplier - channel;
  const size_t groups = (shape.filter_height + Arith::kRows - 1) / Arith::kRows;
  outside += channel;
  for (int64_t i = tile.begin; i < tile.end; ++i) {
    hn::Vec<typename Arith::D32> sums[Arith::kSums];
    load_bias<Arith>(block, sums);
    const typename Arith::Weight* weights = block.weights;
    for (size_t fx = 0; fx < shape.filter_width; ++fx) {
      const int64_t x = i * tile.stride - tile.pad + static_cast<int64_t>(fx) * tile.dilation;
      const bool inside = x >= 0 && x < tile.input_width;
      const int64_t offset = x * tile.input_pixel_stride + static_cast<int64_t>(channel);
      for (size_t g = 0; g < groups; ++g, weights += block.kGroup) {
        typename Arith::Row rows[Arith::kRows];
        typename Arith::Row vectors[Arith::kWeightVectors];
        BATON_UNROLL(64)
        for (size_t y = 0; y < Arith::kRows; ++y) {
          const size_t fy = g * Arith::kRows + y;
          const void* row = inside && fy < shape.filter_height ? tile.rows[fy] : nullptr;
          const uint8_t* pixel =
              row == nullptr ? outside : static_cast<const uint8_t*>(row) + offset;
          if constexpr (Arith::kHalves == 1) {
            rows[y] =
                table == nullptr ? arith.load(pixel) : arith.load_picked(pixel, table, second);
          } else {
            rows[y] = arith.load(pixel);
          }
        }
        BATON_UNROLL(64)
        for (size_t v = 0; v < Arith::kWeightVectors; ++v) {
          vectors[v] = Arith::load_weights(weights, v);
        }
        Arith::add(Arith::group(rows), vectors, sums);
      }
    }
    finish.store(sums, static_cast<uint8_t*>(tile.out) + i * tile.out_pixel_stride + first);
  }
}

template <class Arith>
void run_block(const Int8DepthwiseTile& tile, std::span<const ByteSliding<Arith>> slidings,
               Int8Block<Arith> block, const uint8_t* outside, const uint8_t* tables,
               size_t first) {
  if (tile.shape.multiplier == 1 && tile.dilation == 1) {
    for (const ByteSliding<Arith>& sliding : slidings) {
      if ((sliding.stride == 0 || sliding.stride == tile.stride) &&
          sliding.height == tile.shape.filter_height && sliding.width == tile.shape.filter_width) {
        sliding.run(tile, block, outside, first);
        return;
      }
    }
  }
  tap_bytes<Arith>(tile, block, outside, tile.shape.multiplier == 1 ? nullptr : tables + first,
                   first);
}

// Extra filter rows are rows like any others, in a filter that is higher.
template <class Arith>
void run_tall_block(const Int8DepthwiseTile& tile, const ExtraRows& extra, Int8Block<Arith> block,
                    const uint8_t* outside, size_t first) {
  const size_t height = tile.shape.filter_height;
  const void* rows[kTallestWithExtraRows + kMostExtraRows];
  std::copy_n(tile.rows, height, rows);
  for (size_t i = 0; i < extra.count; ++i) rows[height + i] = tile.rows[extra.rows[i]];
  Int8DepthwiseTile tall = tile;
  tall.rows = rows;
  tall.shape.filter_height += extra.count;
  run_block<Arith>(tall, kTallByteSliding<Arith>, block, outside, nullptr, first);
}

template <template <size_t> class Arith, size_t kWidest, size_t kLeast>
void run_int8(const Int8DepthwiseTile& tile) {
  const Int8Layout<Arith<kWidest>> layout(tile.shape);
  const auto* base = static_cast<const uint8_t*>(tile.packed);
  const uint8_t* outside = base + layout.outside;
  for_blocks<kWidest, kLeast>(tile.shape.channels, [&](auto n, size_t first) {
    const Int8Block<Arith<n>> block(base + layout.blocks + first * layout.channel,
                                    base[layout.small + first] != 0);
    if constexpr (Arith<n>::kHasExtraRows) {
      ExtraRows extra;
      std::memcpy(&extra, base + layout.extra_rows + layout.extra_rows_of(first), sizeof(extra));
      if (extra.count != 0) return run_tall_block<Arith<n>>(tile, extra, block, outside, first);
    }
    run_block<Arith<n>>(tile, kByteSliding<Arith<n>>, block, outside, base + layout.tables, first);
  });
}

}  // namespace depthwise
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // BATON_DELEGATES_KERNELS_DEPTHWISE_INT8_RUN_INL_H_
