// Reductions of vectors and of rows. Include <baton/fixed_point.h> before foreach_target.h, and
// this file after it.
#if defined(BATON_DELEGATES_KERNELS_REDUCE_REDUCE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_DELEGATES_KERNELS_REDUCE_REDUCE_INL_H_
#undef BATON_DELEGATES_KERNELS_REDUCE_REDUCE_INL_H_
#else
#define BATON_DELEGATES_KERNELS_REDUCE_REDUCE_INL_H_
#endif

#include <limits>
#include <type_traits>

#include "baton/fixed_point.h"
#include "delegates/kernels/order-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {

// ---- What is done to elements of type In, with results of type Out

template <typename In, typename Out>
struct Sum {
  using Element = In;
  using Result = Out;
  using D = hwy::HWY_NAMESPACE::ScalableTag<Out>;
  using V = hwy::HWY_NAMESPACE::Vec<D>;
  static constexpr Out kStart = 0;
  static constexpr bool kOrdered = std::is_floating_point_v<Out>;  // the order is of matter
  static HWY_INLINE V load(const In* in) {
    namespace hn = hwy::HWY_NAMESPACE;
    const D d;
    if constexpr (std::is_same_v<In, Out>) {
      return hn::LoadU(d, in);
    } else {
      return hn::PromoteTo(d, hn::LoadU(hn::Rebind<In, D>(), in));
    }
  }
  static HWY_INLINE V combine(V a, V x) { return hwy::HWY_NAMESPACE::Add(a, x); }
  static HWY_INLINE Out combine(Out a, Out x) {
    if constexpr (std::is_integral_v<Out>) {
      return baton_wrapping_add(a, x);
    } else {
      return a + x;
    }
  }
  static HWY_INLINE V of_all_lanes(V v) { return hwy::HWY_NAMESPACE::SumOfLanes(D(), v); }
};

template <typename T>
struct Largest {
  using Element = T;
  using Result = T;
  using D = hwy::HWY_NAMESPACE::ScalableTag<T>;
  using V = hwy::HWY_NAMESPACE::Vec<D>;
  static constexpr T kStart = std::numeric_limits<T>::lowest();
  static constexpr bool kOrdered = false;
  static HWY_INLINE V load(const T* in) { return hwy::HWY_NAMESPACE::LoadU(D(), in); }
  static HWY_INLINE V combine(V a, V x) { return larger(a, x); }
  static HWY_INLINE T combine(T a, T x) { return x > a ? x : a; }
  static HWY_INLINE V of_all_lanes(V v) { return hwy::HWY_NAMESPACE::MaxOfLanes(D(), v); }
};

template <typename T>
struct Smallest {
  using Element = T;
  using Result = T;
  using D = hwy::HWY_NAMESPACE::ScalableTag<T>;
  using V = hwy::HWY_NAMESPACE::Vec<D>;
  static constexpr T kStart = std::numeric_limits<T>::max();
  static constexpr bool kOrdered = false;
  static HWY_INLINE V load(const T* in) { return hwy::HWY_NAMESPACE::LoadU(D(), in); }
  static HWY_INLINE V combine(V a, V x) { return smaller(a, x); }
  static HWY_INLINE T combine(T a, T x) { return x < a ? x : a; }
  static HWY_INLINE V of_all_lanes(V v) { return hwy::HWY_NAMESPACE::MinOfLanes(D(), v); }
};

// ----

// All lanes in one.
template <class Op>
HWY_INLINE typename Op::Result of_lanes(typename Op::V v) {
  namespace hn = hwy::HWY_NAMESPACE;
  // Of integers, whose sums may wrap, GCC adds the lanes of AVX-512 in signed scalars.
  if constexpr (std::is_floating_point_v<typename Op::Result>) {
    return hn::GetLane(Op::of_all_lanes(v));
  } else {
    constexpr size_t kLanes = hn::MaxLanes(typename Op::D());
    HWY_ALIGN typename Op::Result all[kLanes];
    hn::Store(v, typename Op::D(), all);
    // Halves, so that the compiler finds vectors in it.
    for (size_t n = kLanes / 2; n > 0; n /= 2) {
      for (size_t i = 0; i < n; ++i) all[i] = Op::combine(all[i], all[i + n]);
    }
    return all[0];
  }
}

// Of `count` neighbouring elements, in no particular order.
template <class Op>
HWY_INLINE typename Op::Result reduce_row(const typename Op::Element* in, size_t count) {
  namespace hn = hwy::HWY_NAMESPACE;
  const typename Op::D d;
  const size_t lanes = hn::Lanes(d);
  const auto start = hn::Set(d, Op::kStart);
  auto a = start, b = start, c = start, e = start;
  size_t i = 0;
  for (; i + 4 * lanes <= count; i += 4 * lanes) {
    a = Op::combine(a, Op::load(in + i));
    b = Op::combine(b, Op::load(in + i + lanes));
    c = Op::combine(c, Op::load(in + i + 2 * lanes));
    e = Op::combine(e, Op::load(in + i + 3 * lanes));
  }
  for (; i + lanes <= count; i += lanes) a = Op::combine(a, Op::load(in + i));
  if (i < count) {
    b = Op::combine(b, hn::IfThenElse(hn::FirstN(d, count - i), Op::load(in + i), start));
  }
  return of_lanes<Op>(Op::combine(Op::combine(a, b), Op::combine(c, e)));
}

}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // BATON_DELEGATES_KERNELS_REDUCE_REDUCE_INL_H_
