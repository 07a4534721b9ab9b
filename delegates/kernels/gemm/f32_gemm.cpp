// Float32 matrix products on Highway; see gemm.h for what they compute.
//
// A panel in memory: bias[kColumns], then weights [taps * depth][kColumns], zeros for columns that
// do not exist.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/gemm/f32_gemm.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include <algorithm>
#include <array>
#include <utility>

#include "delegates/kernels/gemm.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Sums fill the registers: kRows * kVectors of them, beside the vectors of one step.
#if HWY_TARGET == HWY_AVX3
constexpr size_t kRows = 12, kVectors = 2;
constexpr const char* kTile = "12x32";
#elif HWY_TARGET == HWY_AVX2
constexpr size_t kRows = 6, kVectors = 2;
constexpr const char* kTile = "6x16";
#elif HWY_TARGET == HWY_NEON
constexpr size_t kRows = 8, kVectors = 2;
constexpr const char* kTile = "8x8";
#elif HWY_TARGET == HWY_SSE4
constexpr size_t kRows = 4, kVectors = 2;
constexpr const char* kTile = "4x8";
#else
constexpr size_t kRows = 4, kVectors = 4;
constexpr const char* kTile = "4x4";
#endif

using Whole = hn::ScalableTag<float>;
constexpr size_t kLanes = hn::MaxLanes(Whole());
constexpr size_t kColumns = kVectors * kLanes;

size_t panel_bytes(size_t taps, size_t depth) {
  return ((1 + taps * depth) * kColumns * sizeof(float) + 63) / 64 * 64;
}

// Some of a panel's columns: those of one or two vectors.
struct Strip {
  const F32GemmTile* tile;
  const float* panel;  // of the strip's first column, as are the next two
  float* out;
  const float* residual;
  size_t columns;
};

// NaN stays, as with std::min(std::max(value, low), high).
template <class V>
HWY_INLINE V clamp(V value, V low, V high) {
#if HWY_ARCH_X86
  // Of operands one of which is NaN, the second is the result.
  return hn::Min(high, hn::Max(low, value));
#else
  value = hn::IfThenElse(hn::Lt(value, low), low, value);
  return hn::IfThenElse(hn::Lt(high, value), high, value);
#endif
}

template <class D>
HWY_INLINE void store_some(hn::Vec<D> v, D d, float* to, size_t count) {
#if HWY_TARGET <= HWY_AVX2 && HWY_ARCH_X86
  hn::BlendedStore(v, hn::FirstN(d, count), d, to);
#else
  HWY_ALIGN float lanes[hn::MaxLanes(d)];
  hn::Store(v, d, lanes);
  for (size_t i = 0; i < count; ++i) to[i] = lanes[i];
#endif
}

// Row by row, so that the first stores do not wait for the last sums.
template <class D, size_t kR, size_t kV>
HWY_INLINE void finish(const Strip& strip, D d, hn::Vec<D> (&sums)[kR][kV]) {
  constexpr size_t lanes = hn::MaxLanes(d);
  const F32GemmTile& tile = *strip.tile;
  const auto low = hn::Set(d, tile.low), high = hn::Set(d, tile.high);
  const auto low2 = hn::Set(d, tile.low2), high2 = hn::Set(d, tile.high2);
  const size_t last = strip.columns - (kV - 1) * lanes;
  const float* residual = strip.residual;
  float* to = strip.out;
  HWY_UNROLL(16) for (size_t r = 0; r < kR; ++r, to += tile.out_stride) {
    HWY_UNROLL(4) for (size_t v = 0; v < kV; ++v) sums[r][v] = clamp(sums[r][v], low, high);
    if (residual) {
      HWY_UNROLL(4) for (size_t v = 0; v < kV; ++v) {
        const auto sum = hn::Add(sums[r][v], hn::LoadU(d, residual + v * lanes));
        sums[r][v] = clamp(sum, low2, high2);
      }
      residual += tile.residual_stride;
    }
    HWY_UNROLL(4) for (size_t v = 0; v + 1 < kV; ++v) hn::StoreU(sums[r][v], d, to + v * lanes);
    if (last >= lanes) {
      hn::StoreU(sums[r][kV - 1], d, to + (kV - 1) * lanes);
    } else {
      store_some(sums[r][kV - 1], d, to + (kV - 1) * lanes, last);
    }
  }
}

// Products of consecutive depths go to different sums where there are few sums: each must wait
// for the one before it.
constexpr size_t splits(size_t sums) { return sums >= 8 ? 1 : sums >= 4 ? 2 : sums >= 2 ? 4 : 8; }

template <class D, size_t kR, size_t kV>
void run_strip(const Strip& strip) {
  const D d;
  constexpr size_t lanes = hn::MaxLanes(d);
  constexpr size_t kS = splits(kR * kV);
  const F32GemmTile& tile = *strip.tile;
  hn::Vec<D> sums[kS][kR][kV];
  HWY_UNROLL(16) for (size_t r = 0; r < kR; ++r) {
    HWY_UNROLL(4) for (size_t v = 0; v < kV; ++v) {
      sums[0][r][v] = hn::LoadU(d, strip.panel + v * lanes);
      HWY_UNROLL(8) for (size_t s = 1; s < kS; ++s) sums[s][r][v] = hn::Zero(d);
    }
  }
  const float* weights = strip.panel + kColumns;
  const float* const* pointers = tile.a;
  const size_t depth = tile.depth;
  for (size_t tap = 0; tap < tile.taps; ++tap, pointers += kRows) {
    const float* a[kR];
    HWY_UNROLL(16) for (size_t r = 0; r < kR; ++r) a[r] = pointers[r];
    size_t k = 0;
    for (; k + kS <= depth; k += kS, weights += kS * kColumns) {
      HWY_UNROLL(8) for (size_t s = 0; s < kS; ++s) {
        hn::Vec<D> w[kV];
        HWY_UNROLL(4) for (size_t v = 0; v < kV; ++v) {
          w[v] = hn::LoadU(d, weights + s * kColumns + v * lanes);
        }
        HWY_UNROLL(16) for (size_t r = 0; r < kR; ++r) {
          const auto x = hn::Set(d, a[r][k + s]);
          HWY_UNROLL(4) for (size_t v = 0; v < kV; ++v) {
            sums[s][r][v] = hn::MulAdd(x, w[v], sums[s][r][v]);
          }
        }
      }
    }
    if constexpr (kS > 1) {
      for (; k < depth; ++k, weights += kColumns) {
        HWY_UNROLL(16) for (size_t r = 0; r < kR; ++r) {
          const auto x = hn::Set(d, a[r][k]);
          HWY_UNROLL(4) for (size_t v = 0; v < kV; ++v) {
            sums[0][r][v] = hn::MulAdd(x, hn::LoadU(d, weights + v * lanes), sums[0][r][v]);
          }
        }
      }
    }
  }
  HWY_UNROLL(8) for (size_t s = 1; s < kS; ++s) {
    HWY_UNROLL(16) for (size_t r = 0; r < kR; ++r) {
      HWY_UNROLL(4) for (size_t v = 0; v < kV; ++v) {
        sums[0][r][v] = hn::Add(sums[0][r][v], sums[s][r][v]);
      }
    }
  }
  finish(strip, d, sums[0]);
}

using StripFunction = void (*)(const Strip&);
using StripFunctions = std::array<StripFunction, kRows>;  // [rows - 1]

template <class D, size_t kV, size_t... kR>
constexpr StripFunctions strip_functions(std::index_sequence<kR...>) {
  return {&run_strip<D, kR + 1, kV>...};
}
template <class D, size_t kV>
constexpr StripFunctions kStrips = strip_functions<D, kV>(std::make_index_sequence<kRows>());

#if HWY_TARGET == HWY_AVX3
// Half a vector takes half the time.
using Narrow = hn::Half<Whole>;
#else
using Narrow = Whole;
#endif

// Which columns are next when `left` of a panel are: as few vectors as will do.
struct Width {
  size_t columns;
  const StripFunctions& functions;
};
HWY_INLINE Width next_width(size_t left) {
  constexpr size_t narrow = hn::MaxLanes(Narrow());
  if (left > kColumns - narrow) return {kColumns, kStrips<Whole, kVectors>};
  if (left > narrow || narrow == kLanes) return {kLanes, kStrips<Whole, 1>};
  return {narrow, kStrips<Narrow, 1>};
}

void run(const F32GemmTile& tile) {
  const size_t panel_floats = panel_bytes(tile.taps, tile.depth) / sizeof(float);
  const float* panel =
      static_cast<const float*>(tile.packed) + tile.first_column / kColumns * panel_floats;
  for (size_t first = 0; first < tile.columns; first += kColumns, panel += panel_floats) {
    const size_t end = std::min(kColumns, tile.columns - first);
    for (size_t done = 0; done < end;) {
      const Width width = next_width(end - done);
      const size_t at = first + done;
      const Strip strip = {&tile, panel + done, tile.out + at,
                           tile.residual ? tile.residual + at : nullptr,
                           std::min(width.columns, end - done)};
      width.functions[tile.rows - 1](strip);
      done += width.columns;
    }
  }
}

void pack_panel(const F32GemmWeights& weights, size_t first, float* packed) {
  const size_t columns = std::min(kColumns, weights.columns - first);
  for (size_t n = 0; n < kColumns; ++n) {
    packed[n] = n < columns && weights.bias ? weights.bias[first + n] : 0;
  }
  packed += kColumns;
  for (size_t tap = 0; tap < weights.taps; ++tap) {
    for (size_t k = 0; k < weights.depth; ++k, packed += kColumns) {
      const float* from = weights.data + static_cast<int64_t>(first) * weights.column_stride +
                          static_cast<int64_t>(tap) * weights.tap_stride +
                          static_cast<int64_t>(k) * weights.depth_stride;
      for (size_t n = 0; n < kColumns; ++n) {
        packed[n] = n < columns ? from[static_cast<int64_t>(n) * weights.column_stride] : 0;
      }
    }
  }
}

void pack(const F32GemmWeights& weights, size_t first, size_t end, void* packed) {
  const size_t panel_floats = panel_bytes(weights.taps, weights.depth) / sizeof(float);
  for (size_t panel = first; panel < end; ++panel) {
    pack_panel(weights, panel * kColumns, static_cast<float*>(packed) + panel * panel_floats);
  }
}

constexpr F32Gemm kGemm = {kRows, kColumns, panel_bytes, pack, run};

void target_rows(Isa isa, std::vector<Kernel>* rows) {
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
