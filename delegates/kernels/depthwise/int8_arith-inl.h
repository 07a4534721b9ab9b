// How blocks of channels are multiplied in 8-bit depthwise convolutions. Filter rows are taken
// kRows at a time, a group: their products of one column and channel are summed by one instruction.
//
// Bytes of the input count from 0 to 255: signed ones come with 128 added (`flip` is 0x80 then,
// else 0).
#if defined(BATON_DELEGATES_KERNELS_DEPTHWISE_INT8_ARITH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_DELEGATES_KERNELS_DEPTHWISE_INT8_ARITH_INL_H_
#undef BATON_DELEGATES_KERNELS_DEPTHWISE_INT8_ARITH_INL_H_
#else
#define BATON_DELEGATES_KERNELS_DEPTHWISE_INT8_ARITH_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include "baton/fixed_point.h"
#include "delegates/kernels/depthwise/window.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace depthwise {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR
// One channel.
template <size_t kN>
struct Words {
  static constexpr size_t kChannels = 1, kRows = 1, kSums = 1, kHalves = 1, kWeightVectors = 1;
  static constexpr bool kHasExtraRows = false;
  using D8 = hn::Sisd<uint8_t>;
  using D16 = hn::Sisd<int16_t>;
  using D32 = hn::Sisd<int32_t>;
  using V16 = hn::Vec<D16>;
  using V32 = hn::Vec<D32>;
  using Weight = int16_t;
  using Row = V16;
  using Group = V16;

  uint8_t flip;

  explicit Words(bool signed_input) : flip(signed_input ? 0x80 : 0) {}

  V16 load(const uint8_t* pixel) const {
    return hn::Set(D16(), static_cast<int16_t>(*pixel ^ flip));
  }
  // Each block begins at its own input channel.
  V16 load_picked(const uint8_t* pixel, const uint8_t*, size_t) const { return load(pixel); }
  static V16 load_weights(const Weight* weights, size_t) { return hn::LoadU(D16(), weights); }
  static Group group(const Row (&rows)[kRows]) { return rows[0]; }
  static void add(Group group, const V16 (&weights)[1], V32 (&sums)[1]) {
    const uint32_t product =
        static_cast<uint32_t>(int32_t{hn::GetLane(group)} * hn::GetLane(weights[0]));
    const uint32_t sum = static_cast<uint32_t>(hn::GetLane(sums[0])) + product;
    sums[0] = hn::Set(D32(), baton_wrap_int32(sum));
  }
  static void saturate(const V32 (&sums)[1], V16 (&out)[1]) {
    out[0] = hn::DemoteTo(D16(), sums[0]);
  }
  static hn::Vec<D8> bytes(const V16 (&v)[1]) {
    return hn::BitCast(D8(), hn::DemoteTo(hn::Sisd<int8_t>(), v[0]));
  }
};
#else

// 16 channels' bytes out of those of fewer input channels.
HWY_INLINE hn::Vec<hn::CappedTag<uint8_t, 16>> pick_bytes(const uint8_t* pixel,
                                                          const uint8_t* table) {
  const hn::CappedTag<uint8_t, 16> d;
  return hn::TableLookupBytes(hn::LoadU(d, pixel), hn::LoadU(d, table));
}

// kN channels as 16-bit numbers. Sum s of a group has in its block b of four lanes the channels
// 4 kSums b + 4 s and on, here and in Quads; weights lie in that order.
template <size_t kN>
struct Words {
  static constexpr size_t kChannels = kN;
  static constexpr size_t kRows = HWY_ARCH_X86 ? 2 : 1;
  static constexpr size_t kSums = 2;
  static constexpr size_t kHalves = 1;  // vectors of 16 bits that a block makes
  static constexpr size_t kWeightVectors = kRows;
  static constexpr bool kHasExtraRows = false;
  using D8 = hn::Simd<uint8_t, kN, 0>;
  using D16 = hn::Simd<int16_t, kN, 0>;
  using D32 = hn::Simd<int32_t, kN / 2, 0>;
  using V16 = hn::Vec<D16>;
  using V32 = hn::Vec<D32>;
  using Weight = int16_t;
  using Row = V16;
  struct Group {
    V16 of[kWeightVectors];
  };

  V16 flip;

  HWY_INLINE explicit Words(bool signed_input)
      : flip(hn::Set(D16(), static_cast<int16_t>(signed_input ? 0x80 : 0))) {}

  static HWY_INLINE V16 zeros() { return hn::Zero(D16()); }
  HWY_INLINE V16 load(const uint8_t* pixel) const {
    return hn::Xor(hn::PromoteTo(D16(), hn::LoadU(D8(), pixel)), flip);
  }
  // Each 16 channels are picked by a table of their own, the second 16 from `second` input channels
  // on.
  HWY_INLINE V16 load_picked(const uint8_t* pixel, const uint8_t* table, size_t second) const {
    const auto bytes = pick_bytes(pixel, table);
    if constexpr (kN == 8) {
      return hn::Xor(hn::PromoteTo(D16(), hn::LowerHalf(bytes)), flip);
    } else if constexpr (kN == 16) {
      return hn::Xor(hn::PromoteTo(D16(), bytes), flip);
    } else {
      const auto more = pick_bytes(pixel + second, table + 16);
      return hn::Xor(hn::PromoteTo(D16(), hn::Combine(D8(), more, bytes)), flip);
    }
  }
  static HWY_INLINE V16 load_weights(const Weight* weights, size_t i) {
    return hn::LoadU(D16(), weights + i * kN);
  }

#if HWY_ARCH_X86
  static HWY_INLINE Group group(const Row (&rows)[kRows]) {
    return {{hn::InterleaveLower(D16(), rows[0], rows[1]),
             hn::InterleaveUpper(D16(), rows[0], rows[1])}};
  }
  static HWY_INLINE void add(const Group& group, const V16 (&weights)[kWeightVectors],
                             V32 (&sums)[kSums]) {
    V32 unused = hn::Zero(D32());
    BATON_UNROLL(64)
    for (size_t s = 0; s < kSums; ++s) {
      sums[s] = hn::ReorderWidenMulAccumulate(D32(), group.of[s], weights[s], sums[s], unused);
    }
  }
#else
  static HWY_INLINE Group group(const Row (&rows)[kRows]) { return {{rows[0]}}; }
  static HWY_INLINE void add(const Group& group, const V16 (&weights)[kWeightVectors],
                             V32 (&sums)[kSums]) {
    sums[0] = hn::ReorderWidenMulAccumulate(D32(), group.of[0], weights[0], sums[0], sums[1]);
  }
#endif

  static HWY_INLINE void saturate(const V32 (&sums)[kSums], V16 (&out)[kHalves]) {
    out[0] = hn::ReorderDemote2To(D16(), sums[0], sums[1]);
  }
  // Values of int8_t.
  static HWY_INLINE hn::Vec<D8> bytes(const V16 (&v)[kHalves]) {
    return hn::BitCast(D8(), hn::DemoteTo(hn::Simd<int8_t, kN, 0>(), v[0]));
  }
};
#endif

#if HWY_TARGET == HWY_AVX3
// What VNNI does for kN channels in bytes: four filter rows at a time, weights of int8_t.
//
// In assembler: the compiler has a function for it only within a target that has VNNI, and the
// loops around it are of AVX-512's.
template <class V, class W>
HWY_INLINE V dot_bytes(V sums, W bytes, W weights) {
  __asm__("vpdpbusd %2, %1, %0" : "+v"(sums.raw) : "v"(bytes.raw), "v"(weights.raw));
  return sums;
}
HWY_INLINE __m512i pack_words(__m512i a, __m512i b) { return _mm512_packs_epi16(a, b); }
HWY_INLINE __m256i pack_words(__m256i a, __m256i b) { return _mm256_packs_epi16(a, b); }
HWY_INLINE __m128i pack_words(__m128i a, __m128i b) { return _mm_packs_epi16(a, b); }

template <size_t kN>
struct Quads {
  static constexpr size_t kChannels = kN, kRows = 4, kSums = 4, kHalves = 2, kWeightVectors = 4;
  static constexpr bool kHasExtraRows = true;  // see int8_weights.h
  using D8 = hn::Simd<uint8_t, kN, 0>;
  using D16 = hn::Simd<int16_t, kN / 2, 0>;
  using D32 = hn::Simd<int32_t, kN / 4, 0>;
  using V8 = hn::Vec<D8>;
  using V16 = hn::Vec<D16>;
  using V32 = hn::Vec<D32>;
  using Weight = int8_t;
  using Row = V8;
  struct Group {
    V8 of[kWeightVectors];
  };

  V8 flip;

  HWY_INLINE explicit Quads(bool signed_input)
      : flip(hn::Set(D8(), static_cast<uint8_t>(signed_input ? 0x80 : 0))) {}

  static HWY_INLINE V8 zeros() { return hn::Zero(D8()); }
  HWY_INLINE V8 load(const uint8_t* pixel) const { return hn::Xor(hn::LoadU(D8(), pixel), flip); }
  static HWY_INLINE V8 load_weights(const Weight* weights, size_t i) {
    return hn::LoadU(D8(), reinterpret_cast<const uint8_t*>(weights) + i * kN);
  }

  static HWY_INLINE Group group(const Row (&rows)[kRows]) {
    const D8 d8;
    const hn::Repartition<uint16_t, D8> pairs;
    const auto low01 = hn::BitCast(pairs, hn::InterleaveLower(d8, rows[0], rows[1]));
    const auto high01 = hn::BitCast(pairs, hn::InterleaveUpper(d8, rows[0], rows[1]));
    const auto low23 = hn::BitCast(pairs, hn::InterleaveLower(d8, rows[2], rows[3]));
    const auto high23 = hn::BitCast(pairs, hn::InterleaveUpper(d8, rows[2], rows[3]));
    return {{hn::BitCast(d8, hn::InterleaveLower(pairs, low01, low23)),
             hn::BitCast(d8, hn::InterleaveUpper(pairs, low01, low23)),
             hn::BitCast(d8, hn::InterleaveLower(pairs, high01, high23)),
             hn::BitCast(d8, hn::InterleaveUpper(pairs, high01, high23))}};
  }
  static HWY_INLINE void add(const Group& group, const V8 (&weights)[kWeightVectors],
                             V32 (&sums)[kSums]) {
    BATON_UNROLL(64)
    for (size_t s = 0; s < kSums; ++s) sums[s] = dot_bytes(sums[s], group.of[s], weights[s]);
  }

  static HWY_INLINE void saturate(const V32 (&sums)[kSums], V16 (&out)[kHalves]) {
    out[0] = hn::ReorderDemote2To(D16(), sums[0], sums[1]);
    out[1] = hn::ReorderDemote2To(D16(), sums[2], sums[3]);
  }
  static HWY_INLINE V8 bytes(const V16 (&v)[kHalves]) { return V8{pack_words(v[0].raw, v[1].raw)}; }
};
#endif

}  // namespace depthwise
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // BATON_DELEGATES_KERNELS_DEPTHWISE_INT8_ARITH_INL_H_
