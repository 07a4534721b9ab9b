// The epilogue of 8-bit matrix products in vectors, for the x86 targets of Highway with vectors:
// finish_panel() makes outputs of a panel's sums. Include after highway.h.
#if defined(BATON_INT8_GEMM_FINISH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_INT8_GEMM_FINISH_INL_H_
#undef BATON_INT8_GEMM_FINISH_INL_H_
#else
#define BATON_INT8_GEMM_FINISH_INL_H_
#endif

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR

using D32 = hn::ScalableTag<int32_t>;
using V32 = hn::Vec<D32>;
using DU32 = hn::ScalableTag<uint32_t>;
using DU64 = hn::ScalableTag<uint64_t>;
using D16 = hn::ScalableTag<int16_t>;
using D8 = hn::ScalableTag<int8_t>;
using V8 = hn::Vec<D8>;
using DF32 = hn::ScalableTag<float>;
using DF64 = hn::ScalableTag<double>;
constexpr size_t kLanes = HWY_LANES(int32_t);
// Panels have two vectors of columns.
constexpr size_t kWidth = 2 * kLanes;

// Four vectors limited to bytes: those of the first come first.
HWY_INLINE V8 bytes_in_order(V32 a, V32 b, V32 c, V32 d, hn::Vec<D16> zero) {
  const auto ab = hn::SaturatedAdd(hn::ReorderDemote2To(D16(), a, b), zero);
  const auto cd = hn::SaturatedAdd(hn::ReorderDemote2To(D16(), c, d), zero);
  // Packing works within blocks of 128 bits: each has four bytes of a, then b, c and d.
#if HWY_TARGET == HWY_AVX3
  const V8 blocks{_mm512_packs_epi16(ab.raw, cd.raw)};
  alignas(64) constexpr int32_t kOrder[] = {0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15};
#elif HWY_TARGET == HWY_AVX2
  const V8 blocks{_mm256_packs_epi16(ab.raw, cd.raw)};
  alignas(32) constexpr int32_t kOrder[] = {0, 4, 1, 5, 2, 6, 3, 7};
#else
  return V8{_mm_packs_epi16(ab.raw, cd.raw)};
#endif
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX2
  const auto order = hn::SetTableIndices(D32(), kOrder);
  return hn::BitCast(D8(), hn::TableLookupLanes(hn::BitCast(D32(), blocks), order));
#endif
}

// The last step of 8-bit outputs: a zero point, limits, and one form of bytes for both signs.
struct Bytes {
  hn::Vec<D16> zero;
  V8 low, high, flip;

  Bytes(int32_t zero_point, int32_t lowest, int32_t highest, bool is_unsigned) {
    const int32_t centre = is_unsigned ? 128 : 0;
    zero = hn::Set(D16(), static_cast<int16_t>(zero_point - centre));
    low = hn::Set(D8(), static_cast<int8_t>(lowest - centre));
    high = hn::Set(D8(), static_cast<int8_t>(highest - centre));
    flip = hn::Set(D8(), static_cast<int8_t>(is_unsigned ? -128 : 0));
  }
  HWY_INLINE V8 operator()(V32 a, V32 b, V32 c, V32 d) const {
    const V8 bytes = bytes_in_order(a, b, c, d, zero);
    return hn::Xor(hn::Min(hn::Max(bytes, low), high), flip);
  }
};

// FixedScale of a vector of columns. `u` is the scaled value plus 2^31.
struct Scale {
  hn::Vec<DU32> twice_even, twice_odd;
  hn::Vec<DU64> summand_even, summand_odd;
  hn::Vec<DU32> sign_shift;
  V32 shift;

  HWY_INLINE Scale(hn::Vec<DU32> twice, V32 summand, V32 right) {
    const auto half = hn::Set(DU32(), 0x80000000u);
    const auto words = hn::BitCast(DU32(), summand);
    const auto wide = hn::BitCast(DU64(), words);
    twice_even = twice;
    twice_odd = hn::BitCast(DU32(), hn::ShiftRight<32>(hn::BitCast(DU64(), twice)));
    summand_odd = hn::BitCast(DU64(), hn::OddEven(words, half));
    summand_even =
        hn::BitCast(DU64(), hn::OddEven(hn::BitCast(DU32(), hn::ShiftLeft<32>(wide)), half));
    shift = right;
    // A shift by 32 leaves nothing of the sign.
    const auto none = hn::Eq(right, hn::Zero(D32()));
    sign_shift = hn::Sub(hn::Set(DU32(), 31), hn::BitCast(DU32(), hn::VecFromMask(D32(), none)));
  }
  explicit Scale(const FixedScale& of)
      : Scale(hn::Set(DU32(), of.twice), hn::Set(D32(), of.summand), hn::Set(D32(), of.shift)) {}
  Scale(const void* panel, size_t column)
      : Scale(hn::LoadU(DU32(), panel_words<uint32_t>(panel, kWidth, kWord0) + column),
              hn::LoadU(D32(), panel_words(panel, kWidth, kWord1) + column),
              hn::LoadU(D32(), panel_words(panel, kWidth, kWord2) + column)) {}

  HWY_INLINE V32 operator()(hn::Vec<DU32> u) const {
    const auto odd = hn::BitCast(DU32(), hn::ShiftRight<32>(hn::BitCast(DU64(), u)));
    const auto even_product = hn::Add(hn::MulEven(u, twice_even), summand_even);
    const auto odd_product = hn::Add(hn::MulEven(odd, twice_odd), summand_odd);
    const V32 high = odd_words(odd_product, even_product);
    return high_shifted(high, u);
  }

 private:
  static HWY_INLINE V32 odd_words(hn::Vec<DU64> odd, hn::Vec<DU64> even) {
#if HWY_TARGET == HWY_AVX3
    return V32{_mm512_mask_shuffle_epi32(odd.raw, 0x5555, even.raw, _MM_PERM_DDBB)};
#else
    return hn::BitCast(D32(), hn::OddEven(hn::BitCast(DU32(), odd),
                                          hn::BitCast(DU32(), hn::ShiftRight<32>(even))));
#endif
  }
  HWY_INLINE V32 high_shifted(V32 high, hn::Vec<DU32> u) const {
    return hn::Shr(hn::Add(high, hn::BitCast(D32(), hn::Shr(u, sign_shift))), shift);
  }
};

// What follows makes scaled sums of a panel's sums, two vectors to a row: get<vector>(sum, row).

struct FixedColumns {
  Scale scales[2];

  explicit FixedColumns(const PanelSums& sums)
      : scales{Scale(sums.panel, 0), Scale(sums.panel, kLanes)} {}

  template <size_t kVector>
  HWY_INLINE V32 get(V32 sum, size_t) const {
    return scales[kVector](hn::BitCast(DU32(), sum));
  }
};

// kDouble, with the zero point, which is added modulo 2^32.
struct DoubleColumns {
  hn::Vec<DF64> scales[4];
  V32 zero;

  explicit DoubleColumns(const PanelSums& sums) : zero(hn::Set(D32(), sums.tile->out_zero)) {
    const auto* all = panel_words<double>(sums.panel, kWidth, kWord0);
    for (size_t i = 0; i < 4; ++i) scales[i] = hn::LoadU(DF64(), all + i * kLanes / 2);
  }

  template <size_t kVector>
  HWY_INLINE V32 get(V32 sum, size_t) const {
    const hn::Half<D32> half;
    const auto lower = rescaled(hn::LowerHalf(half, sum), scales[2 * kVector]);
    const auto upper = rescaled(hn::UpperHalf(half, sum), scales[2 * kVector + 1]);
    return hn::Add(hn::Combine(D32(), upper, lower), zero);
  }

 private:
  // baton_rescale_in_double(). Halves are rounded away from zero by adding the number before 0.5:
  // 0.5 itself would carry the number before it up to 1.
  static HWY_INLINE hn::Vec<hn::Half<D32>> rescaled(hn::Vec<hn::Half<D32>> sum,
                                                    hn::Vec<DF64> scale) {
    const auto product = hn::Mul(hn::PromoteTo(DF64(), sum), scale);
    const auto nearly_half = hn::Set(DF64(), 0.49999999999999994);
    const auto rounded = hn::Add(product, hn::CopySign(nearly_half, product));
    const auto known = hn::IfThenElseZero(hn::Eq(rounded, rounded), rounded);
    return hn::DemoteTo(hn::Half<D32>(), known);
  }
};

// kFixed and a residual, without the zero point of the sum.
struct AddedColumns {
  FixedColumns columns;
  Scale own, other, both;
  V32 zero, low, high;
  V32 own_start, other_start, half;
  const uint8_t* residual;
  int64_t stride;
  uint8_t flip;
  int left_shift;

  AddedColumns(const PanelSums& sums, const FixedScale* scales)
      : columns(sums), own(scales[0]), other(scales[1]), both(scales[2]) {
    const Int8GemmTile& tile = *sums.tile;
    const Int8Residual& add = *tile.add;
    const int32_t centre = tile.unsigned_output ? 128 : 0;
    zero = hn::Set(D32(), tile.out_zero);
    low = hn::Set(D32(), tile.low);
    high = hn::Set(D32(), tile.high);
    half = hn::Set(D32(), INT32_MIN);
    left_shift = add.left_shift;
    own_start = hn::Sub(half, hn::Set(D32(), add.zero0 * (1 << left_shift)));
    other_start = hn::Sub(half, hn::Set(D32(), (add.zero1 - centre) * (1 << left_shift)));
    residual = static_cast<const uint8_t*>(tile.residual) + sums.column;
    stride = tile.residual_stride;
    flip = static_cast<uint8_t>(centre);
  }

  template <size_t kVector>
  HWY_INLINE V32 get(V32 sum, size_t row) const {
    const V32 out = hn::Add(columns.get<kVector>(sum, row), zero);
    const V32 limited = hn::Min(hn::Max(out, low), high);
    const hn::Rebind<int8_t, D32> bytes;
    const hn::RebindToUnsigned<decltype(bytes)> raw;
    const uint8_t* at = residual + static_cast<int64_t>(row) * stride + kVector * kLanes;
    const auto centred = hn::BitCast(bytes, hn::Xor(hn::LoadU(raw, at), hn::Set(raw, flip)));
    const V32 x = fine(limited, own_start, own);
    const V32 y = fine(hn::PromoteTo(D32(), centred), other_start, other);
    return both(hn::BitCast(DU32(), hn::Add(hn::Add(x, half), y)));
  }

 private:
  HWY_INLINE V32 fine(V32 value, V32 start, const Scale& scale) const {
    const V32 shifted = hn::Add(hn::ShiftLeftSame(value, left_shift), start);
    return scale(hn::BitCast(DU32(), shifted));
  }
};

// The first `columns` of a vector of words.
HWY_INLINE void store_words(V32 words, size_t columns, int32_t* out) {
  if (columns >= kLanes) return hn::StoreU(words, D32(), out);
#if HWY_TARGET == HWY_AVX3
  _mm512_mask_storeu_epi32(out, static_cast<__mmask16>((1u << columns) - 1), words.raw);
#else
  alignas(HWY_MAX_BYTES) int32_t all[kLanes];
  hn::Store(words, D32(), all);
  std::memcpy(out, all, columns * sizeof(int32_t));
#endif
}

// The first `columns` of row kRow of the rows of kRowBytes that lie in a vector.
template <size_t kRowBytes, size_t kRow>
HWY_INLINE void store_row(V8 bytes, size_t columns, uint8_t* out) {
#if HWY_TARGET == HWY_AVX3
  __m256i row = _mm512_castsi512_si256(bytes.raw);
  if constexpr (kRowBytes == 32 && kRow == 1) row = _mm512_extracti64x4_epi64(bytes.raw, 1);
  if constexpr (kRowBytes == 16 && kRow != 0) {
    row = _mm256_castsi128_si256(_mm512_extracti32x4_epi32(bytes.raw, kRow));
  }
  if (columns < kRowBytes) [[unlikely]] {
    _mm256_mask_storeu_epi8(out, static_cast<__mmask32>((uint64_t{1} << columns) - 1), row);
  } else if constexpr (kRowBytes == 32) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), row);
  } else {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm256_castsi256_si128(row));
  }
#else
  alignas(HWY_MAX_BYTES) int8_t all[4 * kLanes];
  hn::Store(bytes, D8(), all);
  if (columns < kRowBytes) [[unlikely]] {
    std::memcpy(out, all + kRow * kRowBytes, columns);
  } else {
    std::memcpy(out, all + kRow * kRowBytes, kRowBytes);
  }
#endif
}

// `rows` rows that lie in one vector.
template <size_t kRowBytes>
HWY_INLINE void store_rows(V8 bytes, size_t rows, size_t columns, uint8_t* out, int64_t stride) {
  store_row<kRowBytes, 0>(bytes, columns, out);
  if (rows > 1) store_row<kRowBytes, 1>(bytes, columns, out + stride);
  if constexpr (4 * kLanes / kRowBytes > 2) {
    if (rows > 2) store_row<kRowBytes, 2>(bytes, columns, out + 2 * stride);
    if (rows > 3) store_row<kRowBytes, 3>(bytes, columns, out + 3 * stride);
  }
}

// All rows of 8-bit outputs.
template <typename Columns>
inline void store_bytes(const PanelSums& sums, const Columns& columns, const Bytes& bytes) {
  const Int8GemmTile& tile = *sums.tile;
  auto* out = static_cast<uint8_t*>(tile.out) + sums.column;
  // Of rows past the last, the last once more.
  const size_t last = tile.rows - 1;
  const size_t step = sums.columns > kLanes ? 2 : 4;
  for (size_t m = 0; m < tile.rows;
       m += step, out += static_cast<int64_t>(step) * tile.out_stride) {
    const auto sum = [&](size_t row, size_t vector) HWY_ATTR {
      return hn::LoadU(D32(), sums.sums + std::min(row, last) * kWidth + vector * kLanes);
    };
    const size_t rows = std::min(step, tile.rows - m);
    const size_t m1 = std::min(m + 1, last);
    if (step == 2) {
      const V8 all =
          bytes(columns.template get<0>(sum(m, 0), m), columns.template get<1>(sum(m, 1), m),
                columns.template get<0>(sum(m1, 0), m1), columns.template get<1>(sum(m1, 1), m1));
      store_rows<2 * kLanes>(all, rows, sums.columns, out, tile.out_stride);
    } else {
      const size_t m2 = std::min(m + 2, last);
      const size_t m3 = std::min(m + 3, last);
      const V8 all =
          bytes(columns.template get<0>(sum(m, 0), m), columns.template get<0>(sum(m1, 0), m1),
                columns.template get<0>(sum(m2, 0), m2), columns.template get<0>(sum(m3, 0), m3));
      store_rows<kLanes>(all, rows, sums.columns, out, tile.out_stride);
    }
  }
}

// Whether finish_fixed_sums() is enough for a panel.
HWY_INLINE bool is_fixed_only(const Int8GemmTile& tile, const void* panel) {
  return tile.requantize == Requantize::kFixed && !tile.add && panel_head(panel).short_form;
}

// kFixed from registers. `to` has no sums.
template <size_t kCount, size_t kVectors>
HWY_INLINE void finish_fixed_sums(V32 (&sums)[kCount][kVectors], const PanelSums& to) {
  const Int8GemmTile& tile = *to.tile;
  // One vector of columns after the other: their constants fill many registers.
  HWY_UNROLL(2) for (size_t v = 0; v < kVectors; ++v) {
    const Scale scale(to.panel, v * kLanes);
    HWY_UNROLL(16) for (size_t m = 0; m < kCount; ++m) {
      sums[m][v] = scale(hn::BitCast(DU32(), sums[m][v]));
    }
  }
  const Bytes bytes(tile.out_zero, tile.low, tile.high, tile.unsigned_output);
  auto* out = static_cast<uint8_t*>(tile.out) + to.column;
  constexpr size_t kStep = 4 / kVectors;
  constexpr auto row = [](size_t m) { return m < kCount ? m : kCount - 1; };
  HWY_UNROLL(16) for (size_t m = 0; m < kCount; m += kStep) {
    const V8 all = kVectors == 2 ? bytes(sums[m][0], sums[m][kVectors - 1], sums[row(m + 1)][0],
                                         sums[row(m + 1)][kVectors - 1])
                                 : bytes(sums[m][0], sums[row(m + 1)][0], sums[row(m + 2)][0],
                                         sums[row(m + 3)][0]);
    store_rows<kVectors * kLanes>(all, kCount - m, to.columns, out, tile.out_stride);
    out += static_cast<int64_t>(kStep) * tile.out_stride;
  }
}

inline void finish_fixed(const PanelSums& sums) {
  const Int8GemmTile& tile = *sums.tile;
  FixedScale scales[3];
  if (!panel_head(sums.panel).short_form || (tile.add && !make_add_scales(*tile.add, scales))) {
    finish_exactly(sums);
  } else if (tile.add) {
    store_bytes(sums, AddedColumns(sums, scales),
                Bytes(tile.add->sum_zero, tile.add->low2, tile.add->high2, tile.unsigned_output));
  } else {
    store_bytes(sums, FixedColumns(sums),
                Bytes(tile.out_zero, tile.low, tile.high, tile.unsigned_output));
  }
}

inline void finish_double(const PanelSums& sums) {
  const Int8GemmTile& tile = *sums.tile;
  store_bytes(sums, DoubleColumns(sums), Bytes(0, tile.low, tile.high, tile.unsigned_output));
}

inline void finish_float(const PanelSums& sums) {
  const Int8GemmTile& tile = *sums.tile;
  const auto low = hn::Set(DF32(), tile.float_low);
  const auto high = hn::Set(DF32(), tile.float_high);
  for (size_t n = 0; n < sums.columns; n += kLanes) {
    const auto scale = hn::LoadU(DF32(), panel_words<float>(sums.panel, kWidth, kWord0) + n);
    const auto bias = hn::LoadU(DF32(), panel_words<float>(sums.panel, kWidth, kWord1) + n);
    const auto weights = hn::LoadU(D32(), panel_words(sums.panel, kWidth, kWord2) + n);
    auto* out = static_cast<int32_t*>(tile.out) + sums.column + n;
    for (size_t m = 0; m < tile.rows; ++m, out += tile.out_stride) {
      V32 sum = hn::LoadU(D32(), sums.sums + m * kWidth + n);
      if (tile.row_zeros) {
        sum = hn::Sub(sum, hn::Mul(weights, hn::Set(D32(), tile.row_zeros[m])));
      }
      const auto factor = hn::Mul(hn::Set(DF32(), tile.row_scales[m]), scale);
      const auto value = hn::Add(hn::Mul(hn::ConvertTo(DF32(), sum), factor), bias);
      // Of two operands, x86 gives the second where one is NaN.
      const auto limited = hn::Min(high, hn::Max(low, value));
      store_words(hn::BitCast(D32(), limited), sums.columns - n, out);
    }
  }
}

inline void finish_sums(const PanelSums& sums) {
  const Int8GemmTile& tile = *sums.tile;
  for (size_t n = 0; n < sums.columns; n += kLanes) {
    auto* out = static_cast<int32_t*>(tile.out) + sums.column + n;
    for (size_t m = 0; m < tile.rows; ++m, out += tile.out_stride) {
      store_words(hn::LoadU(D32(), sums.sums + m * kWidth + n), sums.columns - n, out);
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

HWY_INLINE void finish_panel(const PanelSums& sums) { finish_exactly(sums); }

#endif  // HWY_TARGET != HWY_SCALAR

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // include guard
