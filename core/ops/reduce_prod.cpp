#include "core/ops/support/binary.h"
#include "core/ops/support/reduce.h"

namespace baton::ops {
namespace {

struct Function {
  template <typename T>
  static T initial() {
    return 1;
  }
  template <typename T>
  static T step(T a, T x) {
    return static_cast<T>(static_cast<Wrapping<T>>(a) * static_cast<Wrapping<T>>(x));
  }
};
using Kernel = Reduction<Function, float, int32_t, int64_t>;

}  // namespace

extern const Operator reduce_prod{
    .code = BATON_OP_REDUCE_PROD,
    .name = "REDUCE_PROD",
    .summary = "The product over the listed axes; integers wrap.",
    .max_version = 1,
    .inputs = {2, 2},
    .flags = kFoldable,
    .dtypes = dtypes_of<float, int32_t, int64_t>(),
    .infer = infer_reduce,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
};

}  // namespace baton::ops
