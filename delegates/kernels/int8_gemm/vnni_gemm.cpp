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

size_t vnni_scratch_bytes(size_t, size_t) { return 0; }

void vnni_pack(const Int8GemmWeights& weights, size_t first, size_t end, void* packed) {
  const size_t bytes = vnni_panel_bytes(weights.taps, weights.depth);
  for (size_t panel = first; panel < end; ++panel) {
    pack_panel(weights, kLayout, panel * kWidth, static_cast<uint8_t*>(packed) + panel * bytes);
  }
}

HWY_INLINE int32_t four_bytes(const uint8_t* from) {
  int32_t word;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

// What all panels of a tile share.
struct Rows {
  bool any = false;      // whether there are terms
  int32_t terms[kRows];  // to add to all sums of a row
};

enum class After : uint8_t { kStore, kFixed };

// Products of kCount rows with the first kVectors vectors of a panel's columns. kSigned: rows are
// int8_t, and are made unsigned on the way. Sums are stored for finish_panel(), or finished here.
template <size_t kCount, size_t kVectors, bool kSigned, After kAfter>
void multiply(const Rows& rows, const PanelSums& to, int32_t* stored) {
  const Int8GemmTile& tile = *to.tile;
  const __m512i flip = _mm512_set1_epi8(-128);
  const int32_t* start = panel_words(to.panel, kWidth, kStart);
  V32 sums[kCount][kVectors];
  HWY_UNROLL(2) for (size_t v = 0; v < kVectors; ++v) {
    const __m512i first = _mm512_load_si512(start + v * kLanes);
    HWY_UNROLL(16) for (size_t m = 0; m < kCount; ++m) { sums[m][v].raw = first; }
  }
  const auto* weights = static_cast<const uint8_t*>(to.panel) + panel_columns_bytes(kWidth);
  const auto depth = static_cast<int64_t>(tile.depth);
  for (size_t t = 0; t < tile.taps; ++t) {
    const uint8_t* a[kCount];
    HWY_UNROLL(16) for (size_t m = 0; m < kCount; ++m) {
      a[m] = static_cast<const uint8_t*>(tile.a[t * kRows + m]);
    }
    for (int64_t k = 0; k < depth; k += 4, weights += 4 * kWidth) {
      __m512i w[kVectors];
      HWY_UNROLL(2) for (size_t v = 0; v < kVectors; ++v) {
        w[v] = _mm512_load_si512(weights + 64 * v);
      }
      HWY_UNROLL(16) for (size_t m = 0; m < kCount; ++m) {
        __m512i x = _mm512_set1_epi32(four_bytes(a[m] + k));
        if constexpr (kSigned) x = _mm512_xor_si512(x, flip);
        HWY_UNROLL(2) for (size_t v = 0; v < kVectors; ++v) {
          sums[m][v].raw = _mm512_dpbusd_epi32(sums[m][v].raw, x, w[v]);
        }
      }
    }
  }
  if (rows.any) [[unlikely]] {
    HWY_UNROLL(16) for (size_t m = 0; m < kCount; ++m) {
      const __m512i term = _mm512_set1_epi32(rows.terms[m]);
      HWY_UNROLL(2) for (size_t v = 0; v < kVectors; ++v) {
        sums[m][v].raw = _mm512_add_epi32(sums[m][v].raw, term);
      }
    }
  }
  if constexpr (kAfter == After::kFixed) {
    // Else the compiler would keep what follows in mind inside of the loop, and spill sums there.
    HWY_UNROLL(16) for (size_t m = 0; m < kCount; ++m) {
      HWY_UNROLL(2) for (size_t v = 0; v < kVectors; ++v) asm volatile("" : "+v"(sums[m][v].raw));
    }
    finish_fixed_sums(sums, to);
  } else {
    HWY_UNROLL(16) for (size_t m = 0; m < kCount; ++m) {
      HWY_UNROLL(2) for (size_t v = 0; v < kVectors; ++v) {
        _mm512_store_si512(stored + m * kWidth + v * kLanes, sums[m][v].raw);
      }
    }
  }
}

// The sum of a row's bytes as they are multiplied.
int32_t row_sum(const uint8_t* row, size_t depth, __m512i flip) {
  const __m512i ones = _mm512_set1_epi8(1);
  __m512i sums = _mm512_setzero_si512();
  for (size_t k = 0; k < depth; k += 64) {
    const size_t left = depth - k;
    const __mmask64 mask = left >= 64 ? ~uint64_t{0} : (uint64_t{1} << left) - 1;
    const __m512i bytes = _mm512_maskz_loadu_epi8(mask, row + k);
    sums =
        _mm512_dpbusd_epi32(sums, _mm512_maskz_mov_epi8(mask, _mm512_xor_si512(bytes, flip)), ones);
  }
  return _mm512_reduce_add_epi32(sums);
}

void add_row_terms(const Int8GemmTile& tile, int32_t weights_zero, Rows* rows) {
  const __m512i flip = _mm512_set1_epi8(static_cast<char>(tile.unsigned_input ? 0 : -128));
  rows->any = true;
  for (size_t m = 0; m < tile.rows; ++m) {
    uint32_t sum = 0;
    for (size_t t = 0; t < tile.taps; ++t) {
      const auto* row = static_cast<const uint8_t*>(tile.a[t * kRows + m]);
      sum += static_cast<uint32_t>(row_sum(row, tile.depth, flip));
    }
    rows->terms[m] = static_cast<int32_t>(-sum * static_cast<uint32_t>(weights_zero));
  }
}

using Multiply = void (*)(const Rows&, const PanelSums&, int32_t*);
using Multiplies = std::array<Multiply, kRows>;  // [rows - 1]

template <size_t kVectors, bool kSigned, After kAfter, size_t... kCounts>
constexpr Multiplies multiplies(std::index_sequence<kCounts...>) {
  return {multiply<kCounts + 1, kVectors, kSigned, kAfter>...};
}
template <size_t kVectors, bool kSigned, After kAfter>
constexpr Multiplies kMultiplies =
    multiplies<kVectors, kSigned, kAfter>(std::make_index_sequence<kRows>());

// [signed rows][more than half a panel][After]
constexpr const Multiplies* kMultiply[2][2][2] = {
    {{&kMultiplies<1, false, After::kStore>, &kMultiplies<1, false, After::kFixed>},
     {&kMultiplies<2, false, After::kStore>, &kMultiplies<2, false, After::kFixed>}},
    {{&kMultiplies<1, true, After::kStore>, &kMultiplies<1, true, After::kFixed>},
     {&kMultiplies<2, true, After::kStore>, &kMultiplies<2, true, After::kFixed>}}};

void vnni_run(const Int8GemmTile& tile) {
  const size_t bytes = vnni_panel_bytes(tile.taps, tile.depth);
  const auto* panel = static_cast<const uint8_t*>(tile.packed) + tile.first_column / kWidth * bytes;
  Rows rows;
  if (const int32_t zero = panel_head(panel).weights_zero; zero != 0) {
    add_row_terms(tile, zero, &rows);
  }
  alignas(64) int32_t stored[kRows * kWidth];
  for (size_t column = 0; column < tile.columns; column += kWidth, panel += bytes) {
    const PanelSums sums{&tile,  panel,  kWidth,
                         stored, column, std::min(kWidth, tile.columns - column)};
    const bool fixed = is_fixed_only(tile, panel);
    (*kMultiply[!tile.unsigned_input][sums.columns > kLanes][fixed])[tile.rows - 1](rows, sums,
                                                                                    stored);
    if (!fixed) finish_panel(sums);
  }
}

constexpr Int8Gemm kVnniGemm{kRows,   kWidth, vnni_panel_bytes, vnni_pack, vnni_scratch_bytes,
                             vnni_run};

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

#else
#include <vector>

#include "delegates/kernels/kernel.h"

namespace baton::kernels {
void vnni_gemm_rows(std::vector<Kernel>*) {}
}  // namespace baton::kernels
#endif
