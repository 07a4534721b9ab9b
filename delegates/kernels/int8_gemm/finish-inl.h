// The epilogue of 8-bit matrix products, for the x86 targets of Highway: finish_panel() makes
// outputs of a panel's sums in memory, finish_fixed_sums() the most frequent ones of sums that are
// still in registers. Include after highway.h.
#if defined(BATON_INT8_GEMM_FINISH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_INT8_GEMM_FINISH_INL_H_
#undef BATON_INT8_GEMM_FINISH_INL_H_
#else
#define BATON_INT8_GEMM_FINISH_INL_H_
#endif

#include <algorithm>

#include "delegates/kernels/int8_gemm/exact.h"
#include "delegates/kernels/int8_gemm/scale-inl.h"
#include "delegates/kernels/int8_gemm/store-inl.h"
#include "delegates/kernels/order-inl.h"
#include "delegates/kernels/partial-inl.h"
#include "delegates/kernels/unroll.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

// What becomes of sums in registers: they are stored for finish_panel(), or finished there.
enum class After : uint8_t { kStore, kFixed };

#if HWY_TARGET != HWY_SCALAR

// finish_fixed_sums() is for panels that have the short form, without a residual.
HWY_INLINE After after_products(const Int8GemmTile& tile, const void* panel) {
  const bool fixed = tile.requantize == Requantize::kFixed && panel_head(panel).short_form;
  return fixed && !tile.add ? After::kFixed : After::kStore;
}

template <BelowZero kBelow, size_t kCount, size_t kVectors>
HWY_INLINE void scale_registers(const void* panel, V32 (&sums)[kCount][kVectors]) {
  // One vector of columns after the other: their constants fill many registers.
  BATON_UNROLL(2) for (size_t v = 0; v < kVectors; ++v) {
    const Scale<kBelow> scale(panel, v * kLanes);
    BATON_UNROLL(16) for (size_t m = 0; m < kCount; ++m) sums[m][v] = scale(sums[m][v]);
  }
}

// kFixed without a residual. `to` has no sums.
template <size_t kCount, size_t kVectors>
HWY_INLINE void finish_fixed_sums(V32 (&sums)[kCount][kVectors], const PanelSums& to) {
  const Int8GemmTile& tile = *to.tile;
  if (below_zero(tile.low, tile.out_zero) == BelowZero::kNotAbove) {
    scale_registers<BelowZero::kNotAbove>(to.panel, sums);
  } else {
    scale_registers<BelowZero::kExact>(to.panel, sums);
  }
  const Bytes bytes(tile.out_zero, tile.low, tile.high, tile.unsigned_output);
  auto* out = static_cast<uint8_t*>(tile.out) + to.column;
  constexpr size_t kStep = 4 / kVectors;
  constexpr auto kRow = [](size_t m) { return m < kCount ? m : kCount - 1; };
  BATON_UNROLL(16) for (size_t m = 0; m < kCount; m += kStep) {
    const size_t m1 = kRow(m + 1);
    const V8 all =
        kVectors == 2
            ? bytes(sums[m][0], sums[m][kVectors - 1], sums[m1][0], sums[m1][kVectors - 1])
            : bytes(sums[m][0], sums[m1][0], sums[kRow(m + 2)][0], sums[kRow(m + 3)][0]);
    store_rows<kVectors * kLanes>(all, kCount - m, to.columns, out, tile.out_stride);
    out += static_cast<int64_t>(kStep) * tile.out_stride;
  }
}

// Replaces a panel's sums by scaled ones, limited to [low, high] after `zero` was added.
template <typename ColumnScale>
HWY_INLINE void scale_sums(const PanelSums& sums, int32_t zero, int32_t low, int32_t high) {
  const V32 offset = hn::Set(D32(), zero);
  const V32 lowest = hn::Set(D32(), low), highest = hn::Set(D32(), high);
  for (size_t n = 0; n < sums.columns; n += kLanes) {
    const ColumnScale scale(sums.panel, n);
    for (size_t m = 0; m < sums.tile->rows; ++m) {
      int32_t* at = sums.sums + m * kWidth + n;
      const V32 scaled = hn::Add(scale(hn::LoadU(D32(), at)), offset);
      hn::StoreU(hn::Min(hn::Max(scaled, lowest), highest), D32(), at);
    }
  }
}

// Stores a panel's words as bytes.
HWY_INLINE void store_bytes(const PanelSums& sums, const Bytes& bytes) {
  const Int8GemmTile& tile = *sums.tile;
  auto* out = static_cast<uint8_t*>(tile.out) + sums.column;
  const bool whole = sums.columns > kLanes;
  const size_t step = whole ? 2 : 4;
  const auto vector = [&](size_t m, size_t column) HWY_ATTR {
    // Of rows past the last, the last once more.
    return hn::LoadU(D32(), sums.sums + std::min(m, tile.rows - 1) * kWidth + column);
  };
  for (size_t m = 0; m < tile.rows; m += step) {
    const size_t rows = tile.rows - m;
    if (whole) {
      const V8 all =
          bytes(vector(m, 0), vector(m, kLanes), vector(m + 1, 0), vector(m + 1, kLanes));
      store_rows<2 * kLanes>(all, rows, sums.columns, out, tile.out_stride);
    } else {
      const V8 all = bytes(vector(m, 0), vector(m + 1, 0), vector(m + 2, 0), vector(m + 3, 0));
      store_rows<kLanes>(all, rows, sums.columns, out, tile.out_stride);
    }
    out += static_cast<int64_t>(step) * tile.out_stride;
  }
}

// One operand of a residual addition: its difference to its zero point, shifted left and scaled.
// A power of two is one shift, as one of the two always is.
class Addend {
 public:
  HWY_INLINE Addend(int32_t zero, int32_t left_shift, const FixedScale& scale)
      : scale_(scale), power_(scale.twice == 1u << 31 && scale.shift < left_shift) {
    left_shift_ = power_ ? left_shift - 1 - scale.shift : left_shift;
    const uint32_t start =
        (power_ ? 0 : 0x80000000u) - (static_cast<uint32_t>(zero) << left_shift_);
    start_ = hn::BitCast(D32(), hn::Set(DU32(), start));
  }
  HWY_INLINE V32 operator()(V32 value) const {
    const V32 shifted = hn::Add(hn::ShiftLeftSame(value, left_shift_), start_);
    return power_ ? shifted : scale_(shifted);
  }

 private:
  Scale<> scale_;
  bool power_;
  int left_shift_;
  V32 start_;
};

// Adds a residual to a panel's words; what is missing then is the sum's zero point.
HWY_INLINE void add_residual(const PanelSums& sums, const FixedScale scales[3]) {
  const Int8GemmTile& tile = *sums.tile;
  const Int8Residual& add = *tile.add;
  const int32_t centre = tile.unsigned_output ? 128 : 0;
  const Addend own(add.zero0, add.left_shift, scales[0]);
  const Addend other(add.zero1 - centre, add.left_shift, scales[1]);
  const Scale<> both(scales[2]);
  const hn::Rebind<int8_t, D32> bytes;
  const auto flip = hn::Set(bytes, static_cast<int8_t>(centre));
  const V32 raise = hn::Set(D32(), INT32_MIN);
  for (size_t m = 0; m < tile.rows; ++m) {
    const auto* residual = static_cast<const int8_t*>(tile.residual) +
                           static_cast<int64_t>(m) * tile.residual_stride + sums.column;
    for (size_t n = 0; n < sums.columns; n += kLanes) {
      int32_t* at = sums.sums + m * kWidth + n;
      const auto centred = hn::Xor(hn::LoadU(bytes, residual + n), flip);
      const V32 x = own(hn::LoadU(D32(), at));
      const V32 y = other(hn::PromoteTo(D32(), centred));
      hn::StoreU(both(hn::Add(hn::Add(x, raise), y)), D32(), at);
    }
  }
}

inline void finish_fixed(const PanelSums& sums) {
  const Int8GemmTile& tile = *sums.tile;
  FixedScale scales[3];
  if (!panel_head(sums.panel).short_form || (tile.add && !make_add_scales(*tile.add, scales))) {
    return finish_exactly(sums);
  }
  if (below_zero(tile.low, tile.out_zero) == BelowZero::kNotAbove) {
    scale_sums<Scale<BelowZero::kNotAbove>>(sums, tile.out_zero, tile.low, tile.high);
  } else {
    scale_sums<Scale<>>(sums, tile.out_zero, tile.low, tile.high);
  }
  if (!tile.add) return store_bytes(sums, Bytes(0, tile.low, tile.high, tile.unsigned_output));
  add_residual(sums, scales);
  const Int8Residual& add = *tile.add;
  store_bytes(sums, Bytes(add.sum_zero, add.low2, add.high2, tile.unsigned_output));
}

inline void finish_double(const PanelSums& sums) {
  const Int8GemmTile& tile = *sums.tile;
  scale_sums<DoubleScale>(sums, tile.out_zero, tile.low, tile.high);
  store_bytes(sums, Bytes(0, tile.low, tile.high, tile.unsigned_output));
}

inline void finish_float(const PanelSums& sums) {
  const Int8GemmTile& tile = *sums.tile;
  const auto low = hn::Set(DF32(), tile.float_low);
  const auto high = hn::Set(DF32(), tile.float_high);
  for (size_t n = 0; n < sums.columns; n += kLanes) {
    const auto scale = hn::LoadU(DF32(), panel_words<float>(sums.panel, kWidth, kWord0) + n);
    const auto bias = hn::LoadU(DF32(), panel_words<float>(sums.panel, kWidth, kWord1) + n);
    const V32 weights = hn::LoadU(D32(), panel_words(sums.panel, kWidth, kWord2) + n);
    auto* out = static_cast<float*>(tile.out) + sums.column + n;
    for (size_t m = 0; m < tile.rows; ++m, out += tile.out_stride) {
      V32 sum = hn::LoadU(D32(), sums.sums + m * kWidth + n);
      if (tile.row_zeros) {
        sum = hn::Sub(sum, hn::Mul(weights, hn::Set(D32(), tile.row_zeros[m])));
      }
      const auto factor = hn::Mul(hn::Set(DF32(), tile.row_scales[m]), scale);
      const auto value = hn::Add(hn::Mul(hn::ConvertTo(DF32(), sum), factor), bias);
      store_first(clamped(value, low, high), DF32(), sums.columns - n, out);
    }
  }
}

inline void finish_sums(const PanelSums& sums) {
  const Int8GemmTile& tile = *sums.tile;
  for (size_t n = 0; n < sums.columns; n += kLanes) {
    auto* out = static_cast<int32_t*>(tile.out) + sums.column + n;
    for (size_t m = 0; m < tile.rows; ++m, out += tile.out_stride) {
      const V32 words = hn::LoadU(D32(), sums.sums + m * kWidth + n);
      store_first(words, D32(), sums.columns - n, out);
    }
  }
}

inline void finish_panel(const PanelSums& sums) {
  constexpr void (*kFinish[])(const PanelSums&) = {finish_fixed, finish_double, finish_float,
                                                   finish_sums};
  kFinish[static_cast<size_t>(sums.tile->requantize)](sums);
}

#else

constexpr size_t kLanes = 1;
constexpr size_t kWidth = 4;

HWY_INLINE After after_products(const Int8GemmTile&, const void*) { return After::kStore; }

HWY_INLINE void finish_panel(const PanelSums& sums) { finish_exactly(sums); }

#endif  // HWY_TARGET != HWY_SCALAR

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // include guard
