#include "core/ops/support/arg_reduce.h"

namespace baton::ops {
namespace {

struct Better {
  template <typename T>
  static bool apply(T x, T best) {
    return x < best;
  }
};
using Kernel = ArgReduction<Better>;

}  // namespace

extern const Operator arg_min{
    .code = BATON_OP_ARG_MIN,
    .name = "ARG_MIN",
    .summary = "The index of the smallest element along an axis; the first of equals.",
    .max_version = 3,
    .inputs = {2, 2},
    .flags = kFoldable,
    .dtypes = Kernel::kDtypes,
    .infer = infer_arg_reduce,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
    .min_version = Kernel::min_version,
};

}  // namespace baton::ops
