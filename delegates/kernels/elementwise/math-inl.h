// Elementary functions of float32 vectors, a few units in the last place from the exact ones.
//
// Arguments are reduced as usual (W. Cody and W. Waite, Software Manual for the Elementary
// Functions, 1980); the polynomials are minimax fits by Remez' algorithm of the functions named at
// them.
#if defined(BATON_DELEGATES_KERNELS_ELEMENTWISE_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_DELEGATES_KERNELS_ELEMENTWISE_MATH_INL_H_
#undef BATON_DELEGATES_KERNELS_ELEMENTWISE_MATH_INL_H_
#else
#define BATON_DELEGATES_KERNELS_ELEMENTWISE_MATH_INL_H_
#endif

#include <cstdint>
#include <limits>

#include "delegates/kernels/order-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// NaN stays.
template <class D, class V>
HWY_INLINE V at_least(D d, V x, float low) {
  return larger(x, hn::Set(d, low));
}
template <class D, class V>
HWY_INLINE V at_most(D d, V x, float high) {
  return smaller(x, hn::Set(d, high));
}

template <class D, class V>
HWY_INLINE V polynomial(D d, V, float c0) {
  return hn::Set(d, c0);
}
// c0 + c1 x + c2 x^2 ...
template <class D, class V, class... More>
HWY_INLINE V polynomial(D d, V x, float c0, More... more) {
  return hn::MulAdd(polynomial(d, x, more...), x, hn::Set(d, c0));
}

// x = n ln 2 + r, |r| <= ln 2 / 2: what e^x is made of.
template <class V, class VI>
struct ExpParts {
  VI n;
  V r_exp_minus_1;  // e^r - 1
};

template <class D>
using ExpPartsOf = ExpParts<hn::Vec<D>, hn::Vec<hn::RebindToSigned<D>>>;

// |x| < 2^21. NaN gives NaN in e^r - 1.
template <class D, class V>
HWY_INLINE ExpPartsOf<D> exp_parts(D d, V x) {
  const hn::RebindToSigned<D> di;
  constexpr float kLog2E = 1.44269504f;
  // The first has few bits, so that its product with n is exact.
  constexpr float kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: sums with it are whole numbers
  const V rounded = hn::MulAdd(x, hn::Set(d, kLog2E), hn::Set(d, kRound));
  const V n = hn::Sub(rounded, hn::Set(d, kRound));
  V r = hn::NegMulAdd(n, hn::Set(d, kLn2High), x);
  r = hn::NegMulAdd(n, hn::Set(d, kLn2Low), r);
  // (e^r - 1 - r) / r^2
  const V q =
      polynomial(d, r, 0.499999981f, 0.166665433f, 0.041667201f, 0.0083665573f, 0.00138825146f);
  const auto whole = hn::Sub(hn::BitCast(di, rounded), hn::Set(di, 0x4b400000));
  return {whole, hn::MulAdd(hn::Mul(r, r), q, r)};
}

// 2^n for -127 <= n <= 128, where the ends give 0 and infinity.
template <class D, class VI>
HWY_INLINE hn::Vec<D> power_of_two(D d, VI n) {
  const hn::RebindToSigned<D> di;
  return hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(n, hn::Set(di, 127))));
}

template <class D, class V>
HWY_INLINE V exp(D d, V x) {
  // Past these ends the result is 0 or infinity.
  const auto parts = exp_parts(d, at_most(d, at_least(d, x, -104.0f), 89.0f));
  // In two steps: subnormal results, and those of nearly 2^128.
  const auto half = hn::ShiftRight<1>(parts.n);
  const V first = power_of_two(d, half), second = power_of_two(d, hn::Sub(parts.n, half));
  return hn::Mul(hn::MulAdd(parts.r_exp_minus_1, first, first), second);
}

// e^x, where subnormal results are 0 and those above 2^127.5 are infinite.
template <class D, class V>
HWY_INLINE V exp_flushed(D d, V x) {
  const auto parts = exp_parts(d, at_most(d, at_least(d, x, -88.0f), 88.7f));
  // A product, as a sum of infinities could be none.
  return hn::Mul(hn::Add(parts.r_exp_minus_1, hn::Set(d, 1.0f)), power_of_two(d, parts.n));
}

// e^x - 1 for x <= 0.
template <class D, class V>
HWY_INLINE V exp_minus_1_of_negative(D d, V x) {
  const auto parts = exp_parts(d, at_least(d, x, -88.0f));
  const V scale = power_of_two(d, parts.n);
  return hn::MulAdd(parts.r_exp_minus_1, scale, hn::Sub(scale, hn::Set(d, 1.0f)));
}

template <class D, class V>
HWY_INLINE V logistic(D d, V x) {
  const V one = hn::Set(d, 1.0f);
  return hn::Div(one, hn::Add(one, exp_flushed(d, hn::Neg(x))));
}

// With e = e^(-2|x|): (1 - e) / (1 + e) where that is small, so that 1 - e has all bits; elsewhere
// 1 - 2e / (1 + e), which hides the errors of e. GELU subtracts the result from 1.
template <class D, class V>
HWY_INLINE V tanh(D d, V x) {
  const V one = hn::Set(d, 1.0f);
  const V magnitude = hn::Abs(x);
  const auto parts = exp_parts(d, at_least(d, hn::Mul(magnitude, hn::Set(d, -2.0f)), -88.0f));
  const V scale = power_of_two(d, parts.n);
  const V e = hn::MulAdd(parts.r_exp_minus_1, scale, scale);
  const V e_minus_1 = hn::MulAdd(parts.r_exp_minus_1, scale, hn::Sub(scale, one));
  const auto large = hn::Gt(magnitude, hn::Set(d, 0.55f));
  const V numerator = hn::IfThenElse(large, hn::Add(e, e), hn::Neg(e_minus_1));
  const V quotient = hn::Div(numerator, hn::Add(one, e));
  return hn::CopySign(hn::IfThenElse(large, hn::Sub(one, quotient), quotient), x);
}

template <class D, class V>
HWY_INLINE V log(D d, V x) {
  const hn::RebindToSigned<D> di;
  // Subnormal numbers are taken times 2^23.
  const auto small = hn::Lt(x, hn::Set(d, std::numeric_limits<float>::min()));
  const V normal = hn::IfThenElse(small, hn::Mul(x, hn::Set(d, 8388608.0f)), x);
  // normal = 2^e (1 + f), 1 + f in [sqrt(1/2), sqrt(2)).
  const auto bits = hn::BitCast(di, normal);
  const auto e = hn::ShiftRight<23>(hn::Sub(bits, hn::Set(di, 0x3f3504f3)));
  const V f = hn::Sub(hn::BitCast(d, hn::Sub(bits, hn::ShiftLeft<23>(e))), hn::Set(d, 1.0f));
  const V exponent = hn::Sub(hn::ConvertTo(d, e), hn::IfThenElseZero(small, hn::Set(d, 23.0f)));
  const V f2 = hn::Mul(f, f);
  // (log(1 + f) - f + f^2 / 2) / f^3
  const V p = polynomial(d, f, 0.333333317f, -0.25000821f, 0.200012269f, -0.166233574f,
                         0.142017578f, -0.131601819f, 0.127615782f, -0.0763449932f);
  V y = hn::Mul(hn::Mul(f2, f), p);
  y = hn::MulAdd(exponent, hn::Set(d, -2.12194440e-4f), y);
  y = hn::NegMulAdd(f2, hn::Set(d, 0.5f), y);
  y = hn::MulAdd(exponent, hn::Set(d, 0.693359375f), hn::Add(f, y));
  const V infinity = hn::Set(d, std::numeric_limits<float>::infinity());
  y = hn::IfThenElse(hn::Lt(x, infinity), y, x);  // infinity and NaN as they are
  y = hn::IfThenElse(hn::Eq(x, hn::Zero(d)), hn::Neg(infinity), y);
  const V nan = hn::Set(d, std::numeric_limits<float>::quiet_NaN());
  return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), nan, y);
}

// erfc(z) for z >= 0: e^(-z^2) times a polynomial in 1 / (1 + 0.4 z).
template <class D, class V>
HWY_INLINE V erfc_of_positive(D d, V z) {
  z = at_most(d, z, 10.2f);  // less than half the smallest subnormal from there on
  // z^2 = high + low: half of z's bits can be squared exactly.
  const hn::RebindToUnsigned<D> du;
  const V coarse = hn::And(z, hn::BitCast(d, hn::Set(du, 0xfffff000u)));
  const V high = hn::Mul(coarse, coarse);
  const V low = hn::Mul(hn::Sub(z, coarse), hn::Add(z, coarse));
  const V power = exp(d, hn::Neg(high));
  const V t = hn::Div(hn::Set(d, 1.0f), hn::MulAdd(z, hn::Set(d, 0.4f), hn::Set(d, 1.0f)));
  // e^(z^2) erfc(z) / t, around the middle of t's range.
  const V p = polynomial(d, hn::Sub(t, hn::Set(d, 0.598425197f)), 0.492545275f, 0.80324827f,
                         0.897434084f, 0.606806741f, 0.111876697f, -0.171854849f, -0.0893033107f,
                         0.0674940943f, 0.0386055511f, -0.0292057833f);
  // e^-low; low < 0.08.
  const V rest = polynomial(d, low, 1.0f, -1.0f, 0.5f, -0.166666667f, 0.0416666667f);
  return hn::Mul(hn::Mul(hn::Mul(t, p), rest), power);
}

// x/2 erfc(-x / sqrt 2)
template <class D, class V>
HWY_INLINE V gelu(D d, V x) {
  const V z = hn::Mul(x, hn::Set(d, 0.707106781f));
  const V tail = erfc_of_positive(d, hn::Abs(z));
  const V erfc = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), tail, hn::Sub(hn::Set(d, 2.0f), tail));
  return hn::Mul(hn::Mul(x, hn::Set(d, 0.5f)), erfc);
}

// x/2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))
template <class D, class V>
HWY_INLINE V gelu_tanh(D d, V x) {
  const V cube = hn::Mul(hn::Mul(hn::Mul(hn::Set(d, 0.044715f), x), x), x);
  const V inner = hn::Mul(hn::Set(d, 0.797884561f), hn::Add(x, cube));
  return hn::Mul(hn::Mul(x, hn::Set(d, 0.5f)), hn::Add(hn::Set(d, 1.0f), tanh(d, inner)));
}

}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // toggle
