// 8-bit matrix products on a policy of tile registers.
//
// A panel is 32 words, where sums of rows as they come begin, and then a panel of
// int8_gemm/panel.h, whose weights are followed by zeros up to a whole step of 64 in depth.
#pragma once

#include <immintrin.h>

#include <algorithm>
#include <cstring>

#include "delegates/kernels/amx/finish.h"
#include "delegates/kernels/amx/gather.h"
#include "delegates/kernels/amx/tiles.h"
#include "delegates/kernels/int8_gemm.h"
#include "delegates/kernels/int8_gemm/panel.h"

namespace baton::kernels {

struct BytesBlock {
  using Element = uint8_t;
  static constexpr size_t kElements = 64;
  static constexpr size_t kDeep = 4;

  BATON_AMX_TARGET static void store(const uint8_t* from, size_t count, std::byte* to) {
    const __mmask64 keep = ~uint64_t{0} >> (kElements - count);
    _mm512_storeu_si512(to, _mm512_maskz_loadu_epi8(keep, from));
  }
  template <size_t kCount>
  static void copy(const uint8_t* from, std::byte* to) {
    std::memcpy(to, from, kCount);
  }
};

template <typename Tiles>
struct AmxInt8Gemm {
  static constexpr PanelLayout kLayout{.width = kAmxColumns, .deep = 4, .wide = false};
  static constexpr size_t kHead = kAmxSumBytes + panel_columns_bytes(kAmxColumns);

  static size_t steps(size_t taps, size_t depth) { return amx_steps<BytesBlock>(taps, depth); }

  static size_t panel_bytes(size_t taps, size_t depth) {
    return kHead + steps(taps, depth) * kAmxWeightBytes;
  }

  static void pack(const Int8GemmWeights& weights, size_t first, size_t end, void* packed) {
    const size_t bytes = panel_bytes(weights.taps, weights.depth);
    for (size_t p = first; p < end; ++p) {
      std::byte* start = static_cast<std::byte*>(packed) + p * bytes;
      std::memset(start, 0, bytes);
      pack_panel(weights, kLayout, p * kAmxColumns, start + kAmxSumBytes);
      write_start(weights, start);
    }
  }

  // Sums, and behind them the gathered rows.
  static size_t scratch_bytes(size_t taps, size_t depth) {
    return kAmxRows * kAmxSumBytes + amx_gather_bytes<BytesBlock>(taps, depth);
  }

  BATON_AMX_TARGET static void run(const Int8GemmTile& tile) {
    const size_t bytes = panel_bytes(tile.taps, tile.depth);
    const std::byte* packed =
        static_cast<const std::byte*>(tile.packed) + tile.first_column / kAmxColumns * bytes;
    auto* sums = static_cast<int32_t*>(tile.scratch);
    std::byte* gathered = static_cast<std::byte*>(tile.scratch) + kAmxRows * kAmxSumBytes;
    const int32_t weights_zero = weights_zero_of(tile, packed, bytes);
    const void* start = gathered;
    int64_t row_bytes = 0;
    int32_t row_terms[kAmxRows];
    TileRows a = gathered_rows(&start, steps(tile.taps, tile.depth));
    if (weights_zero == 0 && evenly_spaced(tile, &row_bytes)) {
      a = {.starts = tile.a,
           .start_stride = kAmxRows,
           .taps = tile.taps,
           .steps = steps(1, tile.depth),
           .step_bytes = kTileBytes,
           .row_bytes = row_bytes};
    } else {
      gather_amx<BytesBlock>(tile.a, tile.taps, tile.depth, tile.rows, gathered);
      if (weights_zero != 0) add_up_rows(tile, gathered, a.steps, weights_zero, row_terms);
    }
    Tiles tiles;
    tiles.configure(tile_config(tile.rows));
    for (size_t column = 0; column < tile.columns; column += kAmxColumns, packed += bytes) {
      const std::byte* panel = packed + kAmxSumBytes;
      const size_t columns = std::min(kAmxColumns, tile.columns - column);
      if (tile.unsigned_input) {
        multiply_panel<Dot::kUnsignedBytes>(&tiles, a, tile.rows, columns, packed + kHead,
                                            panel_words(panel, kAmxColumns, kStart), sums);
      } else {
        multiply_panel<Dot::kSignedBytes>(&tiles, a, tile.rows, columns, packed + kHead, packed,
                                          sums);
      }
      add_extras(tile, panel_head(panel), sums);
      if (panel_head(panel).weights_zero != 0) subtract_terms(row_terms, tile.rows, sums);
      finish_panel_avx512({&tile, panel, kAmxColumns, sums, column, columns});
    }
    tiles.release();
  }

 private:
  // Of those panels of a tile that have one; 0 where none has.
  static int32_t weights_zero_of(const Int8GemmTile& tile, const std::byte* packed, size_t bytes) {
    int32_t zero = 0;
    for (size_t column = 0; column < tile.columns && zero == 0; column += kAmxColumns) {
      zero = panel_head(packed + kAmxSumBytes).weights_zero;
      packed += bytes;
    }
    return zero;
  }

  // The panel's own start is for unsigned rows, signed ones plus 128.
  static void write_start(const Int8GemmWeights& weights, std::byte* start) {
    const std::byte* panel = start + kAmxSumBytes;
    const auto* from = panel_words<uint32_t>(panel, kAmxColumns, kStart);
    auto* to = reinterpret_cast<uint32_t*>(start);
    const auto* w = reinterpret_cast<const int8_t*>(start + kHead);
    const size_t groups = steps(weights.taps, weights.depth) * kTileRows;
    for (size_t n = 0; n < kAmxColumns; ++n) {
      uint32_t sum = 0;
      for (size_t k = 0; k < groups; ++k) {
        for (size_t i = 0; i < 4; ++i) {
          sum += static_cast<uint32_t>(int32_t{w[(k * kAmxColumns + n) * 4 + i]});
        }
      }
      to[n] = from[n] + 128 * sum;
    }
  }

  // Whether the rows can be loaded from where they are: as far from each other under every tap, and
  // whole steps; the last step of a single tap may be a part of one, as whatever lies behind a row,
  // up to 63 bytes, is multiplied by zeros.
  BATON_AMX_TARGET static bool evenly_spaced(const Int8GemmTile& tile, int64_t* row_bytes) {
    if (tile.taps != 1 && tile.depth % kTileBytes != 0) return false;
    const uintptr_t expected = tile.rows == 1 ? 0 : distance(tile.a[0], tile.a[1]);
    *row_bytes = static_cast<int64_t>(expected);
    for (size_t tap = 0; tap < tile.taps; ++tap) {
      const void* const* rows = tile.a + tap * kAmxRows;
      uintptr_t differences = 0;  // of all rows: no branch for each
      for (size_t m = 1; m < tile.rows; ++m) {
        differences |= distance(rows[m - 1], rows[m]) ^ expected;
      }
      if (differences != 0) return false;
    }
    return true;
  }
  static uintptr_t distance(const void* from, const void* to) {
    return reinterpret_cast<uintptr_t>(to) - reinterpret_cast<uintptr_t>(from);
  }

  // terms[m] = weights_zero * sum of row m, as unsigned elements; signed ones count plus 128.
  BATON_AMX_TARGET static void add_up_rows(const Int8GemmTile& tile, const std::byte* gathered,
                                           size_t steps, int32_t weights_zero, int32_t* terms) {
    const __m512i ones = _mm512_set1_epi8(1);
    for (size_t m = 0; m < tile.rows; ++m) {
      __m512i sums = _mm512_setzero_si512();
      for (size_t step = 0; step < steps; ++step) {
        const __m512i row = _mm512_loadu_si512(gathered + step * kAmxStepBytes + m * kTileBytes);
        sums = tile.unsigned_input ? _mm512_dpbusd_epi32(sums, row, ones)
                                   : _mm512_dpbusd_epi32(sums, ones, row);
      }
      alignas(64) uint32_t lanes[16];
      _mm512_store_si512(lanes, sums);
      uint32_t sum = tile.unsigned_input ? 0 : static_cast<uint32_t>(128 * tile.taps * tile.depth);
      for (const uint32_t lane : lanes) sum += lane;
      terms[m] = static_cast<int32_t>(static_cast<uint32_t>(weights_zero) * sum);
    }
  }

  // What weights exceed bytes by, for rows of unsigned elements.
  static void add_extras(const Int8GemmTile& tile, const PanelHead& head, int32_t* sums) {
    const auto depth = static_cast<uint32_t>(amx_tap_elements<BytesBlock>(tile.depth));
    const uint8_t flip = tile.unsigned_input ? 0 : 128;
    for (int32_t e = 0; e < head.extras; ++e) {
      const ExtraBytes& extra = head.extra[e];
      const auto at = static_cast<uint32_t>(extra.at);
      const void* const* rows = tile.a + at / depth * kAmxRows;
      for (size_t m = 0; m < tile.rows; ++m) {
        const uint8_t* a = static_cast<const uint8_t*>(rows[m]) + at % depth;
        int32_t sum = 0;
        for (size_t i = 0; i < BytesBlock::kDeep; ++i) sum += (a[i] ^ flip) * extra.bytes[i];
        int32_t& to = sums[m * kAmxColumns + static_cast<size_t>(extra.column)];
        to = static_cast<int32_t>(static_cast<uint32_t>(to) + static_cast<uint32_t>(sum));
      }
    }
  }

  BATON_AMX_TARGET static void subtract_terms(const int32_t* terms, size_t rows, int32_t* sums) {
    for (size_t m = 0; m < rows; ++m) {
      const __m512i term = _mm512_set1_epi32(terms[m]);
      for (size_t n = 0; n < kAmxColumns; n += kTileColumns) {
        int32_t* at = sums + m * kAmxColumns + n;
        _mm512_store_si512(at, _mm512_sub_epi32(_mm512_load_si512(at), term));
      }
    }
  }
};

template <typename Tiles>
inline constexpr Int8Gemm kAmxInt8Gemm = {
    kAmxRows,
    kAmxColumns,
    AmxInt8Gemm<Tiles>::panel_bytes,
    AmxInt8Gemm<Tiles>::pack,
    AmxInt8Gemm<Tiles>::scratch_bytes,
    AmxInt8Gemm<Tiles>::run,
    true,  // for the depthwise kernels beside it
};

}  // namespace baton::kernels
