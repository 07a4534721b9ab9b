// Float matrix products with operands in bfloat16, on a policy of tile registers.
//
// A panel is 32 biases, where sums start, and then weights [step][16][32][2]: pairs of successive k
// of each column. K = taps * depth, padded with zeros to whole steps of 32.
#pragma once

#include <immintrin.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "delegates/kernels/amx/gather.h"
#include "delegates/kernels/amx/tiles.h"
#include "delegates/kernels/gemm.h"

namespace baton::kernels {

// To nearest even; NaN stay NaN.
inline uint16_t bfloat16_of(float x) {
  const auto bits = std::bit_cast<uint32_t>(x);
  if (x != x) return static_cast<uint16_t>(bits >> 16 | 0x40);
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

struct Bfloat16Block {
  using Element = float;
  static constexpr size_t kElements = 32;
  static constexpr size_t kDeep = 1;

  BATON_AMX_TARGET static void store(const float* from, size_t count, std::byte* to) {
    const uint32_t keep = 0xffffffffu >> (kElements - count);
    const __m512 low = _mm512_maskz_loadu_ps(static_cast<__mmask16>(keep), from);
    const __m512 high = _mm512_maskz_loadu_ps(static_cast<__mmask16>(keep >> 16), from + 16);
    _mm512_storeu_si512(to, (__m512i)_mm512_cvtne2ps_pbh(high, low));
  }
  template <size_t kCount>
  BATON_AMX_TARGET static void copy(const float* from, std::byte* to) {
    if constexpr (kCount == kElements) return store(from, kElements, to);
    static_assert(kCount == kElements || kCount == 16);
    const __m256i half = (__m256i)_mm512_cvtneps_pbh(_mm512_loadu_ps(from));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), half);
  }
};

template <typename Tiles>
struct AmxBf16Gemm {
  static size_t steps(size_t taps, size_t depth) { return amx_steps<Bfloat16Block>(taps, depth); }

  static size_t panel_bytes(size_t taps, size_t depth) {
    return kAmxSumBytes + steps(taps, depth) * kAmxWeightBytes;
  }

  static void pack(const F32GemmWeights& weights, size_t first, size_t end, void* packed) {
    const size_t bytes = panel_bytes(weights.taps, weights.depth);
    for (size_t p = first; p < end; ++p) {
      std::byte* panel = static_cast<std::byte*>(packed) + p * bytes;
      std::memset(panel, 0, bytes);
      const size_t first_column = p * kAmxColumns;
      const size_t columns = std::min(kAmxColumns, weights.columns - first_column);
      if (weights.bias != nullptr) {
        std::memcpy(panel, weights.bias + first_column, columns * sizeof(float));
      }
      auto* pairs = reinterpret_cast<uint16_t*>(panel + kAmxSumBytes);
      for (size_t n = 0; n < columns; ++n) pack_column(weights, first_column + n, pairs + 2 * n);
    }
  }

  // Sums, and behind them the gathered rows.
  static size_t scratch_bytes(size_t taps, size_t depth) {
    return kAmxRows * kAmxSumBytes + amx_gather_bytes<Bfloat16Block>(taps, depth);
  }

  BATON_AMX_TARGET static void run(const F32GemmTile& tile) {
    auto* sums = static_cast<float*>(tile.scratch);
    std::byte* gathered = static_cast<std::byte*>(tile.scratch) + kAmxRows * kAmxSumBytes;
    gather_amx<Bfloat16Block>(tile.a, tile.taps, tile.depth, tile.rows, gathered);
    const void* start = gathered;
    const TileRows a = gathered_rows(&start, steps(tile.taps, tile.depth));
    const size_t bytes = panel_bytes(tile.taps, tile.depth);
    const std::byte* panel =
        static_cast<const std::byte*>(tile.packed) + tile.first_column / kAmxColumns * bytes;
    Tiles tiles;
    tiles.configure(tile_config(tile.rows));
    for (size_t column = 0; column < tile.columns; column += kAmxColumns, panel += bytes) {
      const size_t columns = std::min(kAmxColumns, tile.columns - column);
      multiply_panel<Dot::kBfloat16>(&tiles, a, tile.rows, columns, panel + kAmxSumBytes, panel,
                                     sums);
      finish(tile, column, columns, sums);
    }
    tiles.release();
  }

 private:
  static void pack_column(const F32GemmWeights& weights, size_t column, uint16_t* to) {
    const float* from = weights.data + static_cast<int64_t>(column) * weights.column_stride;
    for (size_t tap = 0, k = 0; tap < weights.taps; ++tap) {
      for (size_t d = 0; d < weights.depth; ++d, ++k) {
        const float weight = from[static_cast<int64_t>(tap) * weights.tap_stride +
                                  static_cast<int64_t>(d) * weights.depth_stride];
        to[k / 2 * 2 * kAmxColumns + k % 2] = bfloat16_of(weight);
      }
    }
  }

  // Of operands one of which is NaN these instructions take the second: NaN stay. Masked, because
  // GCC 12 warns of its own unmasked forms.
  BATON_AMX_TARGET static __m512 clamp(__mmask16 keep, __m512 x, float low, float high) {
    const __m512 raised = _mm512_maskz_max_ps(keep, _mm512_set1_ps(low), x);
    return _mm512_maskz_min_ps(keep, _mm512_set1_ps(high), raised);
  }

  BATON_AMX_TARGET static void finish(const F32GemmTile& tile, size_t column, size_t columns,
                                      const float* sums) {
    for (size_t half = 0; half < columns; half += kTileColumns) {
      const auto keep = static_cast<__mmask16>(
          0xffffu >> (kTileColumns - std::min(kTileColumns, columns - half)));
      for (size_t row = 0; row < tile.rows; ++row) {
        const auto m = static_cast<int64_t>(row), n = static_cast<int64_t>(column + half);
        __m512 x =
            clamp(keep, _mm512_loadu_ps(sums + row * kAmxColumns + half), tile.low, tile.high);
        if (tile.residual != nullptr) {
          const float* residual = tile.residual + m * tile.residual_stride + n;
          x = clamp(keep, _mm512_add_ps(x, _mm512_maskz_loadu_ps(keep, residual)), tile.low2,
                    tile.high2);
        }
        _mm512_mask_storeu_ps(tile.out + m * tile.out_stride + n, keep, x);
      }
    }
  }
};

template <typename Tiles>
inline constexpr F32Gemm kAmxBf16Gemm = {
    kAmxRows,
    kAmxColumns,
    AmxBf16Gemm<Tiles>::panel_bytes,
    AmxBf16Gemm<Tiles>::pack,
    AmxBf16Gemm<Tiles>::scratch_bytes,
    AmxBf16Gemm<Tiles>::run,
};

}  // namespace baton::kernels
