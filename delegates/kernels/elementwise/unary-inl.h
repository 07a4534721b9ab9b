// The loop of kernels with one float32 input. Function has a tag `D` and V operator()(D, V).
#if defined(BATON_DELEGATES_KERNELS_ELEMENTWISE_UNARY_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_DELEGATES_KERNELS_ELEMENTWISE_UNARY_INL_H_
#undef BATON_DELEGATES_KERNELS_ELEMENTWISE_UNARY_INL_H_
#else
#define BATON_DELEGATES_KERNELS_ELEMENTWISE_UNARY_INL_H_
#endif

#include "delegates/kernels/elementwise.h"
#include "delegates/kernels/elementwise/store_row-inl.h"
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
  const Function function(args);
  store_row(d, args.out, args.count,
            [&](size_t i) HWY_ATTR { return function(d, hn::LoadU(d, args.in + i)); });
}

}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // toggle
