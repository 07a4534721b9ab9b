#include "core/ops/support/boolean.h"
#include "core/ops/support/reduce.h"

namespace baton::ops {
namespace {

struct Function {
  template <typename T>
  static T initial() {
    return true;
  }
  template <typename T>
  static T step(T a, T x) {
    return a && x;
  }
};
using Kernel = Reduction<Function, Boolean>;

}  // namespace

extern const Operator reduce_all{
    .code = BATON_OP_REDUCE_ALL,
    .name = "REDUCE_ALL",
    .summary = "Whether all elements over the listed axes are true.",
    .max_version = 1,
    .inputs = {2, 2},
    .flags = kFoldable,
    .dtypes = dtypes_of<bool>(),
    .infer = infer_reduce,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
};

}  // namespace baton::ops
