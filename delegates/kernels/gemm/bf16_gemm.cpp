// Matrix products of bfloat16 with AVX-512 BF16: words of strips-inl.h are pairs of consecutive
// depths. The rows of a tile are rounded into its scratch memory: pointers to words [taps][kRows],
// then the words, zeros where the depth ends in the middle of one.
#include "delegates/kernels/gemm.h"
#include "delegates/kernels/round_up.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/gemm/bf16_gemm.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

#if HWY_TARGET == HWY_AVX3
#include <immintrin.h>

// Highway has no target of this level and no lower.
#undef HWY_TARGET_STR
#define HWY_TARGET_STR HWY_TARGET_STR_AVX3 ",avx512bf16"
#include "delegates/kernels/gemm/f32_pack-inl.h"
#include "delegates/kernels/gemm/strips-inl.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {

struct PairProduct {
  template <class V>
  HWY_INLINE static V add(V sum, V x, V w) {
    if constexpr (sizeof(V) == sizeof(__m512)) {
      return V{_mm512_dpbf16_ps(sum.raw, (__m512bh)x.raw, (__m512bh)w.raw)};
    } else {
      return V{_mm256_dpbf16_ps(sum.raw, (__m256bh)x.raw, (__m256bh)w.raw)};
    }
  }
};

constexpr size_t pairs_of(size_t depth) { return (depth + 1) / 2; }

// 16 pairs at a time: rows of words begin at cache lines.
constexpr size_t row_words(size_t depth) { return round_up(pairs_of(depth), 16); }

constexpr size_t pointers_bytes(size_t taps) {
  return round_up(taps * kRows * sizeof(const float*), 64);
}

size_t panel_bytes(size_t taps, size_t depth) {
  return panel_words(taps, pairs_of(depth)) * sizeof(float);
}

size_t scratch_bytes(size_t taps, size_t depth) {
  return pointers_bytes(taps) + taps * kRows * row_words(depth) * sizeof(float);
}

// Up to 32 floats, zeros after them, as 16 words.
HWY_INLINE void round_some(const float* from, size_t count, float* to) {
  const __mmask32 mask = _bzhi_u32(~0u, static_cast<uint32_t>(count));
  const __m512 first = _mm512_maskz_loadu_ps(static_cast<__mmask16>(mask), from);
  const __m512 second = _mm512_maskz_loadu_ps(static_cast<__mmask16>(mask >> 16), from + 16);
  _mm512_storeu_si512(to, (__m512i)_mm512_cvtne2ps_pbh(second, first));
}

// Writes row_words(depth) words.
HWY_INLINE void round_row(const float* from, size_t depth, float* to) {
  size_t k = 0;
  for (; k + 32 <= depth; k += 32, to += 16) round_some(from + k, 32, to);
  if (k < depth) round_some(from + k, depth - k, to);
}

void run(const F32GemmTile& tile) {
  const float** pointers = static_cast<const float**>(tile.scratch);
  float* words = static_cast<float*>(tile.scratch) + pointers_bytes(tile.taps) / sizeof(float);
  for (size_t tap = 0; tap < tile.taps; ++tap) {
    for (size_t r = 0; r < tile.rows; ++r, words += row_words(tile.depth)) {
      round_row(tile.a[tap * kRows + r], tile.depth, words);
      pointers[tap * kRows + r] = words;
    }
  }
  F32GemmTile rounded = tile;
  rounded.a = pointers;
  rounded.depth = pairs_of(tile.depth);
  run_tile<PairProduct>(rounded);
}

// One tap of a panel, 32 depths of all columns at a time.
void pack_tap(const PackBlock& block, float* to) {
  constexpr size_t kDepth = 32, kWords = kDepth / 2;
  alignas(64) float words[kColumns * kWords];
  for (size_t k = 0; k < block.depth; k += kDepth, to += kWords * kColumns) {
    const size_t depth = std::min(kDepth, block.depth - k);
    for (size_t n = 0; n < block.columns; ++n) {
      const float* from = block.from + static_cast<int64_t>(n) * block.column_stride +
                          static_cast<int64_t>(k) * block.depth_stride;
      float gathered[kDepth];
      if (block.depth_stride != 1) {
        for (size_t i = 0; i < depth; ++i, from += block.depth_stride) gathered[i] = *from;
        from = gathered;
      }
      round_row(from, depth, words + n * kWords);
    }
    pack_block({words, kWords, 1, block.columns, pairs_of(depth)}, to);
  }
}

void pack(const F32GemmWeights& weights, size_t first, size_t end, void* packed) {
  const size_t words = panel_words(weights.taps, pairs_of(weights.depth));
  for (size_t panel = first; panel < end; ++panel) {
    float* to = static_cast<float*>(packed) + panel * words;
    pack_bias(weights, panel * kColumns, to);
    for (size_t tap = 0; tap < weights.taps; ++tap) {
      pack_tap(block_of(weights, panel * kColumns, tap),
               to + (1 + tap * pairs_of(weights.depth)) * kColumns);
    }
  }
}

constexpr F32Gemm kGemm = {kRows, kColumns, panel_bytes, pack, scratch_bytes, run};

}  // namespace

void bf16_rows(std::vector<Kernel>* rows) {
  rows->push_back({"gemm", "bf16", Isa::kAvx512Bf16, "12x32", &kGemm});
}

}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();
#endif

#if HWY_ONCE
namespace baton::kernels {
void bf16_gemm_rows([[maybe_unused]] std::vector<Kernel>* rows) {
#if defined(__x86_64__)
  N_AVX3::bf16_rows(rows);
#endif
}
}  // namespace baton::kernels
#endif
