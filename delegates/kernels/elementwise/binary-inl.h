// The loops of kernels with two broadcast inputs.
#if defined(BATON_DELEGATES_KERNELS_ELEMENTWISE_BINARY_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_DELEGATES_KERNELS_ELEMENTWISE_BINARY_INL_H_
#undef BATON_DELEGATES_KERNELS_ELEMENTWISE_BINARY_INL_H_
#else
#define BATON_DELEGATES_KERNELS_ELEMENTWISE_BINARY_INL_H_
#endif

#include "delegates/kernels/elementwise.h"
#include "delegates/kernels/elementwise/store_row-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// A vector's elements one after the other, or one element in all lanes.
template <class D>
struct Elements {
  HWY_INLINE explicit Elements(const hn::TFromD<D>* data) : from(data) {}
  HWY_INLINE hn::Vec<D> operator()(size_t i) const { return hn::LoadU(D(), from + i); }
  const hn::TFromD<D>* from;
};
template <class D>
struct Repeated {
  HWY_INLINE explicit Repeated(const hn::TFromD<D>* data) : value(hn::Set(D(), *data)) {}
  HWY_INLINE hn::Vec<D> operator()(size_t) const { return value; }
  hn::Vec<D> value;
};

// Function has tags From and To of as many lanes, and To's vector operator()(a, b) of From's.
template <class Function, class A, class B>
HWY_INLINE void binary_row(const Function& function, A a, B b,
                           hn::TFromD<typename Function::To>* out, size_t count) {
  store_row(
      typename Function::To(), out, count, [&](size_t i) HWY_ATTR __attribute__((always_inline)) {
        return function(a(i), b(i));
      });
}

template <class Function, template <class> class A, template <class> class B>
void binary_rows(const Function& function, const BroadcastRows& rows) {
  using From = typename Function::From;
  const auto* a = static_cast<const hn::TFromD<From>*>(rows.a);
  const auto* b = static_cast<const hn::TFromD<From>*>(rows.b);
  auto* out = static_cast<hn::TFromD<typename Function::To>*>(rows.out);
  for (size_t row = 0; row < rows.rows; ++row) {
    binary_row(function, A<From>(a), B<From>(b), out, rows.columns);
    a += rows.a_row;
    b += rows.b_row;
    out += rows.columns;
  }
}

// Args is BroadcastRows and what Function's constructor takes.
template <class Function, class Args>
void binary(const Args& args) {
  const Function function(args);
  if (args.a_column != 0 && args.b_column != 0) {
    binary_rows<Function, Elements, Elements>(function, args);
  } else if (args.a_column != 0) {
    binary_rows<Function, Elements, Repeated>(function, args);
  } else if (args.b_column != 0) {
    binary_rows<Function, Repeated, Elements>(function, args);
  } else {
    binary_rows<Function, Repeated, Repeated>(function, args);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // toggle
