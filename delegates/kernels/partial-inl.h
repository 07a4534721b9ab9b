// Stores of fewer lanes than a vector has, for every target. Include after hwy/highway.h.
#if defined(BATON_DELEGATES_KERNELS_PARTIAL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_DELEGATES_KERNELS_PARTIAL_INL_H_
#undef BATON_DELEGATES_KERNELS_PARTIAL_INL_H_
#else
#define BATON_DELEGATES_KERNELS_PARTIAL_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {

// Bytes that come from a vector's memory: a call of memcpy would take longer than all pieces.
template <size_t kPiece>
HWY_INLINE void copy_pieces(const uint8_t* from, size_t bytes, uint8_t* to) {
  if ((bytes & kPiece) != 0) {
    std::memcpy(to, from, kPiece);
    from += kPiece;
    to += kPiece;
  }
  if constexpr (kPiece > 1) copy_pieces<kPiece / 2>(from, bytes, to);
}

// Writes the first min(n, lanes) lanes and touches nothing behind them.
template <class D>
HWY_INLINE void store_first(hwy::HWY_NAMESPACE::VFromD<D> v, D d, size_t n,
                            hwy::HWY_NAMESPACE::TFromD<D>* out) {
  namespace hn = hwy::HWY_NAMESPACE;
  using T = hn::TFromD<D>;
  constexpr size_t kLanes = hn::MaxLanes(D());
  if (HWY_LIKELY(n >= kLanes)) {
    hn::StoreU(v, d, out);
    return;
  }
  // Other targets' blended stores write back what lies behind.
  constexpr bool kMasked = HWY_TARGET == HWY_AVX3 || (HWY_TARGET == HWY_AVX2 && sizeof(T) >= 4);
  if constexpr (kMasked) {
    hn::BlendedStore(v, hn::FirstN(d, n), d, out);
  } else {
    HWY_ALIGN T all[kLanes];
    hn::Store(v, d, all);
    copy_pieces<kLanes * sizeof(T)>(reinterpret_cast<const uint8_t*>(all), n * sizeof(T),
                                    reinterpret_cast<uint8_t*>(out));
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // BATON_DELEGATES_KERNELS_PARTIAL_INL_H_
