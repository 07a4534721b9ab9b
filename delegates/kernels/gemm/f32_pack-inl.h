// Packing of weights into panels of strips-inl.h. For files on Highway, once per target.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "delegates/kernels/gemm.h"
#include "delegates/kernels/gemm/strips-inl.h"
#include "hwy/highway.h"

#if defined(BATON_DELEGATES_KERNELS_GEMM_F32_PACK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_DELEGATES_KERNELS_GEMM_F32_PACK_INL_H_
#undef BATON_DELEGATES_KERNELS_GEMM_F32_PACK_INL_H_
#else
#define BATON_DELEGATES_KERNELS_GEMM_F32_PACK_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {

// Columns [0, columns) and depths [0, depth) of one tap; `from` is their first weight.
struct PackBlock {
  const float* from;
  int64_t column_stride;
  int64_t depth_stride;
  size_t columns;
  size_t depth;
};

// to[k][n], any strides. The rest of the panel's columns are zeros.
inline void pack_plainly(const PackBlock& block, float* to) {
  for (size_t k = 0; k < block.depth; ++k, to += kColumns) {
    const float* from = block.from + static_cast<int64_t>(k) * block.depth_stride;
    for (size_t n = 0; n < block.columns; ++n, from += block.column_stride) to[n] = *from;
    std::fill(to + block.columns, to + kColumns, 0.0f);
  }
}

#if HWY_TARGET != HWY_SCALAR
// A square of four columns and four depths, which lie one after the other.
HWY_INLINE void transpose_square(const float* from, int64_t column_stride, float* to) {
  const hn::FixedTag<float, 4> d;
  const auto pairs = hn::RepartitionToWide<decltype(d)>();
  const auto c0 = hn::LoadU(d, from), c1 = hn::LoadU(d, from + column_stride);
  const auto c2 = hn::LoadU(d, from + 2 * column_stride);
  const auto c3 = hn::LoadU(d, from + 3 * column_stride);
  const auto low01 = hn::BitCast(pairs, hn::InterleaveLower(d, c0, c1));
  const auto low23 = hn::BitCast(pairs, hn::InterleaveLower(d, c2, c3));
  const auto high01 = hn::BitCast(pairs, hn::InterleaveUpper(d, c0, c1));
  const auto high23 = hn::BitCast(pairs, hn::InterleaveUpper(d, c2, c3));
  hn::Store(hn::BitCast(d, hn::InterleaveLower(pairs, low01, low23)), d, to);
  hn::Store(hn::BitCast(d, hn::InterleaveUpper(pairs, low01, low23)), d, to + kColumns);
  hn::Store(hn::BitCast(d, hn::InterleaveLower(pairs, high01, high23)), d, to + 2 * kColumns);
  hn::Store(hn::BitCast(d, hn::InterleaveUpper(pairs, high01, high23)), d, to + 3 * kColumns);
}
#endif

// Weights of a column lie one after the other, and squares of whole cache lines are read at a time.
inline void pack_deep(const PackBlock& block, float* to) {
  size_t done = 0;
#if HWY_TARGET != HWY_SCALAR
  constexpr size_t kLine = 16;
  for (; block.columns == kColumns && done + kLine <= block.depth; done += kLine) {
    const float* from = block.from + done;
    float* at = to + done * kColumns;
    for (size_t n = 0; n < kColumns; n += 4, from += 4 * block.column_stride, at += 4) {
      for (size_t k = 0; k < kLine; k += 4) {
        transpose_square(from + k, block.column_stride, at + k * kColumns);
      }
    }
  }
#endif
  PackBlock rest = block;
  rest.from += done;
  rest.depth -= done;
  pack_plainly(rest, to + done * kColumns);
}

inline void pack_block(const PackBlock& block, float* to) {
  if (block.depth_stride == 1) {
    pack_deep(block, to);
  } else {
    pack_plainly(block, to);
  }
}

inline void pack_bias(const F32GemmWeights& weights, size_t first_column, float* to) {
  std::fill(to, to + kColumns, 0.0f);
  if (weights.bias == nullptr) return;
  const size_t columns = std::min(kColumns, weights.columns - first_column);
  std::copy_n(weights.bias + first_column, columns, to);
}

// All of one tap in a panel.
inline PackBlock block_of(const F32GemmWeights& weights, size_t first_column, size_t tap) {
  const float* from = weights.data + static_cast<int64_t>(first_column) * weights.column_stride +
                      static_cast<int64_t>(tap) * weights.tap_stride;
  return {from, weights.column_stride, weights.depth_stride,
          std::min(kColumns, weights.columns - first_column), weights.depth};
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif
