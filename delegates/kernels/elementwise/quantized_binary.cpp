// Quantised 8-bit arithmetic of two inputs, with the bits of <baton/fixed_point.h>.
#include "baton/fixed_point.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/elementwise/quantized_binary.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "delegates/kernels/elementwise.h"
#include "delegates/kernels/elementwise/binary-inl.h"
#include "delegates/kernels/elementwise/factors-inl.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

// ---- What comes before the last factor: combine(a', b'). Each says with what factors it works,
// and whether all of its results are below 2^30.

template <class Input>
struct Sum {
  static bool fits(const QuantizedBinaryArgs& args) {
    return Input::fits(args, 0) && Input::fits(args, 1);
  }
  static constexpr bool kSmall = Input::kSmall;
  explicit Sum(const QuantizedBinaryArgs& args) : first(args, 0), second(args, 1) {}
  HWY_INLINE VI operator()(VI a, VI b) const { return hn::Add(first(a), second(b)); }
  Input first, second;
};

template <class Input>
struct Difference : Sum<Input> {
  using Sum<Input>::Sum;
  HWY_INLINE VI operator()(VI a, VI b) const { return hn::Sub(this->first(a), this->second(b)); }
};

template <class Input>
struct SquaredDifference : Difference<Input> {
  static constexpr bool kSmall = false;
  using Difference<Input>::Difference;
  HWY_INLINE VI operator()(VI a, VI b) const {
    const VI difference = Difference<Input>::operator()(a, b);
    return hn::Mul(difference, difference);
  }
};

struct Product {
  static bool fits(const QuantizedBinaryArgs&) { return true; }
  static constexpr bool kSmall = true;  // at most 255^2
  explicit Product(const QuantizedBinaryArgs&) {}
  HWY_INLINE VI operator()(VI a, VI b) const { return hn::Mul(a, b); }
};

// Combine, then the last factor.
template <class Combine, class Last>
struct Scaled {
  static bool fits(const QuantizedBinaryArgs& args) {
    return Combine::fits(args) && (Last::kAny || Combine::kSmall) && Last::fits(args, 2);
  }
  explicit Scaled(const QuantizedBinaryArgs& args) : combine(args), last(args, 2) {}
  HWY_INLINE VI operator()(VI a, VI b) const { return last(combine(a, b)); }
  Combine combine;
  Last last;
};

template <class Factor>
struct Prelu {
  static bool fits(const QuantizedBinaryArgs& args) {
    return Factor::fits(args, 0) && Factor::fits(args, 1);
  }
  explicit Prelu(const QuantizedBinaryArgs& args) : positive(args, 0), negative(args, 1) {}
  HWY_INLINE VI operator()(VI a, VI b) const {
    const auto below = hn::Lt(a, hn::Zero(I()));
    return hn::IfThenElse(below, negative(hn::Mul(a, b)), positive(a));
  }
  Factor positive, negative;
};

// ---- From and to bytes

template <typename T, class Function>
struct Quantized {
  using From = hn::Rebind<T, I>;
  using To = From;
  explicit Quantized(const QuantizedBinaryArgs& args)
      : function(args),
        zero_a(hn::Set(I(), args.zero[0])),
        zero_b(hn::Set(I(), args.zero[1])),
        zero(hn::Set(I(), args.zero[2])),
        low(hn::Set(I(), args.low - args.zero[2])),
        high(hn::Set(I(), args.high - args.zero[2])) {}
  HWY_INLINE hn::Vec<To> operator()(hn::Vec<From> a, hn::Vec<From> b) const {
    const VI y =
        function(hn::Sub(hn::PromoteTo(I(), a), zero_a), hn::Sub(hn::PromoteTo(I(), b), zero_b));
    // The clamp comes first, so that the sum with the zero point cannot overflow.
    const VI inside = hn::Min(hn::Max(y, low), high);
    return hn::DemoteTo(To(), hn::Add(inside, zero));
  }
  Function function;
  VI zero_a, zero_b, zero, low, high;
};

// The fast form where its factors are such as models have.
template <typename T, class Fast, class Any>
void run(const QuantizedBinaryArgs& args) {
  if (Fast::fits(args)) {
    binary<Quantized<T, Fast>>(args);
  } else {
    binary<Quantized<T, Any>>(args);
  }
}

template <typename T, template <class> class Combine>
constexpr QuantizedBinaryFunction kSums =
    run<T, Scaled<Combine<SmallInput>, SmallFactor>, Scaled<Combine<ShiftedInput>, AnyFactor>>;

template <typename T>
void add_rows(const char* types, Isa isa, std::vector<Kernel>* rows) {
  const auto row = [&](const char* operation, QuantizedBinaryFunction function) {
    rows->push_back({operation, types, isa, "", function});
  };
  row("add", kSums<T, Sum>);
  row("sub", kSums<T, Difference>);
  row("squared_difference",
      &binary<Quantized<T, Scaled<SquaredDifference<ShiftedInput>, AnyFactor>>,
              QuantizedBinaryArgs>);
  row("mul", &run<T, Scaled<Product, SmallFactor>, Scaled<Product, AnyFactor>>);
  row("prelu", &run<T, Prelu<SmallFactor>, Prelu<AnyFactor>>);
}

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  add_rows<int8_t>("s8", isa, rows);
  add_rows<uint8_t>("u8", isa, rows);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(quantized_binary_rows)
}
#endif
