#include <type_traits>

#include "core/ops/support/unary.h"

namespace baton::ops {
namespace {

struct Function {
  template <typename T>
  static T apply(T x) {
    if constexpr (std::is_integral_v<T>) {
      return static_cast<T>(0 - static_cast<std::make_unsigned_t<T>>(x));
    } else {
      return -x;
    }
  }
};
using Kernel = Unary<Function, float, int32_t, int64_t>;

}  // namespace

extern const Operator neg{
    .code = BATON_OP_NEG,
    .name = "NEG",
    .summary = "-x; integers wrap.",
    .max_version = 1,
    .flags = kInPlace,
    .dtypes = dtypes_of<float, int32_t, int64_t>(),
    .infer = infer_same_shape,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
};

}  // namespace baton::ops
