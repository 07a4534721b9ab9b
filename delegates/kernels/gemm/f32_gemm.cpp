// Float32 matrix products on Highway; see gemm.h for what they compute and strips-inl.h for how.
#include "delegates/kernels/gemm.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/gemm/f32_gemm.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "delegates/kernels/gemm/f32_pack-inl.h"
#include "delegates/kernels/gemm/strips-inl.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_AVX3
constexpr const char* kTile = "12x32";
#elif HWY_TARGET == HWY_AVX2
constexpr const char* kTile = "6x16";
#elif HWY_TARGET == HWY_NEON
constexpr const char* kTile = "8x8";
#elif HWY_TARGET == HWY_SSE4
constexpr const char* kTile = "4x8";
#else
constexpr const char* kTile = "4x4";
#endif

struct FloatProduct {
  template <class V>
  HWY_INLINE static V add(V sum, V x, V w) {
    return hn::MulAdd(x, w, sum);
  }
};

size_t panel_bytes(size_t taps, size_t depth) { return panel_words(taps, depth) * sizeof(float); }

void pack(const F32GemmWeights& weights, size_t first, size_t end, void* packed) {
  const size_t words = panel_words(weights.taps, weights.depth);
  for (size_t panel = first; panel < end; ++panel) {
    float* to = static_cast<float*>(packed) + panel * words;
    pack_bias(weights, panel * kColumns, to);
    for (size_t tap = 0; tap < weights.taps; ++tap) {
      pack_block(block_of(weights, panel * kColumns, tap),
                 to + (1 + tap * weights.depth) * kColumns);
    }
  }
}

size_t scratch_bytes(size_t, size_t) { return 0; }

void run(const F32GemmTile& tile) { run_tile<FloatProduct>(tile); }

constexpr F32Gemm kGemm = {kRows, kColumns, panel_bytes, pack, scratch_bytes, run};

}  // namespace

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  rows->push_back({"gemm", "f32", isa, kTile, &kGemm});
}

}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(f32_gemm_rows)
}  // namespace baton::kernels
#endif
