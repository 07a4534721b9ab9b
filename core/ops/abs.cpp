#include <cmath>
#include <type_traits>

#include "core/ops/support/unary.h"

namespace baton::ops {
namespace {

struct Function {
  template <typename T>
  static T apply(T x) {
    if constexpr (std::is_integral_v<T>) {
      return x < 0 ? static_cast<T>(0 - static_cast<std::make_unsigned_t<T>>(x)) : x;
    } else {
      return std::abs(x);
    }
  }
};
using Kernel = Unary<Function, float, int32_t>;

int32_t min_version(const NodeContext& ctx) { return ctx.input(0).dtype() == BATON_INT32 ? 5 : 1; }

}  // namespace

extern const Operator abs{
    .code = BATON_OP_ABS,
    .name = "ABS",
    .summary = "The absolute value; that of the smallest integer wraps.",
    .max_version = 5,
    .flags = kInPlace,
    .dtypes = dtypes_of<float, int32_t>(),
    .infer = infer_same_shape,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
    .min_version = min_version,
};

}  // namespace baton::ops
