// <baton/fixed_point.h>'s functions on 16-bit fixed-point numbers, a vector at a time, bit for bit.
//
// Include <baton/fixed_point.h> before foreach_target.h, and this file after it.
#if defined(BATON_DELEGATES_KERNELS_LSTM_FIXED16_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_DELEGATES_KERNELS_LSTM_FIXED16_INL_H_
#undef BATON_DELEGATES_KERNELS_LSTM_FIXED16_INL_H_
#else
#define BATON_DELEGATES_KERNELS_LSTM_FIXED16_INL_H_
#endif

#include <algorithm>
#include <cstdint>

#include "baton/fixed_point.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// D is a tag of int16_t.

#if HWY_TARGET == HWY_SCALAR

template <class D, class V = hn::Vec<D>>
HWY_INLINE V fixed16_logistic(D d, V x, int32_t integer_bits) {
  return hn::Set(d, static_cast<int16_t>(baton_fixed16_logistic(hn::GetLane(x), integer_bits)));
}
template <class D, class V = hn::Vec<D>>
HWY_INLINE V fixed16_tanh(D d, V x, int32_t integer_bits) {
  return hn::Set(d, static_cast<int16_t>(baton_fixed16_tanh(hn::GetLane(x), integer_bits)));
}

#else

// baton_rounding_shift_right of small numbers.
template <int kShift, class D, class V = hn::Vec<D>>
HWY_INLINE V fixed16_shift_right(D d, V x) {
  const V half = hn::Set(d, int16_t{1 << (kShift - 1)});
  return hn::ShiftRight<kShift>(hn::Add(hn::Add(x, half), hn::BroadcastSignBit(x)));
}

// Times 2 and times 4, saturated.
template <class V>
HWY_INLINE V fixed16_twice(V x) {
  return hn::SaturatedAdd(x, x);
}
template <class V>
HWY_INLINE V fixed16_four_times(V x) {
  return fixed16_twice(fixed16_twice(x));
}

// baton_fixed16_exp_on_negative. Products here are never those of two INT16_MIN.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V fixed16_exp_on_negative(D d, V x, int32_t bits) {
  constexpr int16_t kExp[7] = {25520, 19875, 12055, 4435, 600, 11, 0};
  const auto set = [&](int32_t value) HWY_ATTR { return hn::Set(d, static_cast<int16_t>(value)); };
  const int32_t fraction_bits = 15 - bits;
  const int32_t quarter = 1 << (fraction_bits - 2);
  const V low = hn::Sub(hn::And(x, set(quarter - 1)), set(quarter));
  const V remainder = hn::Sub(low, x);
  const V t = hn::Add(hn::ShiftLeftSame(low, bits), set(1 << 12));
  const V t2 = hn::MulFixedPoint15(t, t);
  const V t3 = hn::MulFixedPoint15(t2, t);
  const V t4 = hn::MulFixedPoint15(t2, t2);
  const V third = hn::MulFixedPoint15(hn::Add(fixed16_shift_right<2>(d, t4), t3), set(10923));
  const V series = hn::Add(t, fixed16_shift_right<1>(d, hn::Add(third, t2)));
  const V eighth = set(28918);
  V result = hn::SaturatedAdd(eighth, hn::MulFixedPoint15(eighth, series));
  for (int32_t e = -2; e <= 4 && e < bits; ++e) {
    const V bit = set(1 << (fraction_bits + e));
    const V factor = hn::Set(d, kExp[e + 2]);
    result =
        hn::IfThenElse(hn::TestBit(remainder, bit), hn::MulFixedPoint15(result, factor), result);
  }
  if (bits > 5) {
    result = hn::IfThenZeroElse(hn::Lt(x, set(-(1 << (20 - bits)))), result);
  }
  return hn::IfThenElse(hn::Eq(x, hn::Zero(d)), set(INT16_MAX), result);
}

// baton_fixed16_two_over_one_plus
template <class D, class V = hn::Vec<D>>
HWY_INLINE V fixed16_two_over_one_plus(D d, V x) {
  const V one = hn::Set(d, int16_t{1 << 13});
  const V half = hn::Add(hn::ShiftRight<1>(x), hn::Set(d, int16_t{1 << 14}));
  V guess =
      hn::Add(hn::Set(d, int16_t{23130}), hn::MulFixedPoint15(half, hn::Set(d, int16_t{-15420})));
  for (int i = 0; i < 3; ++i) {
    const V error = hn::Sub(one, hn::MulFixedPoint15(half, guess));
    guess = hn::Add(guess, fixed16_four_times(hn::MulFixedPoint15(guess, error)));
  }
  return guess;
}

// -|x|, which INT16_MIN has, too.
template <class V>
HWY_INLINE V fixed16_minus_magnitude(V x) {
  return hn::Min(x, hn::Neg(x));
}

// baton_fixed16_logistic, 0 to 12 integer bits
template <class D, class V = hn::Vec<D>>
HWY_INLINE V fixed16_logistic(D d, V x, int32_t integer_bits) {
  const V zero = hn::Zero(d);
  const V e = fixed16_exp_on_negative(d, fixed16_minus_magnitude(x), integer_bits);
  const V positive = fixed16_twice(fixed16_two_over_one_plus(d, e));
  const V result =
      hn::IfThenElse(hn::Gt(x, zero), positive, hn::Sub(hn::Set(d, int16_t{INT16_MAX}), positive));
  return hn::IfThenElse(hn::Eq(x, zero), hn::Set(d, int16_t{1 << 14}), result);
}

// baton_fixed16_tanh, 0 to 11 integer bits
template <class D, class V = hn::Vec<D>>
HWY_INLINE V fixed16_tanh(D d, V x, int32_t integer_bits) {
  const V zero = hn::Zero(d);
  const V e = fixed16_exp_on_negative(d, fixed16_minus_magnitude(x), integer_bits + 1);
  const V one = hn::Set(d, int16_t{1 << 13});
  const V positive = fixed16_four_times(hn::Sub(fixed16_two_over_one_plus(d, e), one));
  const V result = hn::IfThenElse(hn::Gt(x, zero), positive, hn::Neg(positive));
  return hn::IfThenZeroElse(hn::Eq(x, zero), result);
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // toggle
