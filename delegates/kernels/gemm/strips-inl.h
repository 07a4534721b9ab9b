// How a tile of a float matrix product is computed, whatever a product is. For files on Highway,
// once per target.
//
// A panel in memory: bias[kColumns], then [taps * depth][kColumns] words of weights, zeros for
// columns that do not exist. A word has 32 bits: a float, or several narrower numbers, which the
// left operand's words hold likewise.
#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "delegates/kernels/gemm.h"
#include "delegates/kernels/order-inl.h"
#include "delegates/kernels/partial-inl.h"
#include "delegates/kernels/round_up.h"
#include "hwy/highway.h"

#if defined(BATON_DELEGATES_KERNELS_GEMM_STRIPS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_DELEGATES_KERNELS_GEMM_STRIPS_INL_H_
#undef BATON_DELEGATES_KERNELS_GEMM_STRIPS_INL_H_
#else
#define BATON_DELEGATES_KERNELS_GEMM_STRIPS_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
// Files may have this with different instruction sets under the name of one target.
namespace {
namespace hn = hwy::HWY_NAMESPACE;

// Sums fill the registers: kRows * kVectors of them, beside the vectors of one step.
#if HWY_TARGET == HWY_AVX3
constexpr size_t kRows = 12, kVectors = 2;
#elif HWY_TARGET == HWY_AVX2
constexpr size_t kRows = 6, kVectors = 2;
#elif HWY_TARGET == HWY_NEON
constexpr size_t kRows = 8, kVectors = 2;
#elif HWY_TARGET == HWY_SSE4
constexpr size_t kRows = 4, kVectors = 2;
#else
constexpr size_t kRows = 4, kVectors = 4;
#endif

using Whole = hn::ScalableTag<float>;
#if HWY_TARGET == HWY_AVX3
using Narrow = hn::Half<Whole>;  // takes half the time
#else
using Narrow = Whole;
#endif
constexpr size_t kLanes = hn::MaxLanes(Whole());
constexpr size_t kColumns = kVectors * kLanes;

constexpr size_t panel_words(size_t taps, size_t depth) {
  return round_up((1 + taps * depth) * kColumns, 64 / sizeof(float));
}

// Columns of one or two vectors, in each of `panels` panels.
struct Strip {
  const F32GemmTile* tile;
  const float* panel;  // of the strip's first column, as are the next two
  float* out;
  const float* residual;
  size_t columns;
  size_t panels;
  size_t words;  // from panel to panel
};

// g++ 12 takes Highway's copies of one lane for integers, and moves sums to and fro.
template <class D>
HWY_INLINE hn::Vec<D> load(D d, const float* from) {
#if HWY_TARGET == HWY_SCALAR
  return hn::Set(d, *from);
#else
  return hn::LoadU(d, from);
#endif
}
template <class D>
HWY_INLINE void store(hn::Vec<D> v, [[maybe_unused]] D d, float* to) {
#if HWY_TARGET == HWY_SCALAR
  *to = hn::GetLane(v);
#else
  hn::StoreU(v, d, to);
#endif
}

// Keeps g++ 12 from moving what is on one side to the other.
HWY_INLINE void in_order() {
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR
  __asm__ volatile("" ::: "memory");
#endif
}

// Keeps a variable in memory. Pointers to rows take all general registers; g++ 12 would put the
// others into vector registers, and get them back behind the products that are waiting there.
template <class T>
HWY_INLINE void keep_in_memory([[maybe_unused]] T& variable) {
#if HWY_TARGET == HWY_AVX3
  __asm__("" : "+m"(variable));
#endif
}

// Row by row, so that the first stores do not wait for the last sums.
template <class D, size_t kR, size_t kV>
HWY_INLINE void finish(const Strip& strip, D d, size_t panel, hn::Vec<D> (&sums)[kR][kV]) {
  constexpr size_t lanes = hn::MaxLanes(d);
  const F32GemmTile& tile = *strip.tile;
  const auto low = hn::Set(d, tile.low), high = hn::Set(d, tile.high);
  const size_t last = strip.columns - (kV - 1) * lanes;
  float* to = strip.out + panel * kColumns;
  if (strip.residual == nullptr && last >= lanes) [[likely]] {
    in_order();
    HWY_UNROLL(16) for (size_t r = 0; r < kR; ++r, to += tile.out_stride) {
      HWY_UNROLL(4) for (size_t v = 0; v < kV; ++v) {
        store(clamped(sums[r][v], low, high), d, to + v * lanes);
      }
      in_order();
    }
    return;
  }
  in_order();
  const auto low2 = hn::Set(d, tile.low2), high2 = hn::Set(d, tile.high2);
  const float* residual = strip.residual ? strip.residual + panel * kColumns : nullptr;
  HWY_UNROLL(16) for (size_t r = 0; r < kR; ++r, to += tile.out_stride) {
    HWY_UNROLL(4) for (size_t v = 0; v < kV; ++v) sums[r][v] = clamped(sums[r][v], low, high);
    if (residual) {
      HWY_UNROLL(4) for (size_t v = 0; v < kV; ++v) {
        const auto sum = hn::Add(sums[r][v], load(d, residual + v * lanes));
        sums[r][v] = clamped(sum, low2, high2);
      }
      residual += tile.residual_stride;
    }
    HWY_UNROLL(4) for (size_t v = 0; v + 1 < kV; ++v) store(sums[r][v], d, to + v * lanes);
    store_first(sums[r][kV - 1], d, last, to + (kV - 1) * lanes);
  }
}

// Products of consecutive depths go to different sums where there are few sums: each must wait
// for the one before it.
constexpr size_t splits(size_t sums) { return sums >= 8 ? 1 : sums >= 4 ? 2 : sums >= 2 ? 4 : 8; }

// Keeps the compiler from loading it again for each product: few rows would wait for loads.
template <class V>
HWY_INLINE void keep_loaded([[maybe_unused]] V& vector) {
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR
  __asm__("" : "+v"(vector.raw));
#endif
}

// Adds what one depth of all rows and columns is worth. x(r): the word of row r, in all lanes.
template <class Product, class D, size_t kR, size_t kV, class Words>
HWY_INLINE void step(D d, const float* weights, const Words& x, hn::Vec<D> (&sums)[kR][kV]) {
  hn::Vec<D> w[kV];
  HWY_UNROLL(4) for (size_t v = 0; v < kV; ++v) {
    w[v] = load(d, weights + v * hn::MaxLanes(d));
    if constexpr (kR > 1) keep_loaded(w[v]);
  }
  HWY_UNROLL(16) for (size_t r = 0; r < kR; ++r) {
    const hn::Vec<D> word = x(r);
    HWY_UNROLL(4) for (size_t v = 0; v < kV; ++v) {
      sums[r][v] = Product::add(sums[r][v], word, w[v]);
    }
  }
}

// Words from memory.
template <class D>
struct Broadcast {
  const float* const* a;
  size_t k;
  HWY_INLINE hn::Vec<D> operator()(size_t r) const { return hn::Set(D(), a[r][k]); }
};

#if HWY_TARGET == HWY_NEON
// Words from vectors of consecutive depths: 64-bit Arm multiplies by a lane. (SSE4 is slower so.)
#define BATON_GEMM_BY_LANE 1
template <class D, int kLane>
struct LaneOf {
  const hn::Vec<D>* x;
  HWY_INLINE hn::Vec<D> operator()(size_t r) const { return hn::Broadcast<kLane>(x[r]); }
};

// Four depths.
template <class Product, class D, size_t kS, size_t kR, size_t kV>
HWY_INLINE void step_by_lane(D d, const float* const (&a)[kR], size_t k, const float* weights,
                             hn::Vec<D> (&sums)[kS][kR][kV]) {
  hn::Vec<D> x[kR];
  HWY_UNROLL(16) for (size_t r = 0; r < kR; ++r) x[r] = load(d, a[r] + k);
  step<Product>(d, weights, LaneOf<D, 0>{x}, sums[0]);
  step<Product>(d, weights + kColumns, LaneOf<D, 1>{x}, sums[1 % kS]);
  step<Product>(d, weights + 2 * kColumns, LaneOf<D, 2>{x}, sums[2 % kS]);
  step<Product>(d, weights + 3 * kColumns, LaneOf<D, 3>{x}, sums[3 % kS]);
}
#else
#define BATON_GEMM_BY_LANE 0
#endif

// By reference: they stay in memory, too.
template <class Product, class D, size_t kR, size_t kV>
HWY_INLINE void compute_panel(const Strip*& strip, size_t& panel) {
  const D d;
  constexpr size_t lanes = hn::MaxLanes(d);
  constexpr size_t kS = splits(kR * kV);
  const F32GemmTile& tile = *strip->tile;
  const float* weights = strip->panel + panel * strip->words;
  hn::Vec<D> sums[kS][kR][kV];
  HWY_UNROLL(16) for (size_t r = 0; r < kR; ++r) {
    HWY_UNROLL(4) for (size_t v = 0; v < kV; ++v) {
      sums[0][r][v] = load(d, weights + v * lanes);
      HWY_UNROLL(8) for (size_t s = 1; s < kS; ++s) sums[s][r][v] = hn::Zero(d);
    }
  }
  weights += kColumns;
  size_t depth = tile.depth;
  const float* const* pointers = tile.a;
  const float* const* end = pointers + tile.taps * kRows;
  keep_in_memory(end);
  keep_in_memory(depth);
  while (pointers != end) {
    const float* a[kR];
    HWY_UNROLL(16) for (size_t r = 0; r < kR; ++r) a[r] = pointers[r];
    keep_in_memory(pointers);
    size_t k = 0;
#if BATON_GEMM_BY_LANE
    for (; k + 4 <= depth; k += 4, weights += 4 * kColumns) {
      step_by_lane<Product>(d, a, k, weights, sums);
    }
#endif
    for (; k + kS <= depth; k += kS) {
      HWY_UNROLL(8) for (size_t s = 0; s < kS; ++s, weights += kColumns) {
        step<Product>(d, weights, Broadcast<D>{a, k + s}, sums[s]);
      }
    }
    if constexpr (kS > 1) {
      for (; k < depth; ++k, weights += kColumns) {
        step<Product>(d, weights, Broadcast<D>{a, k}, sums[0]);
      }
    }
    keep_in_memory(pointers);
    pointers += kRows;
  }
  keep_in_memory(strip);
  keep_in_memory(panel);
  HWY_UNROLL(8) for (size_t s = 1; s < kS; ++s) {
    HWY_UNROLL(16) for (size_t r = 0; r < kR; ++r) {
      HWY_UNROLL(4) for (size_t v = 0; v < kV; ++v) {
        sums[0][r][v] = hn::Add(sums[0][r][v], sums[s][r][v]);
      }
    }
  }
  finish(*strip, d, panel, sums[0]);
}

template <class Product, class D, size_t kR, size_t kV>
void run_strip(const Strip& strip) {
  const Strip* kept = &strip;
  for (size_t panel = 0; panel < kept->panels; ++panel) {
    compute_panel<Product, D, kR, kV>(kept, panel);
  }
}

using StripFunctions = std::array<void (*)(const Strip&), kRows>;  // [rows - 1]

template <class Product, class D, size_t kV, size_t... kR>
constexpr StripFunctions strip_functions(std::index_sequence<kR...>) {
  return {&run_strip<Product, D, kR + 1, kV>...};
}
template <class Product, class D, size_t kV>
constexpr StripFunctions kStrips =
    strip_functions<Product, D, kV>(std::make_index_sequence<kRows>());

// The columns that are next when `left` of a panel are: in as few vectors as will do.
struct Width {
  size_t columns;
  const StripFunctions& functions;
};
template <class Product>
HWY_INLINE Width next_width(size_t left) {
  constexpr size_t narrow = hn::MaxLanes(Narrow());
  if (left > kColumns - narrow) return {kColumns, kStrips<Product, Whole, kVectors>};
  if (left > narrow || narrow == kLanes) return {kLanes, kStrips<Product, Whole, 1>};
  return {narrow, kStrips<Product, Narrow, 1>};
}

// Product::add(sum, x, w) is the sum and the product, or products, of the words x and w.
template <class Product>
HWY_INLINE void run_tile(const F32GemmTile& tile) {
  const size_t words = panel_words(tile.taps, tile.depth);
  Strip strip = {};
  strip.tile = &tile;
  strip.words = words;
  strip.panel = static_cast<const float*>(tile.packed) + tile.first_column / kColumns * words;
  strip.out = tile.out;
  strip.residual = tile.residual;
  const auto advance = [&strip](size_t columns, size_t from_panel) {
    strip.out += columns;
    strip.residual = strip.residual ? strip.residual + columns : nullptr;
    strip.panel += from_panel;
  };
  strip.panels = tile.columns / kColumns;
  if (strip.panels != 0) {
    strip.columns = kColumns;
    kStrips<Product, Whole, kVectors>[tile.rows - 1](strip);
    advance(strip.panels * kColumns, strip.panels * words);
    strip.panels = 1;
  }
  size_t left = tile.columns % kColumns;
  strip.panels = 1;
  while (left != 0) {
    const Width width = next_width<Product>(left);
    strip.columns = std::min(width.columns, left);
    width.functions[tile.rows - 1](strip);
    advance(strip.columns, strip.columns);
    left -= strip.columns;
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#undef BATON_GEMM_BY_LANE
#endif
