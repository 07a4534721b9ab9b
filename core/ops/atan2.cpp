#include <cmath>

#include "core/ops/support/binary.h"

namespace baton::ops {
namespace {

struct Function {
  template <typename T>
  static T apply(T a, T b) {
    return std::atan2(a, b);
  }
};
using Kernel = Binary<Function, float, double>;

}  // namespace

extern const Operator atan2{
    .code = BATON_OP_ATAN2,
    .name = "ATAN2",
    .summary = "The angle of the point (b, a), between -pi and pi, broadcast.",
    .max_version = 1,
    .inputs = {2, 2},
    .flags = kInPlace,
    .dtypes = dtypes_of<float, double>(),
    .infer = infer_broadcast,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
};

}  // namespace baton::ops
