// Ends of rows: the lanes of a vector that are still inside.
#if defined(BATON_DELEGATES_KERNELS_ELEMENTWISE_LANES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_DELEGATES_KERNELS_ELEMENTWISE_LANES_INL_H_
#undef BATON_DELEGATES_KERNELS_ELEMENTWISE_LANES_INL_H_
#else
#define BATON_DELEGATES_KERNELS_ELEMENTWISE_LANES_INL_H_
#endif

#include <cstddef>
#include <cstring>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Stores the first `count` lanes, fewer than there are, and nothing past them.
template <class D, class V>
HWY_INLINE void store_first(D d, V v, hn::TFromD<D>* to, size_t count) {
#if HWY_TARGET <= HWY_AVX3
  hn::BlendedStore(v, hn::FirstN(d, count), d, to);
#else
  HWY_ALIGN hn::TFromD<D> lanes[hn::MaxLanes(D())];
  hn::Store(v, d, lanes);
  std::memcpy(to, lanes, count * sizeof(lanes[0]));
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // toggle
