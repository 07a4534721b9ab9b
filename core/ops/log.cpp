#include <cmath>

#include "core/ops/support/unary.h"

namespace baton::ops {
namespace {

struct Function {
  template <typename T>
  static T apply(T x) {
    return std::log(x);
  }
};
using Kernel = Unary<Function, float>;

}  // namespace

extern const Operator log{
    .code = BATON_OP_LOG,
    .name = "LOG",
    .summary = "The natural logarithm.",
    .max_version = 1,
    .flags = kInPlace,
    .dtypes = dtypes_of<float>(),
    .infer = infer_same_shape,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
};

}  // namespace baton::ops
