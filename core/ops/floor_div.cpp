#include <cmath>
#include <type_traits>

#include "core/ops/support/division.h"

namespace baton::ops {
namespace {

struct Function {
  template <typename T>
  static constexpr bool kRefusesZero = true;

  template <typename T>
  static T apply(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      if (b == -1) return static_cast<T>(0 - static_cast<std::make_unsigned_t<T>>(a));
      const bool rounded_up = a % b != 0 && (a < 0) != (b < 0);
      return static_cast<T>(a / b - (rounded_up ? 1 : 0));
    } else {
      return static_cast<T>(std::floor(static_cast<double>(a) / static_cast<double>(b)));
    }
  }
};
using Kernel = Division<Function, float, int32_t, int16_t, int8_t>;

int32_t min_version(const NodeContext& ctx) {
  return is_small_integer(ctx.input(0)) ? 3 : ctx.input(0).dtype() == BATON_FLOAT32 ? 2 : 1;
}

}  // namespace

extern const Operator floor_div{
    .code = BATON_OP_FLOOR_DIV,
    .name = "FLOOR_DIV",
    .summary = "floor(a / b), broadcast; the smallest integer by -1 wraps.",
    .max_version = 3,
    .inputs = {2, 2},
    .flags = kInPlace | kFoldable,
    .dtypes = dtypes_of<float, int32_t, int16_t, int8_t>(),
    .infer = infer_arithmetic,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
    .min_version = min_version,
};

}  // namespace baton::ops
