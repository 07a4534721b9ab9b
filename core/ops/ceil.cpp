#include <cmath>

#include "core/ops/support/unary.h"

namespace baton::ops {
namespace {

struct Function {
  template <typename T>
  static T apply(T x) {
    return std::ceil(x);
  }
};
using Kernel = Unary<Function, float>;

}  // namespace

extern const Operator ceil{
    .code = BATON_OP_CEIL,
    .name = "CEIL",
    .summary = "The smallest whole number that is not below x.",
    .max_version = 1,
    .flags = kInPlace,
    .dtypes = dtypes_of<float>(),
    .infer = infer_same_shape,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
};

}  // namespace baton::ops
