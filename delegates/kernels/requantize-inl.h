// <baton/fixed_point.h>'s way from sums to quantised outputs, a vector at a time, bit for bit.
//
// Include <baton/fixed_point.h> before foreach_target.h, and this file after it.
#if defined(BATON_DELEGATES_KERNELS_REQUANTIZE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_DELEGATES_KERNELS_REQUANTIZE_INL_H_
#undef BATON_DELEGATES_KERNELS_REQUANTIZE_INL_H_
#else
#define BATON_DELEGATES_KERNELS_REQUANTIZE_INL_H_
#endif

#include <cstdint>

#include "baton/fixed_point.h"
#include "delegates/kernels/below_zero.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// ---- Any arguments. D is a tag of int32_t.

// baton_rounding_doubling_high_mul
template <class D, class V = hn::Vec<D>>
HWY_INLINE V rounding_doubling_high_mul(D d, V a, V b) {
#if HWY_TARGET == HWY_SCALAR
  return hn::Set(d, baton_rounding_doubling_high_mul(hn::GetLane(a), hn::GetLane(b)));
#elif HWY_TARGET == HWY_NEON
  (void)d;
  return V{vqrdmulhq_s32(a.raw, b.raw)};
#else
  const hn::Repartition<int64_t, D> wide;
  const auto half = hn::Set(wide, int64_t{1} << 30);
  const auto odd = [&](V v) HWY_ATTR {
    return hn::BitCast(d,
                       hn::ShiftRight<32>(hn::BitCast(hn::RebindToUnsigned<decltype(wide)>(), v)));
  };
  const auto evens = hn::MulEven(a, b) + half;
  const auto odds = hn::MulEven(odd(a), odd(b)) + half;
  // Bits 31 to 62 of each; those of the odd lanes go to the upper halves.
  const hn::RebindToUnsigned<decltype(wide)> bits;
  const V high = hn::OddEven(hn::BitCast(d, odds + odds),
                             hn::BitCast(d, hn::ShiftRight<31>(hn::BitCast(bits, evens))));
  const V lowest = hn::Set(d, INT32_MIN);
  const auto saturates =
      hn::And(hn::VecFromMask(d, hn::Eq(a, lowest)), hn::VecFromMask(d, hn::Eq(b, lowest)));
  return hn::Xor(high, saturates);  // INT32_MIN becomes INT32_MAX
#endif
}

// baton_rounding_shift_right for shifts of 0 to 31.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V rounding_shift_right(D d, V x, V shift) {
#if HWY_TARGET == HWY_SCALAR
  return hn::Set(d, baton_rounding_shift_right(hn::GetLane(x), hn::GetLane(shift)));
#else
  const V one = hn::Set(d, 1);
  const V mask = (one << shift) - one;
  const V negative = hn::BroadcastSignBit(x);  // -1 or 0
  const V threshold = hn::ShiftRight<1>(mask) - negative;
  const V up = hn::VecFromMask(d, hn::Gt(hn::And(x, mask), threshold));  // -1 or 0
  return (x >> shift) - up;
#endif
}

// A multiplier and shift as multiply_by_quantized_multiplier() wants them.
struct Rescale {
  int32_t multiplier;
  int32_t left;   // 0 to 31
  int32_t right;  // 0 to 31
};
HWY_INLINE Rescale make_rescale(int32_t multiplier, int32_t shift) {
  // Shifts beyond these give 0 whatever the sum.
  if (shift > 31 || shift < -31) return {0, 0, 0};
  return {multiplier, shift > 0 ? shift : 0, shift < 0 ? -shift : 0};
}

// baton_multiply_by_quantized_multiplier
template <class D, class V = hn::Vec<D>>
HWY_INLINE V multiply_by_quantized_multiplier(D d, V x, V multiplier, V left, V right) {
  return rounding_shift_right(d, rounding_doubling_high_mul(d, x << left, multiplier), right);
}

// ---- Sums x below 2^30 in size, multipliers m >= 0, shifts s >= 1 to the right
//
// The result is  (y + half - (x < 0)) >> s  with  y = (x m + 2^30) >> 31,  half = 2^(s - 1):  x < 0
// stands for y < 0, as where only y is 0 both give 0.

#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR
// The sums come with 2^31 added, so that unsigned products will do: the upper half of
// (x + 2^31) 2m + 2^31  is  y + m.
constexpr uint32_t kSmallSumOffset = uint32_t{1} << 31;
#else
constexpr uint32_t kSmallSumOffset = 0;
#endif

struct SmallRescale {
  int32_t factor;
  int32_t addend;
  int32_t shift;
};
// Whether there is one; else zeros.
HWY_INLINE bool make_small_rescale(int32_t multiplier, int32_t shift, SmallRescale* rescale) {
  *rescale = {};
  if (shift < -31) {
    multiplier = 0;
    shift = -1;
  }
  if (multiplier < 0 || shift > -1) return false;
  const uint32_t m = static_cast<uint32_t>(multiplier);
  const uint32_t half = uint32_t{1} << (-shift - 1);
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR
  *rescale = {baton_wrap_int32(2 * m), baton_wrap_int32(half - m - 1), -shift};
#else
  *rescale = {baton_wrap_int32(m), baton_wrap_int32(half), shift};
#endif
  return true;
}

// `factors` points to one for each lane, and a readable one behind.
template <BelowZero kBelow, class D, class V = hn::Vec<D>>
HWY_INLINE V rescale_small(D d, V x, const int32_t* factors, V addend, V shift) {
#if HWY_TARGET == HWY_SCALAR
  (void)addend;
  return hn::Set(
      d, baton_multiply_by_quantized_multiplier(hn::GetLane(x), *factors, hn::GetLane(shift)));
#elif HWY_TARGET == HWY_NEON
  (void)addend;  // the shift rounds
  const V y{vqrdmulhq_s32(x.raw, hn::LoadU(d, factors).raw)};
  return V{vrshlq_s32((y + hn::BroadcastSignBit(y)).raw, shift.raw)};
#else
  const hn::RebindToUnsigned<D> bits;
  const hn::Repartition<uint64_t, D> wide;
  // Where signs do not matter, with what y is greater by for x >= 0: for x < 0 it is 0 at most, and
  // so is the result.
  constexpr uint64_t kNotNegative = kBelow == BelowZero::kNotAbove ? uint64_t{1} << 32 : 0;
  const auto round = hn::Set(wide, (uint64_t{1} << 31) + kNotNegative);
  const auto ux = hn::BitCast(bits, x);
  const auto odd_x = hn::BitCast(bits, hn::ShiftRight<32>(hn::BitCast(wide, ux)));
  const auto* m = reinterpret_cast<const uint32_t*>(factors);
  const auto evens = hn::MulEven(ux, hn::LoadU(bits, m)) + round;
  const auto odds = hn::MulEven(odd_x, hn::LoadU(bits, m + 1)) + round;
  const V y = hn::OddEven(hn::BitCast(d, odds), hn::DupOdd(hn::BitCast(d, evens)));
  if constexpr (kBelow == BelowZero::kExact) {
    addend = addend + hn::BitCast(d, hn::ShiftRight<31>(ux));
  }
  return (y + addend) >> shift;
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // BATON_DELEGATES_KERNELS_REQUANTIZE_INL_H_
