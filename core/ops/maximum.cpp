#include "core/ops/support/binary.h"

namespace baton::ops {
namespace {

struct Function {
  template <typename T>
  static T apply(T a, T b) {
    return a > b ? a : b;
  }
};
using Kernel = Binary<Function, float, uint8_t, int8_t, int16_t, int32_t, int64_t>;

int32_t min_version(const NodeContext& ctx) {
  if (ctx.input(0).dtype() == BATON_INT16) return 4;
  if (ctx.output(0).rank() > 4 && !std::ranges::equal(ctx.input(0).dims(), ctx.input(1).dims())) {
    return 3;
  }
  return ctx.input(0).dtype() == BATON_INT8 ? 2 : 1;
}

}  // namespace

extern const Operator maximum{
    .code = BATON_OP_MAXIMUM,
    .name = "MAXIMUM",
    .summary = "The larger of two elements, broadcast.",
    .max_version = 4,
    .inputs = {2, 2},
    .flags = kInPlace | kFoldable,
    .dtypes = dtypes_of<float, uint8_t, int8_t, int16_t, int32_t, int64_t>(),
    .infer = infer_arithmetic,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
    .min_version = min_version,
};

}  // namespace baton::ops
