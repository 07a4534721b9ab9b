// Elements of one tensor or another, as a third one says.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/elementwise/selection.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "delegates/kernels/elementwise.h"
#include "delegates/kernels/elementwise/binary-inl.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

// The condition's bytes are promoted step by step to the elements' size.
template <class D>
HWY_INLINE auto mask_of(D d, hn::Vec<hn::Rebind<uint8_t, D>> condition) {
  using T = hn::TFromD<D>;
  if constexpr (sizeof(T) == 1) {
    return hn::Ne(condition, hn::Zero(d));
  } else if constexpr (sizeof(T) == 8) {
    const hn::Rebind<uint32_t, D> narrow;
    return hn::Ne(hn::PromoteTo(d, hn::PromoteTo(narrow, condition)), hn::Zero(d));
  } else {
    return hn::Ne(hn::PromoteTo(d, condition), hn::Zero(d));
  }
}

template <typename T, template <class> class C, template <class> class A, template <class> class B>
void select_rows(const SelectArgs& args) {
  using D = hn::ScalableTag<T>;
  const D d;
  for (size_t row = 0; row < args.rows; ++row) {
    const auto index = static_cast<int64_t>(row);
    const C<hn::Rebind<uint8_t, D>> condition(args.condition + index * args.condition_row);
    const A<D> a(static_cast<const T*>(args.a) + index * args.a_row);
    const B<D> b(static_cast<const T*>(args.b) + index * args.b_row);
    T* out = static_cast<T*>(args.out) + row * args.columns;
    store_row(d, out, args.columns, [&](size_t i) HWY_ATTR {
      return hn::IfThenElse(mask_of(d, condition(i)), a(i), b(i));
    });
  }
}

template <typename T, template <class> class C>
void select_alternatives(const SelectArgs& args) {
  if (args.a_column != 0 && args.b_column != 0) {
    select_rows<T, C, Elements, Elements>(args);
  } else if (args.a_column != 0) {
    select_rows<T, C, Elements, Repeated>(args);
  } else if (args.b_column != 0) {
    select_rows<T, C, Repeated, Elements>(args);
  } else {
    select_rows<T, C, Repeated, Repeated>(args);
  }
}

template <typename T>
void select(const SelectArgs& args) {
  if (args.condition_column != 0) {
    select_alternatives<T, Elements>(args);
  } else {
    select_alternatives<T, Repeated>(args);
  }
}

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  rows->push_back({"select", "8", isa, "", &select<uint8_t>});
  rows->push_back({"select", "16", isa, "", &select<uint16_t>});
  rows->push_back({"select", "32", isa, "", &select<uint32_t>});
  rows->push_back({"select", "64", isa, "", &select<uint64_t>});
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(selection_rows)
}
#endif
