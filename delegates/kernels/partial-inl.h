// Stores of fewer lanes than a vector has, for every target. Include after hwy/highway.h.
#if defined(BATON_DELEGATES_KERNELS_PARTIAL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_DELEGATES_KERNELS_PARTIAL_INL_H_
#undef BATON_DELEGATES_KERNELS_PARTIAL_INL_H_
#else
#define BATON_DELEGATES_KERNELS_PARTIAL_INL_H_
#endif

#include <cstddef>
#include <cstring>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {

// Writes the first min(n, lanes) lanes and touches nothing behind them.
template <class D>
HWY_INLINE void store_first(hwy::HWY_NAMESPACE::VFromD<D> v, D d, size_t n,
                            hwy::HWY_NAMESPACE::TFromD<D>* out) {
  namespace hn = hwy::HWY_NAMESPACE;
  const size_t lanes = hn::Lanes(d);
  if (HWY_LIKELY(n >= lanes)) {
    hn::StoreU(v, d, out);
    return;
  }
#if HWY_TARGET <= HWY_AVX3
  hn::BlendedStore(v, hn::FirstN(d, n), d, out);
#else
  HWY_ALIGN hn::TFromD<D> all[hn::MaxLanes(d)];
  hn::Store(v, d, all);
  std::memcpy(out, all, n * sizeof(all[0]));
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // BATON_DELEGATES_KERNELS_PARTIAL_INL_H_
