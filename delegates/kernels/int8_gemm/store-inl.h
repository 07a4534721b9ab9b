// From words in vectors to outputs in memory, for the x86 targets of Highway with vectors. Include
// after highway.h.
#if defined(BATON_INT8_GEMM_STORE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_INT8_GEMM_STORE_INL_H_
#undef BATON_INT8_GEMM_STORE_INL_H_
#else
#define BATON_INT8_GEMM_STORE_INL_H_
#endif

#include <cstring>

#include "delegates/kernels/int8_gemm/scale-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR

// Four vectors plus `zero`, limited to bytes: those of the first come first.
HWY_INLINE V8 bytes_in_order(V32 a, V32 b, V32 c, V32 d, hn::Vec<D16> zero) {
  const auto ab = hn::SaturatedAdd(hn::ReorderDemote2To(D16(), a, b), zero);
  const auto cd = hn::SaturatedAdd(hn::ReorderDemote2To(D16(), c, d), zero);
#if HWY_TARGET == HWY_SSE4
  return V8{_mm_packs_epi16(ab.raw, cd.raw)};
#else
  // Packing works within blocks of 128 bits: each has four bytes of a, then b, c and d.
#if HWY_TARGET == HWY_AVX3
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  return V8{_mm512_permutexvar_epi32(order, _mm512_packs_epi16(ab.raw, cd.raw))};
#else
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  return V8{_mm256_permutevar8x32_epi32(_mm256_packs_epi16(ab.raw, cd.raw), order)};
#endif
#endif
}

// The last step of 8-bit outputs: a zero point, limits, and one form of bytes for both signs.
class Bytes {
 public:
  HWY_INLINE Bytes(int32_t zero, int32_t low, int32_t high, bool is_unsigned) {
    const int32_t centre = is_unsigned ? 128 : 0;
    zero_ = hn::Set(D16(), static_cast<int16_t>(zero - centre));
    low_ = hn::Set(D8(), static_cast<int8_t>(low - centre));
    high_ = hn::Set(D8(), static_cast<int8_t>(high - centre));
    flip_ = hn::Set(D8(), static_cast<int8_t>(is_unsigned ? -128 : 0));
    limited_ = low - centre > INT8_MIN || high - centre < INT8_MAX;
  }

  HWY_INLINE V8 operator()(V32 a, V32 b, V32 c, V32 d) const {
    V8 bytes = bytes_in_order(a, b, c, d, zero_);
    if (limited_) bytes = hn::Min(hn::Max(bytes, low_), high_);
    return hn::Xor(bytes, flip_);
  }

 private:
  hn::Vec<D16> zero_;
  V8 low_, high_, flip_;
  bool limited_;  // to less than packing limits them to
};

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

#endif  // HWY_TARGET != HWY_SCALAR

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // include guard
