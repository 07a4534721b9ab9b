#include "core/ops/support/boolean.h"
#include "core/ops/support/comparison.h"

namespace baton::ops {
namespace {

struct Predicate {
  template <typename T>
  static bool apply(T a, T b) {
    return a != b;
  }
};
using Kernel = Comparison<Predicate, float, int32_t, int64_t, Boolean>;

}  // namespace

extern const Operator not_equal{
    .code = BATON_OP_NOT_EQUAL,
    .name = "NOT_EQUAL",
    .summary = "a != b, broadcast.",
    .max_version = 2,
    .inputs = {2, 2},
    .flags = kFoldable,
    .dtypes = Kernel::kDtypes,
    .infer = infer_broadcast,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
    .min_version = Kernel::min_version,
};

}  // namespace baton::ops
