// Rows of results, a vector at a time.
#if defined(BATON_DELEGATES_KERNELS_ELEMENTWISE_STORE_ROW_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_DELEGATES_KERNELS_ELEMENTWISE_STORE_ROW_INL_H_
#undef BATON_DELEGATES_KERNELS_ELEMENTWISE_STORE_ROW_INL_H_
#else
#define BATON_DELEGATES_KERNELS_ELEMENTWISE_STORE_ROW_INL_H_
#endif

#include <cstddef>

#include "delegates/kernels/partial-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// out[i], out[i + 1] ... = fn(i) for all vectors of a row; lanes past its end are not stored.
template <class D, class Fn>
HWY_INLINE void store_row(D d, hn::TFromD<D>* out, size_t count, const Fn& fn) {
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  for (; i + lanes <= count; i += lanes) hn::StoreU(fn(i), d, out + i);
  if (i < count) store_first(fn(i), d, count - i, out + i);
}

}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // toggle
