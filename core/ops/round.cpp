#include <cmath>

#include "core/ops/support/unary.h"

namespace baton::ops {
namespace {

struct Function {
  template <typename T>
  static T apply(T x) {
    const T down = std::floor(x);
    const T fraction = x - down;
    if (fraction < 0.5f) return down;
    if (fraction == 0.5f) return std::floor(down / 2) * 2 == down ? down : down + 1;
    return down + 1;
  }
};
using Kernel = Unary<Function, float>;

}  // namespace

extern const Operator round{
    .code = BATON_OP_ROUND,
    .name = "ROUND",
    .summary = "The nearest whole number; of two, the even one.",
    .max_version = 1,
    .flags = kInPlace,
    .dtypes = dtypes_of<float>(),
    .infer = infer_same_shape,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
};

}  // namespace baton::ops
