#include <limits>

#include "core/ops/support/reduce.h"

namespace baton::ops {
namespace {

struct Function {
  template <typename T>
  static T initial() {
    return std::numeric_limits<T>::lowest();
  }
  template <typename T>
  static T step(T a, T x) {
    return x > a ? x : a;
  }
};
using Kernel = Reduction<Function, float, int32_t, int64_t, uint8_t, int8_t, int16_t>;

}  // namespace

extern const Operator reduce_max{
    .code = BATON_OP_REDUCE_MAX,
    .name = "REDUCE_MAX",
    .summary = "The largest element over the listed axes.",
    .max_version = 3,
    .inputs = {2, 2},
    .flags = kFoldable,
    .dtypes = dtypes_of<float, int32_t, int64_t, uint8_t, int8_t, int16_t>(),
    .infer = infer_reduce,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
    .min_version = reduce_min_version,
};

}  // namespace baton::ops
