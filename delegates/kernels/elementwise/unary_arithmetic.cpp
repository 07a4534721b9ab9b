// Unary float32 kernels of a few instructions: roundings, clamps, roots.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/elementwise/unary_arithmetic.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "delegates/kernels/elementwise/math-inl.h"
#include "delegates/kernels/elementwise/unary-inl.h"
#include "delegates/kernels/order-inl.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

#define BATON_FUNCTION(Name, expression)                                            \
  struct Name : UnaryBase {                                                         \
    using UnaryBase::UnaryBase;                                                     \
    HWY_INLINE V operator()([[maybe_unused]] D d, V x) const { return expression; } \
  };

// max(x, 0) and limited above, where NaN becomes 0.
template <class D, class V>
HWY_INLINE V clamp_from_zero(D d, V x, float high) {
  return at_most(d, larger(hn::Zero(d), x), high);
}

template <class D, class V>
HWY_INLINE V sign(D d, V x) {
  // 0 and NaN stay.
  const V one = hn::Set(d, 1.0f);
  const V above = hn::IfThenElse(hn::Gt(x, hn::Zero(d)), one, x);
  return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Neg(one), above);
}

BATON_FUNCTION(Abs, hn::Abs(x))
BATON_FUNCTION(Neg, hn::Neg(x))
BATON_FUNCTION(Square, hn::Mul(x, x))
BATON_FUNCTION(Sqrt, hn::Sqrt(x))
BATON_FUNCTION(Rsqrt, hn::Div(hn::Set(d, 1.0f), hn::Sqrt(x)))
BATON_FUNCTION(Floor, hn::Floor(x))
BATON_FUNCTION(Ceil, hn::Ceil(x))
BATON_FUNCTION(Round, hn::Round(x))
BATON_FUNCTION(Sign, sign(d, x))
BATON_FUNCTION(Relu, at_least(d, x, 0.0f))
BATON_FUNCTION(Relu6, clamp_from_zero(d, x, 6.0f))
BATON_FUNCTION(Relu0To1, clamp_from_zero(d, x, 1.0f))
BATON_FUNCTION(ReluN1To1, at_most(d, at_least(d, x, -1.0f), 1.0f))
BATON_FUNCTION(HardSwish, hn::Mul(x, hn::Mul(clamp_from_zero(d, hn::Add(x, hn::Set(d, 3.0f)), 6.0f),
                                             hn::Set(d, 1.0f / 6))))
#undef BATON_FUNCTION

struct LeakyRelu : UnaryBase {
  explicit LeakyRelu(const UnaryArgs& args) : UnaryBase(args), alpha(hn::Set(D(), args.alpha)) {}
  HWY_INLINE V operator()(D d, V x) const {
    return hn::IfThenElse(hn::Gt(x, hn::Zero(d)), x, hn::Mul(x, alpha));
  }
  V alpha;
};

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  const auto add = [&](const char* operation, UnaryFunction function) {
    rows->push_back({operation, "f32", isa, "", function});
  };
  add("abs", unary<Abs>);
  add("neg", unary<Neg>);
  add("square", unary<Square>);
  add("sqrt", unary<Sqrt>);
  add("rsqrt", unary<Rsqrt>);
  add("floor", unary<Floor>);
  add("ceil", unary<Ceil>);
  add("round", unary<Round>);
  add("sign", unary<Sign>);
  add("relu", unary<Relu>);
  add("relu6", unary<Relu6>);
  add("relu_0_to_1", unary<Relu0To1>);
  add("relu_n1_to_1", unary<ReluN1To1>);
  add("hard_swish", unary<HardSwish>);
  add("leaky_relu", unary<LeakyRelu>);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(unary_arithmetic_rows)
}
#endif
