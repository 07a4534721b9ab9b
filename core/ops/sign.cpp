#include "core/ops/support/unary.h"

namespace baton::ops {
namespace {

struct Function {
  template <typename T>
  static T apply(T x) {
    // NaN stays.
    return x > 0 ? T{1} : x < 0 ? T{-1} : x == 0 ? T{0} : x;
  }
};
using Kernel = Unary<Function, float, double, int32_t>;

int32_t min_version(const NodeContext& ctx) { return ctx.input(0).dtype() == BATON_INT32 ? 2 : 1; }

}  // namespace

extern const Operator sign{
    .code = BATON_OP_SIGN,
    .name = "SIGN",
    .summary = "-1, 0 or 1, as x is below, at or above zero.",
    .max_version = 2,
    .flags = kInPlace,
    .dtypes = dtypes_of<float, double, int32_t>(),
    .infer = infer_same_shape,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
    .min_version = min_version,
};

}  // namespace baton::ops
