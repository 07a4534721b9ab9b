// 8-bit matrix products with AVX-512 VNNI: dot products of four unsigned bytes of a row with four
// signed ones of a column.
#if defined(__x86_64__)

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
#define HWY_TARGET_INCLUDE "delegates/kernels/int8_gemm/vnni_gemm.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "delegates/kernels/int8_gemm/finish-inl.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

// Highway has VNNI together with much else only; its target below has the epilogue.
#if HWY_TARGET == HWY_AVX3

HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512vnni")
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {

constexpr size_t kRows = 12;
constexpr PanelLayout kLayout{.width = kWidth, .deep = 4, .wide = false};

size_t vnni_panel_bytes(size_t taps, size_t depth) { return panel_bytes(kLayout, taps, depth); }

void vnni_pack(const Int8GemmWeights& weights, size_t first, size_t end, void* packed) {
  const size_t bytes = vnni_panel_bytes(weights.taps, weights.depth);
  for (size_t panel = first; panel < end; ++panel) {
    pack_panel(weights, kLayout, panel * kWidth, static_cast<uint8_t*>(packed) + panel * bytes);
  }
}

// The vectors of columns that a product computes: kCount, the last of which may be half a vector.
template <size_t kVectors, bool kNarrow>
struct Columns {
  static constexpr size_t kCount = kVectors;
  static constexpr bool is_narrow(size_t v) { return kNarrow && v == kVectors - 1; }
};

template <bool kNarrow>
HWY_INLINE __m512i load_weights(const uint8_t* from) {
  if constexpr (!kNarrow) return _mm512_load_si512(from);
  return _mm512_castsi256_si512(_mm256_load_si256(reinterpret_cast<const __m256i*>(from)));
}

template <bool kNarrow>
HWY_INLINE __m512i add_products(__m512i sums, __m512i x, __m512i weights) {
  if constexpr (!kNarrow) return _mm512_dpbusd_epi32(sums, x, weights);
  return _mm512_castsi256_si512(_mm256_dpbusd_epi32(
      _mm512_castsi512_si256(sums), _mm512_castsi512_si256(x), _mm512_castsi512_si256(weights)));
}

// Four bytes of a row for all columns. Signed ones become unsigned.
template <bool kSigned>
HWY_INLINE __m512i repeat_four(const uint8_t* row) {
  int32_t word;
  std::memcpy(&word, row, sizeof(word));
  const __m512i x = _mm512_set1_epi32(word);
  return kSigned ? _mm512_xor_si512(x, _mm512_set1_epi8(-128)) : x;
}

// What all panels of a tile share.
struct Rows {
  const void* const* a;  // [taps][kRows]
  size_t taps;
  int64_t padded_depth;  // to whole steps
  bool are_signed;
  bool have_terms = false;
  int32_t terms[kRows];  // to be added to all sums of a row, in panels that need them
};

// Products of consecutive depths go to different sums where there are few: each product waits for
// the sum before it.
constexpr size_t splits(size_t sums) { return sums > 4 ? 1 : sums > 2 ? 2 : 4; }

// A step of four in depth.
template <bool kSigned, typename Columns, size_t kCount>
HWY_INLINE void step(const uint8_t* const (&a)[kCount], int64_t k, const uint8_t* weights,
                     V32 (&sums)[kCount][Columns::kCount]) {
  constexpr size_t kLast = Columns::kCount - 1;
  constexpr bool kNarrow = Columns::is_narrow(kLast);
  const __m512i last = load_weights<kNarrow>(weights + 64 * kLast);
  const __m512i first = kLast == 0 ? last : load_weights<false>(weights);
  BATON_UNROLL(16) for (size_t m = 0; m < kCount; ++m) {
    const __m512i x = repeat_four<kSigned>(a[m] + k);
    if constexpr (kLast != 0) sums[m][0].raw = add_products<false>(sums[m][0].raw, x, first);
    sums[m][kLast].raw = add_products<kNarrow>(sums[m][kLast].raw, x, last);
  }
}

template <bool kSigned, typename Columns, size_t kCount>
HWY_INLINE void add_extras(const Rows& rows, const PanelHead& head,
                           V32 (&sums)[kCount][Columns::kCount]) {
  for (int32_t e = 0; e < head.extras; ++e) {
    const ExtraBytes& extra = head.extra[e];
    int32_t word;
    std::memcpy(&word, extra.bytes, sizeof(word));
    const auto depth = static_cast<uint32_t>(rows.padded_depth);
    const auto at = static_cast<uint32_t>(extra.at);
    const void* const* a = rows.a + at / depth * kRows;
    const uint32_t column = uint32_t{1} << extra.column;
    __m512i weights[Columns::kCount];
    BATON_UNROLL(2) for (size_t v = 0; v < Columns::kCount; ++v) {
      weights[v] = _mm512_maskz_set1_epi32(static_cast<__mmask16>(column >> v * kLanes), word);
    }
    BATON_UNROLL(16) for (size_t m = 0; m < kCount; ++m) {
      const __m512i x = repeat_four<kSigned>(static_cast<const uint8_t*>(a[m]) + at % depth);
      BATON_UNROLL(2) for (size_t v = 0; v < Columns::kCount; ++v) {
        sums[m][v].raw = add_products<false>(sums[m][v].raw, x, weights[v]);
      }
    }
  }
}

template <size_t kCount, size_t kVectors>
HWY_INLINE void add_terms(const Rows& rows, V32 (&sums)[kCount][kVectors]) {
  BATON_UNROLL(16) for (size_t m = 0; m < kCount; ++m) {
    const V32 term = hn::Set(D32(), rows.terms[m]);
    BATON_UNROLL(2) for (size_t v = 0; v < kVectors; ++v) sums[m][v] = hn::Add(sums[m][v], term);
  }
}

// Products of kCount rows with the first columns of a panel.
template <size_t kCount, typename Columns, bool kSigned, After kAfter>
void multiply(const Rows& rows, const PanelSums& to) {
  constexpr size_t kVectors = Columns::kCount;
  constexpr size_t kSplits = splits(kCount * kVectors);
  const int32_t* start = panel_words(to.panel, kWidth, kStart);
  V32 sums[kSplits][kCount][kVectors];
  BATON_UNROLL(2) for (size_t v = 0; v < kVectors; ++v) {
    const V32 first = hn::Load(D32(), start + v * kLanes);
    BATON_UNROLL(16) for (size_t m = 0; m < kCount; ++m) {
      sums[0][m][v] = first;
      BATON_UNROLL(4) for (size_t s = 1; s < kSplits; ++s) sums[s][m][v] = hn::Zero(D32());
    }
  }
  const auto* weights = static_cast<const uint8_t*>(to.panel) + panel_columns_bytes(kWidth);
  constexpr size_t kStep = 4 * kWidth;
  for (size_t t = 0; t < rows.taps; ++t) {
    // From the ends of the rows: without a register for their length, all pointers stay in theirs.
    const uint8_t* a[kCount];
    BATON_UNROLL(16) for (size_t m = 0; m < kCount; ++m) {
      a[m] = static_cast<const uint8_t*>(rows.a[t * kRows + m]) + rows.padded_depth;
    }
    int64_t k = -rows.padded_depth;
    if constexpr (kSplits > 1) {
      for (; k <= -int64_t{4 * kSplits}; k += 4 * kSplits) {
        BATON_UNROLL(4) for (size_t s = 0; s < kSplits; ++s, weights += kStep) {
          step<kSigned, Columns>(a, k + static_cast<int64_t>(4 * s), weights, sums[s]);
        }
      }
    }
    for (; k != 0; k += 4, weights += kStep) step<kSigned, Columns>(a, k, weights, sums[0]);
  }
  BATON_UNROLL(16) for (size_t m = 0; m < kCount; ++m) {
    BATON_UNROLL(2) for (size_t v = 0; v < kVectors; ++v) {
      V32& sum = sums[0][m][v];
      BATON_UNROLL(4) for (size_t s = 1; s < kSplits; ++s) sum = hn::Add(sum, sums[s][m][v]);
      // Else the compiler would have what follows in mind inside of the loop, and spill sums there.
      asm volatile("" : "+v"(sum.raw));
    }
  }
  if (panel_head(to.panel).extras != 0) [[unlikely]]
    add_extras<kSigned, Columns>(rows, panel_head(to.panel), sums[0]);
  if (panel_head(to.panel).weights_zero != 0) [[unlikely]]
    add_terms(rows, sums[0]);
  if constexpr (kAfter == After::kFixed) {
    finish_fixed_sums(sums[0], to);
  } else {
    BATON_UNROLL(16) for (size_t m = 0; m < kCount; ++m) {
      BATON_UNROLL(2) for (size_t v = 0; v < kVectors; ++v) {
        hn::Store(sums[0][m][v], D32(), to.sums + m * kWidth + v * kLanes);
      }
    }
  }
}

using Multiplies = std::array<void (*)(const Rows&, const PanelSums&), kRows>;  // [rows - 1]

template <typename Columns, bool kSigned, After kAfter, size_t... kCounts>
constexpr Multiplies multiplies(std::index_sequence<kCounts...>) {
  return {multiply<kCounts + 1, Columns, kSigned, kAfter>...};
}
template <typename Columns, bool kSigned, After kAfter>
constexpr Multiplies kMultiplies =
    multiplies<Columns, kSigned, kAfter>(std::make_index_sequence<kRows>());

// By the number of half vectors of columns, less one. Where sums are stored, so are those of whole
// vectors.
using MultipliesByColumns = std::array<const Multiplies*, 4>;
template <bool kSigned>
constexpr MultipliesByColumns kStoring = {&kMultiplies<Columns<1, false>, kSigned, After::kStore>,
                                          &kMultiplies<Columns<1, false>, kSigned, After::kStore>,
                                          &kMultiplies<Columns<2, false>, kSigned, After::kStore>,
                                          &kMultiplies<Columns<2, false>, kSigned, After::kStore>};
template <bool kSigned>
constexpr MultipliesByColumns kFixed = {&kMultiplies<Columns<1, true>, kSigned, After::kFixed>,
                                        &kMultiplies<Columns<1, false>, kSigned, After::kFixed>,
                                        &kMultiplies<Columns<2, true>, kSigned, After::kFixed>,
                                        &kMultiplies<Columns<2, false>, kSigned, After::kFixed>};

// [After][signed rows]
constexpr MultipliesByColumns kMultiply[2][2] = {{kStoring<false>, kStoring<true>},
                                                 {kFixed<false>, kFixed<true>}};

// The first bytes of [at, at + left), at most 64; zeros behind them.
HWY_INLINE __m512i load_bytes(const uint8_t* at, size_t left, __m512i flip) {
  const __mmask64 mask = left >= 64 ? ~uint64_t{0} : (uint64_t{1} << left) - 1;
  return _mm512_maskz_mov_epi8(mask, _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, at), flip));
}

void add_row_terms(const Int8GemmTile& tile, int32_t weights_zero, Rows* rows) {
  const __m512i flip = _mm512_set1_epi8(static_cast<char>(tile.unsigned_input ? 0 : -128));
  const __m512i ones = _mm512_set1_epi8(1);
  rows->have_terms = true;
  for (size_t m = 0; m < tile.rows; ++m) {
    __m512i sums = _mm512_setzero_si512();
    for (size_t t = 0; t < tile.taps; ++t) {
      const auto* row = static_cast<const uint8_t*>(tile.a[t * kRows + m]);
      for (size_t k = 0; k < tile.depth; k += 64) {
        sums = _mm512_dpbusd_epi32(sums, load_bytes(row + k, tile.depth - k, flip), ones);
      }
    }
    const auto sum = static_cast<uint32_t>(_mm512_reduce_add_epi32(sums));
    rows->terms[m] = static_cast<int32_t>(-sum * static_cast<uint32_t>(weights_zero));
  }
}

constexpr size_t padded(size_t depth) { return round_up(depth, 4); }

constexpr size_t row_bytes(size_t taps, size_t depth) { return spread_rows(taps * padded(depth)); }

// Rows are written in whole vectors: more than the last needs.
size_t vnni_scratch_bytes(size_t taps, size_t depth) { return kRows * row_bytes(taps, depth) + 64; }

// From so many panels on it pays to make signed rows unsigned before, not with each panel. (Where
// VNNI shares its ports with all other instructions on vectors, the latter takes half as long
// again.)
constexpr size_t kPanelsToFlip = 3;

// Unsigned rows in scratch memory, with one tap for all. In ascending order: what is written behind
// a row is written again.
void flip_rows(const Int8GemmTile& tile, const void** a, Rows* rows) {
  const __m512i flip = _mm512_set1_epi8(-128);
  const size_t row = row_bytes(tile.taps, tile.depth);
  const size_t step = padded(tile.depth);
  auto* scratch = static_cast<uint8_t*>(tile.scratch);
  for (size_t m = 0; m < tile.rows; ++m) {
    a[m] = scratch + m * row;
    for (size_t t = 0; t < tile.taps; ++t) {
      const auto* from = static_cast<const uint8_t*>(tile.a[t * kRows + m]);
      uint8_t* to = scratch + m * row + t * step;
      for (size_t k = 0; k < tile.depth; k += 64) {
        const __m512i bytes = _mm512_loadu_si512(from + k);
        _mm512_storeu_si512(to + k, _mm512_xor_si512(bytes, flip));
      }
    }
  }
  rows->a = a;
  rows->padded_depth = static_cast<int64_t>(tile.taps * step);
  rows->taps = 1;
  rows->are_signed = false;
}

void vnni_run(const Int8GemmTile& tile) {
  const size_t bytes = vnni_panel_bytes(tile.taps, tile.depth);
  const auto* panel = static_cast<const uint8_t*>(tile.packed) + tile.first_column / kWidth * bytes;
  Rows rows;
  rows.a = tile.a;
  rows.taps = tile.taps;
  rows.padded_depth = static_cast<int64_t>(padded(tile.depth));
  rows.are_signed = !tile.unsigned_input;
  const void* flipped[kRows];
  if (rows.are_signed && tile.columns > (kPanelsToFlip - 1) * kWidth) {
    flip_rows(tile, flipped, &rows);
  }
  alignas(64) int32_t stored[kRows * kWidth];
  for (size_t column = 0; column < tile.columns; column += kWidth, panel += bytes) {
    const int32_t weights_zero = panel_head(panel).weights_zero;
    if (weights_zero != 0 && !rows.have_terms) add_row_terms(tile, weights_zero, &rows);
    const PanelSums sums{&tile,  panel,  kWidth,
                         stored, column, std::min(kWidth, tile.columns - column)};
    const After after = after_products(tile, panel);
    const MultipliesByColumns& by_columns = kMultiply[static_cast<size_t>(after)][rows.are_signed];
    (*by_columns[(sums.columns - 1) / (kLanes / 2)])[tile.rows - 1](rows, sums);
    if (after == After::kStore) finish_panel(sums);
  }
}

constexpr Int8Gemm kVnniGemm{kRows,    kWidth, vnni_panel_bytes, vnni_pack, vnni_scratch_bytes,
                             vnni_run, true};

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // HWY_TARGET == HWY_AVX3

#if HWY_ONCE
namespace baton::kernels {
void vnni_gemm_rows(std::vector<Kernel>* rows) {
  rows->push_back({"gemm", "int8", Isa::kAvx512Vnni, "12x32", &N_AVX3::kVnniGemm});
}
}  // namespace baton::kernels
#endif

#endif
