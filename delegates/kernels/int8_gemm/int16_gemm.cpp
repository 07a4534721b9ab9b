// 8-bit matrix products for machines without dot products of bytes: rows and weights become int16_t
// less their zero points, and pairs of them are multiplied and added at once. Arm has kernels of
// its own.
#if !defined(__aarch64__)

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#include "delegates/kernels/int8_gemm/exact.h"
#include "delegates/kernels/int8_gemm/panel.h"
#include "delegates/kernels/round_up.h"
#include "delegates/kernels/unroll.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/int8_gemm/int16_gemm.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "delegates/kernels/int8_gemm/finish-inl.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_AVX3
constexpr size_t kRows = 12;
constexpr const char* kTile = "12x32";
#elif HWY_TARGET == HWY_AVX2
constexpr size_t kRows = 6;
constexpr const char* kTile = "6x16";
#elif HWY_TARGET == HWY_SCALAR
constexpr size_t kRows = 4;
constexpr const char* kTile = "4x4";
#else
constexpr size_t kRows = 6;
constexpr const char* kTile = "6x8";
#endif

constexpr PanelLayout kLayout{.width = kWidth, .deep = 2, .wide = true};
constexpr size_t kVectors = kWidth / kLanes;

constexpr size_t padded(size_t depth) { return round_up(depth, 2); }

// Elements of a row in scratch memory.
constexpr size_t row_elements(size_t taps, size_t depth) {
  return spread_rows(taps * padded(depth) * sizeof(int16_t)) / sizeof(int16_t);
}

// Rows are written in whole vectors: more than the last needs.
size_t scratch_bytes(size_t taps, size_t depth) {
  return kRows * row_elements(taps, depth) * sizeof(int16_t) + HWY_MAX_BYTES;
}

size_t panel_bytes(size_t taps, size_t depth) { return kernels::panel_bytes(kLayout, taps, depth); }

void pack(const Int8GemmWeights& weights, size_t first, size_t end, void* packed) {
  const size_t bytes = panel_bytes(weights.taps, weights.depth);
  for (size_t panel = first; panel < end; ++panel) {
    pack_panel(weights, kLayout, panel * kWidth, static_cast<uint8_t*>(packed) + panel * bytes);
  }
}

// `depth` bytes as int16_t less `zero`, and some more behind them.
template <typename Byte>
HWY_INLINE void widen(const Byte* row, size_t depth, int16_t zero, int16_t* out) {
  const hn::ScalableTag<int16_t> d;
  const hn::Rebind<Byte, decltype(d)> bytes;
  const auto subtract = hn::Set(d, zero);
  for (size_t k = 0; k < depth; k += hn::Lanes(d)) {
    hn::StoreU(hn::Sub(hn::PromoteTo(d, hn::LoadU(bytes, row + k)), subtract), d, out + k);
  }
}

// Ascending, so that what is written behind a row is written again.
template <typename Byte>
void widen_rows(const Int8GemmTile& tile, int16_t zero, int16_t* out) {
  const size_t step = padded(tile.depth);
  const size_t row = row_elements(tile.taps, tile.depth);
  for (size_t m = 0; m < tile.rows; ++m) {
    for (size_t t = 0; t < tile.taps; ++t) {
      widen(static_cast<const Byte*>(tile.a[t * kRows + m]), tile.depth, zero,
            out + m * row + t * step);
    }
  }
}

#if HWY_TARGET == HWY_SCALAR
struct Sums {
  int32_t raw = 0;
};
struct Pairs {
  int16_t raw[2];
};
HWY_INLINE Pairs load_pairs(const int16_t* weights) { return {{weights[0], weights[1]}}; }
HWY_INLINE Pairs repeat_pair(const int16_t* row) { return {{row[0], row[1]}}; }
HWY_INLINE void add_products(Pairs a, Pairs w, Sums* sums) {
  const int32_t both = a.raw[0] * w.raw[0] + a.raw[1] * w.raw[1];
  sums->raw = static_cast<int32_t>(static_cast<uint32_t>(sums->raw) + static_cast<uint32_t>(both));
}
HWY_INLINE Sums load_sums(const int32_t* from) { return {*from}; }
HWY_INLINE void store_sums(Sums sums, int32_t* to) { *to = sums.raw; }
#else
using Sums = V32;
using Pairs = hn::Vec<D16>;
HWY_INLINE Pairs load_pairs(const int16_t* weights) { return hn::LoadU(D16(), weights); }
HWY_INLINE Pairs repeat_pair(const int16_t* row) {
  int32_t pair;
  std::memcpy(&pair, row, sizeof(pair));
  return hn::BitCast(D16(), hn::Set(D32(), pair));
}
HWY_INLINE void add_products(Pairs a, Pairs w, Sums* sums) {
  Sums unused = *sums;  // on x86 one sum takes all
  *sums = hn::ReorderWidenMulAccumulate(D32(), a, w, *sums, unused);
}
HWY_INLINE Sums load_sums(const int32_t* from) { return hn::LoadU(D32(), from); }
HWY_INLINE void store_sums(Sums sums, int32_t* to) { hn::StoreU(sums, D32(), to); }
#endif

// Rows as the products take them.
struct WideRows {
  const int16_t* first;
  size_t stride;
  size_t pairs;  // in depth, over all taps
};

// Products of kCount rows with the first kColumns vectors of a panel's columns.
template <size_t kCount, size_t kColumns, After kAfter>
void multiply(const WideRows& rows, const PanelSums& to) {
  const int32_t* start = panel_words(to.panel, kWidth, kStart);
  Sums sums[kCount][kColumns];
  BATON_UNROLL(16) for (size_t m = 0; m < kCount; ++m) {
    BATON_UNROLL(4) for (size_t v = 0; v < kColumns; ++v) {
      sums[m][v] = load_sums(start + v * kLanes);
    }
  }
  const auto* weights = reinterpret_cast<const int16_t*>(static_cast<const uint8_t*>(to.panel) +
                                                         panel_columns_bytes(kWidth));
  const int16_t* at = rows.first;
  for (size_t k = 0; k < rows.pairs; ++k, weights += 2 * kWidth, at += 2) {
    Pairs w[kColumns];
    BATON_UNROLL(4)
    for (size_t v = 0; v < kColumns; ++v) w[v] = load_pairs(weights + 2 * kLanes * v);
    BATON_UNROLL(16) for (size_t m = 0; m < kCount; ++m) {
      const Pairs a = repeat_pair(at + m * rows.stride);
      BATON_UNROLL(4) for (size_t v = 0; v < kColumns; ++v) add_products(a, w[v], &sums[m][v]);
    }
  }
  if constexpr (HWY_TARGET != HWY_SCALAR && kAfter == After::kFixed) {
    finish_fixed_sums(sums, to);
  } else {
    BATON_UNROLL(16) for (size_t m = 0; m < kCount; ++m) {
      BATON_UNROLL(4) for (size_t v = 0; v < kColumns; ++v) {
        store_sums(sums[m][v], to.sums + m * kWidth + v * kLanes);
      }
    }
  }
}

using Multiplies = std::array<void (*)(const WideRows&, const PanelSums&), kRows>;  // [rows - 1]

template <size_t kColumns, After kAfter, size_t... kCounts>
constexpr Multiplies multiplies(std::index_sequence<kCounts...>) {
  return {multiply<kCounts + 1, kColumns, kAfter>...};
}
template <size_t kColumns, After kAfter>
constexpr Multiplies kMultiplies = multiplies<kColumns, kAfter>(std::make_index_sequence<kRows>());

// [whole panel][After]
constexpr const Multiplies* kMultiply[2][2] = {
    {&kMultiplies<kVectors / 2, After::kStore>, &kMultiplies<kVectors / 2, After::kFixed>},
    {&kMultiplies<kVectors, After::kStore>, &kMultiplies<kVectors, After::kFixed>}};

void run(const Int8GemmTile& tile) {
  const size_t bytes = panel_bytes(tile.taps, tile.depth);
  const auto* panel = static_cast<const uint8_t*>(tile.packed) + tile.first_column / kWidth * bytes;
  auto* scratch = static_cast<int16_t*>(tile.scratch);
  const auto zero = static_cast<int16_t>(panel_head(panel).input_zero);
  if (tile.unsigned_input) {
    widen_rows<uint8_t>(tile, zero, scratch);
  } else {
    widen_rows<int8_t>(tile, zero, scratch);
  }
  const WideRows rows{scratch, row_elements(tile.taps, tile.depth),
                      tile.taps * padded(tile.depth) / 2};
  alignas(64) int32_t stored[kRows * kWidth];
  for (size_t column = 0; column < tile.columns; column += kWidth, panel += bytes) {
    const PanelSums sums{&tile,  panel,  kWidth,
                         stored, column, std::min(kWidth, tile.columns - column)};
    const bool whole = sums.columns > kWidth / 2;
    const After after = after_products(tile, panel);
    (*kMultiply[whole][static_cast<size_t>(after)])[tile.rows - 1](rows, sums);
    if (after == After::kStore) finish_panel(sums);
  }
}

constexpr Int8Gemm kGemm{kRows, kWidth, panel_bytes, pack, scratch_bytes, run};

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  rows->push_back({"gemm", "int8", isa, kTile, &kGemm});
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(int16_gemm_rows)
}  // namespace baton::kernels
#endif

#endif
