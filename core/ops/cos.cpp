#include <cmath>

#include "core/ops/support/unary.h"

namespace baton::ops {
namespace {

struct Function {
  template <typename T>
  static T apply(T x) {
    return std::cos(x);
  }
};
using Kernel = Unary<Function, float>;

}  // namespace

extern const Operator cos{
    .code = BATON_OP_COS,
    .name = "COS",
    .summary = "The cosine.",
    .max_version = 1,
    .flags = kInPlace,
    .dtypes = dtypes_of<float>(),
    .infer = infer_same_shape,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
};

}  // namespace baton::ops
