#include <cmath>

#include "core/ops/support/unary.h"

namespace baton::ops {
namespace {

struct Function {
  template <typename T>
  static T apply(T x) {
    return x * x;
  }
};
using Kernel = Unary<Function, float>;

}  // namespace

extern const Operator square{
    .code = BATON_OP_SQUARE,
    .name = "SQUARE",
    .summary = "x * x.",
    .max_version = 1,
    .flags = kInPlace,
    .dtypes = dtypes_of<float>(),
    .infer = infer_same_shape,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
};

}  // namespace baton::ops
