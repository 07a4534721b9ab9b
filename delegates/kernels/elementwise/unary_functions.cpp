// Unary float32 kernels of elementary functions.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/elementwise/unary_functions.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include <cmath>

#include "delegates/kernels/elementwise/math-inl.h"
#include "delegates/kernels/elementwise/unary-inl.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

#define BATON_FUNCTION(Name, expression)                           \
  struct Name : UnaryBase {                                        \
    using UnaryBase::UnaryBase;                                    \
    HWY_INLINE V operator()(D d, V x) const { return expression; } \
  };

BATON_FUNCTION(Exp, exp(d, x))
BATON_FUNCTION(Log, log(d, x))
BATON_FUNCTION(Logistic, logistic(d, x))
BATON_FUNCTION(Tanh, tanh(d, x))
BATON_FUNCTION(Gelu, gelu(d, x))
BATON_FUNCTION(GeluTanh, gelu_tanh(d, x))
BATON_FUNCTION(Elu, hn::IfThenElse(hn::Lt(x, hn::Zero(d)), exp_minus_1_of_negative(d, x), x))
#undef BATON_FUNCTION

// sin(x + quarters * pi / 2). The argument is reduced in double, so that one vector of doubles
// decides how many lanes there are.
template <int quarters>
struct Sine {
  using DD = hn::ScalableTag<double>;
  using D = hn::Rebind<float, DD>;
  using V = hn::Vec<D>;
  explicit Sine(const UnaryArgs&) {}

  V operator()(D d, V x) const {
    const DD dd;
    const hn::RebindToSigned<D> di;
    const auto large = hn::Ge(hn::Abs(x), hn::Set(d, kLargest));
    const V inside = hn::IfThenElseZero(hn::Lt(hn::Abs(x), hn::Set(d, kLargest)), x);
    // inside = n pi / 2 + r. The first part of pi / 2 has 33 bits: its product with n is exact.
    constexpr double kHigh = 1.57079632673412561417e+00, kLow = 6.07710050650619224932e-11;
    const auto wide = hn::PromoteTo(dd, inside);
    const auto n = hn::Round(hn::Mul(wide, hn::Set(dd, 0.63661977236758134308)));
    const auto most = hn::Sub(wide, hn::Mul(n, hn::Set(dd, kHigh)));
    const V r = hn::DemoteTo(d, hn::Sub(most, hn::Mul(n, hn::Set(dd, kLow))));
    const auto quadrant = hn::Add(hn::DemoteTo(di, n), hn::Set(di, quarters));
    const V r2 = hn::Mul(r, r);
    // (sin r - r) / r^3, and (cos r - 1 + r^2 / 2) / r^4 in r^2
    const V s = polynomial(d, r2, -0.166666546f, 0.00833216016f, -0.000195152003f);
    const V c = polynomial(d, r2, 0.0416666457f, -0.00138873154f, 2.44330624e-05f);
    const V sine = hn::MulAdd(hn::Mul(r2, r), s, r);
    const V cosine =
        hn::MulAdd(hn::Mul(r2, r2), c, hn::NegMulAdd(r2, hn::Set(d, 0.5f), hn::Set(d, 1.0f)));
    const auto odd = hn::MaskFromVec(hn::BitCast(d, hn::Neg(hn::And(quadrant, hn::Set(di, 1)))));
    const auto sign = hn::ShiftLeft<30>(hn::And(quadrant, hn::Set(di, 2)));
    const V y = hn::Xor(hn::IfThenElse(odd, cosine, sine), hn::BitCast(d, sign));
    if (HWY_LIKELY(hn::AllFalse(d, large))) {
      return hn::IfThenElse(hn::Eq(x, x), y, x);
    }
    return of_large(d, x);
  }

 private:
  static constexpr float kLargest = 1048576;  // n needs at most 20 bits

  HWY_NOINLINE static V of_large(D d, V x) {
    HWY_ALIGN float lanes[hn::MaxLanes(D())];
    hn::Store(x, d, lanes);
    for (float& lane : lanes) lane = quarters == 0 ? std::sin(lane) : std::cos(lane);
    return hn::Load(d, lanes);
  }
};

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  const auto add = [&](const char* operation, UnaryFunction function) {
    rows->push_back({operation, "f32", isa, "", function});
  };
  add("exp", unary<Exp>);
  add("log", unary<Log>);
  add("logistic", unary<Logistic>);
  add("tanh", unary<Tanh>);
  add("gelu", unary<Gelu>);
  add("gelu_tanh", unary<GeluTanh>);
  add("elu", unary<Elu>);
  add("sin", unary<Sine<0>>);
  add("cos", unary<Sine<1>>);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(unary_functions_rows)
}
#endif
