#include <cmath>

#include "core/ops/support/binary.h"

namespace baton::ops {
namespace {

struct Function {
  static float apply(float a, float b) { return std::pow(a, b); }
  // By squaring; wraps. run has refused negative exponents.
  static int32_t apply(int32_t a, int32_t b) {
    auto base = static_cast<uint32_t>(a);
    uint32_t result = 1;
    for (auto rest = static_cast<uint32_t>(b); rest != 0; rest >>= 1) {
      if (rest & 1) result *= base;
      base *= base;
    }
    return static_cast<int32_t>(result);
  }
};
using Kernel = Binary<Function, float, int32_t>;

Status run(NodeContext& ctx) {
  const Value& exponent = ctx.input(1);
  if (exponent.dtype() == BATON_INT32) {
    const auto* exponents = exponent.as<const int32_t>();
    for (int64_t i = 0; i < exponent.count(); ++i) {
      if (exponents[i] < 0) {
        return error(BATON_INVALID_ARGUMENT, "exponent %lld is %d; integers need 0 or more",
                     static_cast<long long>(i), exponents[i]);
      }
    }
  }
  return Kernel::run(ctx);
}

}  // namespace

extern const Operator pow{
    .code = BATON_OP_POW,
    .name = "POW",
    .summary = "a to the power of b, broadcast; integer results wrap.",
    .max_version = 1,
    .inputs = {2, 2},
    .flags = kInPlace,
    .dtypes = dtypes_of<float, int32_t>(),
    .infer = infer_arithmetic,
    .prepare = Kernel::prepare,
    .run = run,
};

}  // namespace baton::ops
