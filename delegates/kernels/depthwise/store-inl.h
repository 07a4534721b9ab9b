// Stores of the first elements of a vector, which write nothing else.
#if defined(BATON_DELEGATES_KERNELS_DEPTHWISE_STORE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_DELEGATES_KERNELS_DEPTHWISE_STORE_INL_H_
#undef BATON_DELEGATES_KERNELS_DEPTHWISE_STORE_INL_H_
#else
#define BATON_DELEGATES_KERNELS_DEPTHWISE_STORE_INL_H_
#endif

#include <cstddef>
#include <cstring>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace depthwise {
namespace hn = hwy::HWY_NAMESPACE;

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

// The first `count` lanes, 0 < count <= all.
template <class D>
HWY_INLINE void store_first(D d, hn::Vec<D> v, size_t count, hn::TFromD<D>* to) {
  using T = hn::TFromD<D>;
  constexpr size_t kLanes = hn::MaxLanes(D());
  if (count >= kLanes) {
    hn::StoreU(v, d, to);
    return;
  }
  // Other targets' blended stores write back what lies behind.
  constexpr bool kMasked = HWY_TARGET == HWY_AVX3 || (HWY_TARGET == HWY_AVX2 && sizeof(T) >= 4);
  if constexpr (kMasked) {
    hn::BlendedStore(v, hn::FirstN(d, count), d, to);
  } else {
    HWY_ALIGN T lanes[kLanes];
    hn::Store(v, d, lanes);
    copy_pieces<kLanes * sizeof(T)>(reinterpret_cast<const uint8_t*>(lanes), count * sizeof(T),
                                    reinterpret_cast<uint8_t*>(to));
  }
}

}  // namespace depthwise
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // BATON_DELEGATES_KERNELS_DEPTHWISE_STORE_INL_H_
