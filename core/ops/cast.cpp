#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "core/ops/support/boolean.h"
#include "core/ops/support/half.h"
#include "core/ops/support/unary.h"

namespace baton::ops {
namespace {

struct Half {
  uint16_t bits;
};

// Calls fn<T>() for every type that CAST knows.
template <typename Fn>
Status for_cast_type(baton_dtype dtype, const Fn& fn) {
  if (dtype == BATON_FLOAT16) {
    fn.template operator()<Half>();
    return {};
  }
  return for_type<float, double, int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t, int64_t,
                  uint64_t, Boolean>(dtype, fn);
}
constexpr uint32_t kCastDtypes = dtypes_of<float, double, int8_t, uint8_t, int16_t, uint16_t,
                                           int32_t, uint32_t, int64_t, uint64_t, Boolean>() |
                                 dtype_bit(BATON_FLOAT16);

// Towards zero. Where the value does not fit: NaN gives 0, 32- and 64-bit integers saturate,
// smaller ones take the low bits of the int32, as conversions between integers do.
template <typename To>
To integer_from_real(double x) {
  using Wide = std::conditional_t<sizeof(To) < 4, int32_t, To>;
  if (std::isnan(x)) return 0;
  if (x <= static_cast<double>(std::numeric_limits<Wide>::min())) {
    return static_cast<To>(std::numeric_limits<Wide>::min());
  }
  if (x >= static_cast<double>(std::numeric_limits<Wide>::max())) {
    return static_cast<To>(std::numeric_limits<Wide>::max());
  }
  return static_cast<To>(static_cast<Wide>(x));
}

template <typename To, typename From>
To convert(From x) {
  if constexpr (std::is_same_v<From, Half>) {
    if constexpr (std::is_same_v<To, Half>) {
      return x;
    } else {
      return convert<To>(float_from_half(x.bits));
    }
  } else if constexpr (std::is_same_v<To, Half>) {
    return Half{half_from_float(static_cast<float>(x))};
  } else if constexpr (std::is_same_v<To, Boolean>) {
    return x != 0;
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    return integer_from_real<To>(static_cast<double>(x));
  } else {
    return static_cast<To>(x);
  }
}

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(check_dtype("input", ctx.input(0).dtype(), kCastDtypes));
  return check_dtype("output", ctx.output(0).dtype(), kCastDtypes);
}

Status run(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  Status status;
  BATON_RETURN_IF_ERROR(for_cast_type(input.dtype(), [&]<typename From>() {
    status = for_cast_type(output.dtype(), [&]<typename To>() {
      map_elements(ctx, input.as<const From>(), output.as<To>(), input.count(),
                   [](From x) { return convert<To>(x); });
    });
  }));
  return status;
}

int32_t min_version(const NodeContext& ctx) {
  int32_t version = 1;
  for (const baton_dtype dtype : {ctx.input(0).dtype(), ctx.output(0).dtype()}) {
    int32_t needed = 1;
    if (dtype == BATON_FLOAT64 || dtype == BATON_FLOAT16) needed = 5;
    if (dtype == BATON_UINT16) needed = 4;
    if (dtype == BATON_INT8) needed = 3;
    if (dtype == BATON_UINT32) needed = 2;
    version = std::max(version, needed);
  }
  return version;
}

}  // namespace

extern const Operator cast{
    .code = BATON_OP_CAST,
    .name = "CAST",
    .summary = "The same numbers in another element type.",
    .max_version = 5,
    .flags = kFoldable,
    .dtypes = kCastDtypes,
    .infer = infer_same_shape,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
