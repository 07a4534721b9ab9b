// Arithmetic of two inputs that are no quantised numbers.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/elementwise/binary_arithmetic.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "delegates/kernels/elementwise.h"
#include "delegates/kernels/elementwise/binary-inl.h"
#include "delegates/kernels/order-inl.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

template <typename T>
struct Limits;
template <>
struct Limits<float> {
  static float low(const BinaryArgs& args) { return args.low; }
  static float high(const BinaryArgs& args) { return args.high; }
};
template <>
struct Limits<int32_t> {
  static int32_t low(const BinaryArgs& args) { return args.integer_low; }
  static int32_t high(const BinaryArgs& args) { return args.integer_high; }
};

// Operation::apply(a, b), clamped.
template <typename T, class Operation>
struct Clamped {
  using From = hn::ScalableTag<T>;
  using To = From;
  using V = hn::Vec<From>;
  explicit Clamped(const BinaryArgs& args)
      : low(hn::Set(From(), Limits<T>::low(args))), high(hn::Set(From(), Limits<T>::high(args))) {}
  HWY_INLINE V operator()(V a, V b) const { return clamped(Operation::apply(a, b), low, high); }
  V low, high;
};

template <typename T, class Operation>
struct Plain {
  using From = hn::ScalableTag<T>;
  using To = From;
  using V = hn::Vec<From>;
  explicit Plain(const BinaryArgs&) {}
  HWY_INLINE V operator()(V a, V b) const { return Operation::apply(a, b); }
};

#define BATON_OPERATION(Name, expression) \
  struct Name {                           \
    template <class V>                    \
    static HWY_INLINE V apply(V a, V b) { \
      return expression;                  \
    }                                     \
  };
BATON_OPERATION(Add, hn::Add(a, b))
BATON_OPERATION(Sub, hn::Sub(a, b))
BATON_OPERATION(Mul, hn::Mul(a, b))
BATON_OPERATION(Div, hn::Div(a, b))
BATON_OPERATION(SquaredDifference, hn::Mul(hn::Sub(a, b), hn::Sub(a, b)))
// Of NaN and another, the second.
BATON_OPERATION(Maximum, larger(b, a))
// The first.
BATON_OPERATION(Minimum, smaller(a, b))
#undef BATON_OPERATION

struct Prelu {
  using From = hn::ScalableTag<float>;
  using To = From;
  using V = hn::Vec<From>;
  explicit Prelu(const BinaryArgs&) {}
  HWY_INLINE V operator()(V a, V b) const {
    return hn::IfThenElse(hn::Ge(a, hn::Zero(From())), a, hn::Mul(a, b));
  }
};

template <class Function>
constexpr BinaryFunction kBinary = binary<Function, BinaryArgs>;

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  const auto add = [&](const char* operation, const char* types, BinaryFunction function) {
    rows->push_back({operation, types, isa, "", function});
  };
  add("add", "f32", kBinary<Clamped<float, Add>>);
  add("add", "s32", kBinary<Clamped<int32_t, Add>>);
  add("sub", "f32", kBinary<Clamped<float, Sub>>);
  add("sub", "s32", kBinary<Clamped<int32_t, Sub>>);
  add("mul", "f32", kBinary<Clamped<float, Mul>>);
  add("mul", "s32", kBinary<Clamped<int32_t, Mul>>);
  add("div", "f32", kBinary<Clamped<float, Div>>);
  add("squared_difference", "f32", kBinary<Plain<float, SquaredDifference>>);
  add("squared_difference", "s32", kBinary<Plain<int32_t, SquaredDifference>>);
  add("maximum", "f32", kBinary<Plain<float, Maximum>>);
  add("maximum", "s32", kBinary<Plain<int32_t, Maximum>>);
  add("maximum", "s8", kBinary<Plain<int8_t, Maximum>>);
  add("maximum", "u8", kBinary<Plain<uint8_t, Maximum>>);
  add("minimum", "f32", kBinary<Plain<float, Minimum>>);
  add("minimum", "s32", kBinary<Plain<int32_t, Minimum>>);
  add("minimum", "s8", kBinary<Plain<int8_t, Minimum>>);
  add("minimum", "u8", kBinary<Plain<uint8_t, Minimum>>);
  add("prelu", "f32", kBinary<Prelu>);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(binary_arithmetic_rows)
}
#endif
