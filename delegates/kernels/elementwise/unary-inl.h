// The loop of kernels with one float32 input. Function has a tag `D` and V operator()(D, V).
#if defined(BATON_DELEGATES_KERNELS_ELEMENTWISE_UNARY_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_DELEGATES_KERNELS_ELEMENTWISE_UNARY_INL_H_
#undef BATON_DELEGATES_KERNELS_ELEMENTWISE_UNARY_INL_H_
#else
#define BATON_DELEGATES_KERNELS_ELEMENTWISE_UNARY_INL_H_
#endif

#include "delegates/kernels/elementwise.h"
#include "delegates/kernels/elementwise/lanes-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Most functions are made of this.
struct UnaryBase {
  using D = hn::ScalableTag<float>;
  using V = hn::Vec<D>;
  explicit UnaryBase(const UnaryArgs&) {}
};

template <class Function>
void unary(const UnaryArgs& args) {
  const typename Function::D d;
  const size_t lanes = hn::Lanes(d);
  const Function function(args);
  size_t i = 0;
  for (; i + lanes <= args.count; i += lanes) {
    hn::StoreU(function(d, hn::LoadU(d, args.in + i)), d, args.out + i);
  }
  if (i < args.count) {
    store_first(d, function(d, hn::LoadU(d, args.in + i)), args.out + i, args.count - i);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // toggle
