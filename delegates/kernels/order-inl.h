// Largest, smallest and clamped values with the treatment of NaN that C++'s std::max(a, b) has:
// comparisons with NaN are false. Include after hwy/highway.h.
#if defined(BATON_DELEGATES_KERNELS_ORDER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_DELEGATES_KERNELS_ORDER_INL_H_
#undef BATON_DELEGATES_KERNELS_ORDER_INL_H_
#else
#define BATON_DELEGATES_KERNELS_ORDER_INL_H_
#endif

#include <type_traits>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {

template <class V>
inline constexpr bool kIsReal =
    std::is_floating_point_v<hwy::HWY_NAMESPACE::TFromD<hwy::HWY_NAMESPACE::DFromV<V>>>;

// x > a ? x : a: a NaN in `x` is left out, one in `a` stays.
template <class V>
HWY_INLINE V larger(V a, V x) {
  namespace hn = hwy::HWY_NAMESPACE;
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR
  return hn::Max(x, a);  // MAXPS gives its second operand unless the first is larger
#else
  if constexpr (kIsReal<V>) return hn::IfThenElse(hn::Gt(x, a), x, a);
  return hn::Max(x, a);
#endif
}

// x < a ? x : a.
template <class V>
HWY_INLINE V smaller(V a, V x) {
  namespace hn = hwy::HWY_NAMESPACE;
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR
  return hn::Min(x, a);
#else
  if constexpr (kIsReal<V>) return hn::IfThenElse(hn::Lt(x, a), x, a);
  return hn::Min(x, a);
#endif
}

// std::min(std::max(v, low), high): NaN stays NaN.
template <class V>
HWY_INLINE V clamped(V v, V low, V high) {
  return smaller(larger(v, low), high);
}

}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // BATON_DELEGATES_KERNELS_ORDER_INL_H_
