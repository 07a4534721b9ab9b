// Fixed-point factors that are the same for all lanes, each with the bits of
// baton_multiply_by_quantized_multiplier.
//
// Include <baton/fixed_point.h> before foreach_target.h, and this file after it.
#if defined(BATON_DELEGATES_KERNELS_ELEMENTWISE_FACTORS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_DELEGATES_KERNELS_ELEMENTWISE_FACTORS_INL_H_
#undef BATON_DELEGATES_KERNELS_ELEMENTWISE_FACTORS_INL_H_
#else
#define BATON_DELEGATES_KERNELS_ELEMENTWISE_FACTORS_INL_H_
#endif

#include "delegates/kernels/elementwise.h"
#include "delegates/kernels/requantize-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using I = hn::ScalableTag<int32_t>;
using VI = hn::Vec<I>;

// Whatever the factor and the sum.
struct Factor {
  HWY_INLINE Factor(int32_t multiplier_of_all, int32_t shift) {
    const Rescale rescale = make_rescale(multiplier_of_all, shift);
    multiplier = hn::Set(I(), rescale.multiplier);
    left = hn::Set(I(), rescale.left);
    right = hn::Set(I(), rescale.right);
  }
  HWY_INLINE VI operator()(VI x) const {
    return multiply_by_quantized_multiplier(I(), x, multiplier, left, right);
  }
  VI multiplier, left, right;
};

// ---- The factors of an operator's arguments, by number

struct AnyFactor : Factor {
  static constexpr bool kAny = true;
  static bool fits(const QuantizedBinaryArgs&, int) { return true; }
  AnyFactor(const QuantizedBinaryArgs& args, int i) : Factor(args.multiplier[i], args.shift[i]) {}
};

// Sums below 2^30 in size, factors from 0 to 1/2:  (y + half - (x < 0)) >> shift  with
// y = (2x m + 2^31) >> 32,  half = 2^(shift - 1). That x < 0 stands for y < 0: where only y is 0,
// both give 0.
struct SmallFactor {
  static constexpr bool kAny = false;
  static bool fits(const QuantizedBinaryArgs& args, int i) {
    return args.multiplier[i] >= 0 && args.shift[i] <= -1 && args.shift[i] >= -31;
  }
  SmallFactor(const QuantizedBinaryArgs& args, int i)
      : multiplier(hn::Set(I(), args.multiplier[i])),
        half(hn::Set(I(), int32_t{1} << (-args.shift[i] - 1))),
        shift(-args.shift[i]) {}
  HWY_INLINE VI operator()(VI x) const {
    const VI rounding = hn::Add(half, hn::BroadcastSignBit(x));
    return hn::ShiftRightSame(hn::Add(high_mul(x), rounding), shift);
  }

 private:
  HWY_INLINE VI high_mul(VI x) const {
    const I d;
#if HWY_TARGET == HWY_SCALAR || HWY_ARCH_ARM
    return rounding_doubling_high_mul(d, x, multiplier);
#else
    // The doubling comes first, so that a product's upper half is the result.
    const hn::Repartition<int64_t, I> wide;
    const auto round = hn::Set(wide, int64_t{1} << 31);
    const VI twice = hn::Add(x, x);
    const VI odd = hn::BitCast(
        d, hn::ShiftRight<32>(hn::BitCast(hn::RebindToUnsigned<decltype(wide)>(), twice)));
    const auto evens = hn::Add(hn::MulEven(twice, multiplier), round);
    const auto odds = hn::Add(hn::MulEven(odd, multiplier), round);
    return hn::OddEven(hn::BitCast(d, odds), hn::DupOdd(hn::BitCast(d, evens)));
#endif
  }
  VI multiplier, half;
  int shift;
};

// An input times 2^left_shift, then its factor.
struct ShiftedInput {
  static constexpr bool kSmall = false;
  static bool fits(const QuantizedBinaryArgs&, int) { return true; }
  ShiftedInput(const QuantizedBinaryArgs& args, int i) : left(args.left_shift), factor(args, i) {}
  HWY_INLINE VI operator()(VI x) const { return factor(hn::ShiftLeftSame(x, left)); }
  int left;
  AnyFactor factor;
};

// The same of inputs x up to 255 in size, for a left shift of 20 and factors up to 1. With the
// multiplier  m = 2^11 high + low,
//   (2^20 x m + 2^30) >> 31  =  x high + ((x low + 2^10) >> 11),
// the rounding of the right shift, up to 2^30 there, is added before it is cut off.
struct SmallInput {
  static constexpr bool kSmall = true;  // two of them are below 2^29
  static bool fits(const QuantizedBinaryArgs& args, int i) {
    return args.left_shift == 20 && args.multiplier[i] >= 0 && args.shift[i] <= 0 &&
           args.shift[i] >= -20;
  }
  SmallInput(const QuantizedBinaryArgs& args, int i)
      : high(hn::Set(I(), args.multiplier[i] >> 11)),
        low(hn::Set(I(), args.multiplier[i] & 0x7ff)),
        right(-args.shift[i]) {
    const int32_t half = right > 0 ? int32_t{1} << (right - 1) : 0;
    rounding = hn::Set(I(), (1 << 10) + half * (1 << 11));
    // Rounded half away from zero: one less for x < 0.
    sign = hn::Set(I(), right > 0 ? -1 : 0);
  }
  HWY_INLINE VI operator()(VI x) const {
    const VI fraction = hn::ShiftRight<11>(hn::Add(hn::Mul(x, low), rounding));
    const VI product = hn::Add(hn::Mul(x, high), fraction);
    const VI down = hn::And(hn::BroadcastSignBit(x), sign);
    return hn::ShiftRightSame(hn::Add(product, down), right);
  }
  VI high, low, rounding, sign;
  int right;
};

}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // toggle
