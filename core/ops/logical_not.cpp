#include "core/ops/support/boolean.h"
#include "core/ops/support/unary.h"

namespace baton::ops {
namespace {

struct Function {
  template <typename T>
  static T apply(T x) {
    return !x;
  }
};
using Kernel = Unary<Function, Boolean>;

}  // namespace

extern const Operator logical_not{
    .code = BATON_OP_LOGICAL_NOT,
    .name = "LOGICAL_NOT",
    .summary = "Not x.",
    .max_version = 1,
    .flags = kInPlace,
    .dtypes = dtypes_of<bool>(),
    .infer = infer_same_shape,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
};

}  // namespace baton::ops
