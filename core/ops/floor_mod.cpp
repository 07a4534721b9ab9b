#include <cmath>
#include <type_traits>

#include "core/ops/support/division.h"

namespace baton::ops {
namespace {

struct Function {
  template <typename T>
  static constexpr bool kRefusesZero = std::is_integral_v<T>;

  template <typename T>
  static T apply(T a, T b) {
    T remainder;
    if constexpr (std::is_integral_v<T>) {
      // Nothing is left, and INT_MIN % -1 would overflow.
      if (b == -1) return 0;
      remainder = static_cast<T>(a % b);
    } else {
      remainder = std::fmod(a, b);
    }
    const bool other_sign = remainder != 0 && (b < 0) != (remainder < 0);
    return other_sign ? static_cast<T>(remainder + b) : remainder;
  }
};
using Kernel = Division<Function, float, int32_t, int64_t, int16_t, int8_t>;

int32_t min_version(const NodeContext& ctx) { return is_small_integer(ctx.input(0)) ? 2 : 1; }

}  // namespace

extern const Operator floor_mod{
    .code = BATON_OP_FLOOR_MOD,
    .name = "FLOOR_MOD",
    .summary = "What floor(a / b) * b leaves of a, broadcast; it has the divisor's sign.",
    .max_version = 2,
    .inputs = {2, 2},
    .flags = kInPlace | kFoldable,
    .dtypes = dtypes_of<float, int32_t, int64_t, int16_t, int8_t>(),
    .infer = infer_arithmetic,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
    .min_version = min_version,
};

}  // namespace baton::ops
