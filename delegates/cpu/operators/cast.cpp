// CAST: the same numbers in another element type.
#include <cmath>
#include <limits>
#include <type_traits>

#include "delegates/cpu/elementwise.h"
#include "delegates/cpu/half.h"
#include "delegates/cpu/operator.h"
#include "delegates/kernels/elementwise.h"
#include "delegates/kernels/kernel.h"

namespace baton::cpu {
namespace {

struct Half {
  uint16_t bits;
};
// Whatever byte is not 0 is true.
struct Boolean {
  uint8_t byte;
};

// Towards zero. Where the value does not fit: NaN gives 0, 32- and 64-bit integers saturate,
// smaller ones take the low bits of the int32.
template <typename To>
To integer_from_real(double x) {
  using Wide = std::conditional_t<sizeof(To) < 4, int32_t, To>;
  using Limits = std::numeric_limits<Wide>;
  if (std::isnan(x)) return 0;
  if (x <= static_cast<double>(Limits::min())) return static_cast<To>(Limits::min());
  if (x >= static_cast<double>(Limits::max())) return static_cast<To>(Limits::max());
  return static_cast<To>(static_cast<Wide>(x));
}

template <typename To, typename From>
To convert(From x) {
  if constexpr (std::is_same_v<From, Half>) {
    float value;
    float_from_half(&x.bits, 1, &value);
    return convert<To>(value);
  } else if constexpr (std::is_same_v<From, Boolean>) {
    return convert<To>(static_cast<uint8_t>(x.byte != 0));
  } else if constexpr (std::is_same_v<To, Half>) {
    return Half{half_from_float(static_cast<float>(x))};
  } else if constexpr (std::is_same_v<To, Boolean>) {
    return Boolean{static_cast<uint8_t>(x != 0)};
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    return integer_from_real<To>(static_cast<double>(x));
  } else {
    return static_cast<To>(x);
  }
}

// Calls fn with a value of the type.
template <typename Fn>
auto with_type(baton_dtype dtype, const Fn& fn) {
  switch (dtype) {
    case BATON_FLOAT16:
      return fn(Half{});
    case BATON_BOOL:
      return fn(Boolean{});
    case BATON_INT8:
      return fn(int8_t{});
    case BATON_UINT8:
      return fn(uint8_t{});
    case BATON_INT16:
      return fn(int16_t{});
    case BATON_INT32:
      return fn(int32_t{});
    case BATON_UINT32:
      return fn(uint32_t{});
    case BATON_INT64:
      return fn(int64_t{});
    default:
      return fn(float{});
  }
}

Refusal check(const NodeView& node) {
  const auto require = [](const char* what, const Operand& operand) {
    return require_dtype(what, operand,
                         {BATON_FLOAT32, BATON_FLOAT16, BATON_BOOL, BATON_INT8, BATON_UINT8,
                          BATON_INT16, BATON_INT32, BATON_UINT32, BATON_INT64});
  };
  return first_of({require("input", node.input(0)), require("output", node.output())});
}

// The type pairs of kernels.
struct Form {
  baton_dtype from, to;
  const char* operation;
  const char* types;
};
constexpr Form kForms[] = {
    {BATON_FLOAT32, BATON_INT32, "cast", "f32_s32"},
    {BATON_INT32, BATON_FLOAT32, "cast", "s32_f32"},
    {BATON_FLOAT16, BATON_FLOAT32, "dequantize", "f16_f32"},
    // With scale 1 and zero point 0.
    {BATON_INT8, BATON_FLOAT32, "dequantize", "s8_f32"},
    {BATON_UINT8, BATON_FLOAT32, "dequantize", "u8_f32"},
    {BATON_INT16, BATON_FLOAT32, "dequantize", "s16_f32"},
};

std::unique_ptr<Step> compile_kernel(const NodeView& node, const Form& form,
                                     const Compiler& compiler) {
  constexpr double kNs = 0.2;  // per element
  const auto run =
      kernels::find<kernels::ConvertFunction>(form.operation, form.types, compiler.isa());
  const auto from = static_cast<int64_t>(bytes_of(form.from));
  const auto to = static_cast<int64_t>(bytes_of(form.to));
  return make_flat_step(node, kNs, [=](const Call& call, int64_t begin, int64_t end) {
    run({call.input<std::byte>(0) + begin * from, call.output<std::byte>(0) + begin * to,
         static_cast<size_t>(end - begin), 1.0f, 0});
  });
}

std::unique_ptr<Step> compile(const NodeView& node, const Compiler& compiler) {
  constexpr double kNs = 0.7;  // per element
  const baton_dtype from = node.input(0).dtype(), to = node.output().dtype();
  for (const Form& form : kForms) {
    if (form.from == from && form.to == to) return compile_kernel(node, form, compiler);
  }
  return with_type(from, [&](auto in) {
    using From = decltype(in);
    return with_type(to, [&](auto out) {
      using To = decltype(out);
      return make_flat_step(node, kNs, [](const Call& call, int64_t begin, int64_t end) {
        const From* x = call.input<From>(0);
        To* y = call.output<To>(0);
        for (int64_t i = begin; i < end; ++i) y[i] = convert<To>(x[i]);
      });
    });
  });
}

constexpr Operator kOperators[] = {{BATON_OP_CAST, 5, check, compile}};

}  // namespace

sdk::Span<const Operator> cast_operators() { return kOperators; }

}  // namespace baton::cpu
