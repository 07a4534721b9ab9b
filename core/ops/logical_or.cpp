#include "core/ops/support/binary.h"
#include "core/ops/support/boolean.h"

namespace baton::ops {
namespace {

struct Function {
  template <typename T>
  static T apply(T a, T b) {
    return a || b;
  }
};
using Kernel = Binary<Function, Boolean>;

}  // namespace

extern const Operator logical_or{
    .code = BATON_OP_LOGICAL_OR,
    .name = "LOGICAL_OR",
    .summary = "a or b, broadcast.",
    .max_version = 1,
    .inputs = {2, 2},
    .flags = kInPlace | kFoldable,
    .dtypes = dtypes_of<bool>(),
    .infer = infer_broadcast,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
};

}  // namespace baton::ops
