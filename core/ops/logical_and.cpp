#include "core/ops/support/binary.h"
#include "core/ops/support/boolean.h"

namespace baton::ops {
namespace {

struct Function {
  template <typename T>
  static T apply(T a, T b) {
    return a && b;
  }
};
using Kernel = Binary<Function, Boolean>;

}  // namespace

extern const Operator logical_and{
    .code = BATON_OP_LOGICAL_AND,
    .name = "LOGICAL_AND",
    .summary = "a and b, broadcast.",
    .max_version = 1,
    .inputs = {2, 2},
    .flags = kInPlace | kFoldable,
    .dtypes = dtypes_of<bool>(),
    .infer = infer_broadcast,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
};

}  // namespace baton::ops
