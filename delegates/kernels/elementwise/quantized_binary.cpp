// Quantised 8-bit arithmetic of two inputs, with the bits of <baton/fixed_point.h>.
#include "baton/fixed_point.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/elementwise/quantized_binary.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "delegates/kernels/elementwise.h"
#include "delegates/kernels/elementwise/binary-inl.h"
#include "delegates/kernels/requantize-inl.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

using I = hn::ScalableTag<int32_t>;
using V = hn::Vec<I>;

// baton_multiply_by_quantized_multiplier with the same factor for all lanes.
struct Factor {
  Factor(const QuantizedBinaryArgs& args, int i) {
    const Rescale rescale = make_rescale(args.multiplier[i], args.shift[i]);
    multiplier = hn::Set(I(), rescale.multiplier);
    left = hn::Set(I(), rescale.left);
    right = hn::Set(I(), rescale.right);
  }
  HWY_INLINE V operator()(V x) const {
    return multiply_by_quantized_multiplier(I(), x, multiplier, left, right);
  }
  V multiplier, left, right;
};

// What comes before the last factor: combine(a', b').
struct Sum {
  explicit Sum(const QuantizedBinaryArgs& args)
      : left_shift(hn::Set(I(), args.left_shift)), first(args, 0), second(args, 1) {}
  HWY_INLINE V operator()(V a, V b) const {
    return hn::Add(first(a << left_shift), second(b << left_shift));
  }
  V left_shift;
  Factor first, second;
};

struct Difference {
  explicit Difference(const QuantizedBinaryArgs& args)
      : left_shift(hn::Set(I(), args.left_shift)), first(args, 0), second(args, 1) {}
  HWY_INLINE V operator()(V a, V b) const {
    return hn::Sub(first(a << left_shift), second(b << left_shift));
  }
  V left_shift;
  Factor first, second;
};

struct SquaredDifference : Difference {
  using Difference::Difference;
  HWY_INLINE V operator()(V a, V b) const {
    const V difference = Difference::operator()(a, b);
    return hn::Mul(difference, difference);
  }
};

struct Product {
  explicit Product(const QuantizedBinaryArgs&) {}
  HWY_INLINE V operator()(V a, V b) const { return hn::Mul(a, b); }
};

// Combine, then the last factor.
template <class Combine>
struct Scaled {
  explicit Scaled(const QuantizedBinaryArgs& args) : combine(args), last(args, 2) {}
  HWY_INLINE V operator()(V a, V b) const { return last(combine(a, b)); }
  Combine combine;
  Factor last;
};

struct Prelu {
  explicit Prelu(const QuantizedBinaryArgs& args) : positive(args, 0), negative(args, 1) {}
  HWY_INLINE V operator()(V a, V b) const {
    const auto below = hn::Lt(a, hn::Zero(I()));
    return hn::IfThenElse(below, negative(hn::Mul(a, b)), positive(a));
  }
  Factor positive, negative;
};

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
    const V y =
        function(hn::Sub(hn::PromoteTo(I(), a), zero_a), hn::Sub(hn::PromoteTo(I(), b), zero_b));
    // The clamp comes first, so that the sum with the zero point cannot overflow.
    const V inside = hn::Min(hn::Max(y, low), high);
    return hn::DemoteTo(To(), hn::Add(inside, zero));
  }
  Function function;
  V zero_a, zero_b, zero, low, high;
};

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  const auto add = [&]<typename T>(const char* types, T) {
    const auto row = [&](const char* operation, QuantizedBinaryFunction function) {
      rows->push_back({operation, types, isa, "", function});
    };
    row("add", &binary<Quantized<T, Scaled<Sum>>, QuantizedBinaryArgs>);
    row("sub", &binary<Quantized<T, Scaled<Difference>>, QuantizedBinaryArgs>);
    row("squared_difference",
        &binary<Quantized<T, Scaled<SquaredDifference>>, QuantizedBinaryArgs>);
    row("mul", &binary<Quantized<T, Scaled<Product>>, QuantizedBinaryArgs>);
    row("prelu", &binary<Quantized<T, Prelu>, QuantizedBinaryArgs>);
  };
  add("s8", int8_t());
  add("u8", uint8_t());
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
