// Scaling of sums in vectors, for the x86 targets of Highway with vectors. Include after highway.h.
#if defined(BATON_INT8_GEMM_SCALE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_INT8_GEMM_SCALE_INL_H_
#undef BATON_INT8_GEMM_SCALE_INL_H_
#else
#define BATON_INT8_GEMM_SCALE_INL_H_
#endif

#include "delegates/kernels/below_zero.h"
#include "delegates/kernels/int8_gemm/panel.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
// Files may have this with different instruction sets under the name of one target.
namespace {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR

using D32 = hn::ScalableTag<int32_t>;
using V32 = hn::Vec<D32>;
using DU32 = hn::ScalableTag<uint32_t>;
using VU32 = hn::Vec<DU32>;
using DU64 = hn::ScalableTag<uint64_t>;
using VU64 = hn::Vec<DU64>;
using D16 = hn::ScalableTag<int16_t>;
using D8 = hn::ScalableTag<int8_t>;
using V8 = hn::Vec<D8>;
using DF32 = hn::ScalableTag<float>;
using DF64 = hn::ScalableTag<double>;
constexpr size_t kLanes = HWY_LANES(int32_t);
// Panels have two vectors of columns.
constexpr size_t kWidth = 2 * kLanes;

HWY_INLINE VU32 upper_words(VU64 v) { return hn::BitCast(DU32(), hn::ShiftRight<32>(v)); }

// FixedScale of a vector of columns.
template <BelowZero kBelow = BelowZero::kExact>
class Scale {
 public:
  HWY_INLINE Scale(VU32 twice, V32 summand, V32 right) {
    // A shift by 0 leaves nothing to round.
    const auto none = hn::VecFromMask(D32(), hn::Eq(right, hn::Zero(D32())));
    if constexpr (kBelow == BelowZero::kNotAbove) {
      // As if no sum were negative: of those that are, high <= 0 gives no more than half a step.
      summand = hn::Add(summand, hn::Add(hn::Set(D32(), 1), none));
    } else {
      // A shift by 32 leaves nothing of the sign.
      sign_shift_ = hn::Sub(hn::Set(DU32(), 31), hn::BitCast(DU32(), none));
    }
    const VU32 half = hn::Set(DU32(), 0x80000000u);
    const VU32 words = hn::BitCast(DU32(), summand);
    const VU64 raised = hn::ShiftLeft<32>(hn::BitCast(DU64(), words));
    twice_even_ = twice;
    twice_odd_ = upper_words(hn::BitCast(DU64(), twice));
    // Added to whole products, the summand is in the high word, and 2^31 makes it a rounded one.
    summand_odd_ = hn::BitCast(DU64(), hn::OddEven(words, half));
    summand_even_ = hn::BitCast(DU64(), hn::OddEven(hn::BitCast(DU32(), raised), half));
    shift_ = right;
  }
  explicit Scale(const FixedScale& of)
      : Scale(hn::Set(DU32(), of.twice), hn::Set(D32(), of.summand), hn::Set(D32(), of.shift)) {}
  // Of columns [column, column + kLanes) of a panel.
  Scale(const void* panel, size_t column)
      : Scale(hn::LoadU(DU32(), panel_words<uint32_t>(panel, kWidth, kWord0) + column),
              hn::LoadU(D32(), panel_words(panel, kWidth, kWord1) + column),
              hn::LoadU(D32(), panel_words(panel, kWidth, kWord2) + column)) {}

  // Of values that are greater by 2^31.
  HWY_INLINE V32 operator()(V32 raised) const {
    const VU32 u = hn::BitCast(DU32(), raised);
    const VU32 odd = upper_words(hn::BitCast(DU64(), u));
    const VU64 even_products = hn::Add(hn::MulEven(u, twice_even_), summand_even_);
    const VU64 odd_products = hn::Add(hn::MulEven(odd, twice_odd_), summand_odd_);
    V32 high = high_words(odd_products, even_products);
    if constexpr (kBelow == BelowZero::kExact) {
      high = hn::Add(high, hn::BitCast(D32(), hn::Shr(u, sign_shift_)));
    }
    return hn::Shr(high, shift_);
  }

 private:
  static HWY_INLINE V32 high_words(VU64 odd, VU64 even) {
#if HWY_TARGET == HWY_AVX3
    return V32{_mm512_mask_shuffle_epi32(odd.raw, 0x5555, even.raw, _MM_PERM_DDBB)};
#else
    return hn::BitCast(D32(), hn::OddEven(hn::BitCast(DU32(), odd), upper_words(even)));
#endif
  }

  VU32 twice_even_, twice_odd_;
  VU64 summand_even_, summand_odd_;
  VU32 sign_shift_;  // kExact only
  V32 shift_;
};

// baton_rescale_in_double().
class DoubleScale {
 public:
  // Of columns [column, column + kLanes) of a panel.
  HWY_INLINE DoubleScale(const void* panel, size_t column) {
    const auto* scales = panel_words<double>(panel, kWidth, kWord0) + column;
    lower_ = hn::LoadU(DF64(), scales);
    upper_ = hn::LoadU(DF64(), scales + kLanes / 2);
  }

  HWY_INLINE V32 operator()(V32 sums) const {
    const hn::Half<D32> half;
    return hn::Combine(D32(), rescaled(hn::UpperHalf(half, sums), upper_),
                       rescaled(hn::LowerHalf(half, sums), lower_));
  }

 private:
  using VHalf = hn::Vec<hn::Half<D32>>;
  using VF64 = hn::Vec<DF64>;

  // Halves are rounded away from zero by adding the number before 0.5: 0.5 itself would carry the
  // number before it up to 1.
  static HWY_INLINE VHalf rescaled(VHalf sums, VF64 scale) {
    const VF64 product = hn::Mul(hn::PromoteTo(DF64(), sums), scale);
    const VF64 nearly_half = hn::Set(DF64(), 0.49999999999999994);
    const VF64 rounded = hn::Add(product, hn::CopySign(nearly_half, product));
    const VF64 known = hn::IfThenElseZero(hn::Eq(rounded, rounded), rounded);
    return hn::DemoteTo(hn::Half<D32>(), known);
  }

  VF64 lower_, upper_;
};

#endif  // HWY_TARGET != HWY_SCALAR

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // include guard
