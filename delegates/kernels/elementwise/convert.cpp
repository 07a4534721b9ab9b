// Conversions between float32 and integers, quantised or not, and from float16.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/elementwise/convert.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include <limits>

#include "delegates/kernels/elementwise.h"
#include "delegates/kernels/elementwise/store_row-inl.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

using F = hn::ScalableTag<float>;
using VF = hn::Vec<F>;
using I = hn::RebindToSigned<F>;
using VI = hn::Vec<I>;

// round(x / scale) + zero, limited to T; NaN gives 0.
template <typename T>
struct Quantize {
  using From = float;
  using To = T;
  explicit Quantize(const ConvertArgs& args)
      : scale(hn::Set(F(), args.scale)),
        zero(hn::Set(I(), args.zero)),
        low(hn::Set(F(), static_cast<float>(std::numeric_limits<T>::min() - args.zero))),
        high(hn::Set(F(), static_cast<float>(std::numeric_limits<T>::max() - args.zero))),
        of_nan(hn::Set(F(), static_cast<float>(-args.zero))) {}

  HWY_INLINE hn::Vec<hn::Rebind<T, F>> operator()(VF x) const {
    const F d;
    VF q = hn::Div(x, scale);
    q = hn::IfThenElse(hn::Eq(q, q), q, of_nan);
    // Half away from zero: the largest number below one half more, cut off.
    q = hn::Trunc(hn::Add(q, hn::CopySign(hn::Set(d, 0x1.fffffep-2f), q)));
    q = hn::Min(hn::Max(q, low), high);
    return hn::DemoteTo(hn::Rebind<T, F>(), hn::Add(hn::ConvertTo(I(), q), zero));
  }
  VF scale;
  VI zero;
  VF low, high, of_nan;
};

// scale * (x - zero): the difference is exact, so that one rounding is left.
template <typename T>
struct Dequantize {
  using From = T;
  using To = float;
  explicit Dequantize(const ConvertArgs& args)
      : scale(hn::Set(F(), args.scale)), zero(hn::Set(I(), args.zero)) {}
  template <class V>
  HWY_INLINE VF operator()(V x) const {
    const VI whole = hn::Sub(hn::PromoteTo(I(), x), zero);
    return hn::Mul(scale, hn::ConvertTo(F(), whole));
  }
  VF scale;
  VI zero;
};

// The bits of float16 numbers.
struct FromHalf {
  using From = uint16_t;
  using To = float;
  explicit FromHalf(const ConvertArgs&) {}
  template <class V>
  HWY_INLINE VF operator()(V x) const {
    const F d;
    const hn::RebindToUnsigned<F> du;
    const auto bits = hn::PromoteTo(du, x);
    const auto magnitude = hn::And(bits, hn::Set(du, 0x7fffu));
    const auto sign = hn::ShiftLeft<16>(hn::Xor(bits, magnitude));
    const auto shifted = hn::BitCast(d, hn::ShiftLeft<13>(magnitude));
    // The exponent's bias moves from 15 to 127; the product does it for subnormals, too.
    const VF finite = hn::Mul(shifted, hn::Set(d, 0x1p112f));
    const auto ends = hn::Or(hn::BitCast(du, shifted), hn::Set(du, 0x7f800000u));
    const auto is_finite = hn::Lt(shifted, hn::BitCast(d, hn::Set(du, 0x7c00u << 13)));
    const VF value = hn::IfThenElse(is_finite, finite, hn::BitCast(d, ends));
    return hn::Or(value, hn::BitCast(d, sign));
  }
};

struct ToInt32 {
  using From = float;
  using To = int32_t;
  explicit ToInt32(const ConvertArgs&) {}
  HWY_INLINE VI operator()(VF x) const {
    const F d;
    const auto inside = hn::Lt(x, hn::Set(d, 2147483648.0f));
    const VF low = hn::Max(hn::IfThenElseZero(inside, x), hn::Set(d, -2147483648.0f));
    const auto above = hn::Ge(x, hn::Set(d, 2147483648.0f));
    return hn::IfThenElse(hn::RebindMask(I(), above), hn::Set(I(), INT32_MAX),
                          hn::ConvertTo(I(), low));
  }
};

struct FromInt32 {
  using From = int32_t;
  using To = float;
  explicit FromInt32(const ConvertArgs&) {}
  HWY_INLINE VF operator()(VI x) const { return hn::ConvertTo(F(), x); }
};

template <class Function>
void convert(const ConvertArgs& args) {
  const hn::Rebind<typename Function::From, F> from;
  const hn::Rebind<typename Function::To, F> to;
  const auto* in = static_cast<const typename Function::From*>(args.in);
  auto* out = static_cast<typename Function::To*>(args.out);
  const Function function(args);
  store_row(to, out, args.count,
            [&](size_t i) HWY_ATTR { return function(hn::LoadU(from, in + i)); });
}

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  const auto add = [&](const char* operation, const char* types, ConvertFunction function) {
    rows->push_back({operation, types, isa, "", function});
  };
  add("quantize", "f32_s8", convert<Quantize<int8_t>>);
  add("quantize", "f32_u8", convert<Quantize<uint8_t>>);
  add("quantize", "f32_s16", convert<Quantize<int16_t>>);
  add("dequantize", "s8_f32", convert<Dequantize<int8_t>>);
  add("dequantize", "u8_f32", convert<Dequantize<uint8_t>>);
  add("dequantize", "s16_f32", convert<Dequantize<int16_t>>);
  add("dequantize", "f16_f32", convert<FromHalf>);
  add("cast", "f32_s32", convert<ToInt32>);
  add("cast", "s32_f32", convert<FromInt32>);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(convert_rows)
}
#endif
