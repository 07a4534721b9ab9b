// Comparisons of two inputs, to bytes of 0 and 1.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/elementwise/comparison.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include <type_traits>

#include "delegates/kernels/elementwise.h"
#include "delegates/kernels/elementwise/binary-inl.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

#define BATON_PREDICATE(Name, expression)    \
  struct Name {                              \
    template <class V>                       \
    static HWY_INLINE auto apply(V a, V b) { \
      return expression;                     \
    }                                        \
  };
BATON_PREDICATE(Equal, hn::Eq(a, b))
// Of NaN, too, which Highway's own Ne leaves to the target.
BATON_PREDICATE(NotEqual, hn::Not(hn::Eq(a, b)))
BATON_PREDICATE(Less, hn::Lt(a, b))
#undef BATON_PREDICATE
struct LessEqual {
  // Of NaN neither is true, but integers have no instruction of their own.
  template <class V>
  static HWY_INLINE auto apply(V a, V b) {
    if constexpr (std::is_same_v<V, hn::Vec<hn::ScalableTag<float>>>) {
      return hn::Le(a, b);
    } else {
      return hn::Not(hn::Lt(b, a));
    }
  }
};

template <typename T, class Predicate>
struct Comparison {
  using From = hn::ScalableTag<T>;
  using To = hn::Rebind<uint8_t, From>;
  explicit Comparison(const BinaryArgs&) {}
  HWY_INLINE hn::Vec<To> operator()(hn::Vec<From> a, hn::Vec<From> b) const {
    const hn::RebindToSigned<From> whole;
    const auto mask = hn::RebindMask(whole, Predicate::apply(a, b));
    const auto one = hn::IfThenElseZero(mask, hn::Set(whole, 1));
    if constexpr (sizeof(T) == 1) {
      return hn::BitCast(To(), one);
    } else {
      return hn::DemoteTo(To(), one);
    }
  }
};

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  const auto add = [&]<typename T>(const char* types, T) {
    rows->push_back({"equal", types, isa, "", &binary<Comparison<T, Equal>, BinaryArgs>});
    rows->push_back({"not_equal", types, isa, "", &binary<Comparison<T, NotEqual>, BinaryArgs>});
    rows->push_back({"less", types, isa, "", &binary<Comparison<T, Less>, BinaryArgs>});
    rows->push_back({"less_equal", types, isa, "", &binary<Comparison<T, LessEqual>, BinaryArgs>});
  };
  add("f32", float());
  add("s32", int32_t());
  add("u8", uint8_t());
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(comparison_rows)
}
#endif
