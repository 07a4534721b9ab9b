#include "core/ops/support/boolean.h"
#include "core/ops/support/reduce.h"

namespace baton::ops {
namespace {

struct Function {
  template <typename T>
  static T initial() {
    return false;
  }
  template <typename T>
  static T step(T a, T x) {
    return a || x;
  }
};
using Kernel = Reduction<Function, Boolean>;

}  // namespace

extern const Operator reduce_any{
    .code = BATON_OP_REDUCE_ANY,
    .name = "REDUCE_ANY",
    .summary = "Whether an element over the listed axes is true.",
    .max_version = 1,
    .inputs = {2, 2},
    .flags = kFoldable,
    .dtypes = dtypes_of<bool>(),
    .infer = infer_reduce,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
};

}  // namespace baton::ops
