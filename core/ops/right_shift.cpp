#include "core/ops/support/binary.h"

namespace baton::ops {
namespace {

struct Function {
  template <typename T>
  static T apply(T a, T b) {
    constexpr int64_t kLargest = sizeof(T) * 8 - 1;
    return static_cast<T>(a >> std::clamp<int64_t>(b, 0, kLargest));
  }
};
using Kernel = Binary<Function, int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t>;

}  // namespace

extern const Operator right_shift{
    .code = BATON_OP_RIGHT_SHIFT,
    .name = "RIGHT_SHIFT",
    .summary =
        "a shifted right by b bits, broadcast; the sign stays, and b is limited to the bits there "
        "are.",
    .max_version = 1,
    .inputs = {2, 2},
    .flags = kInPlace | kFoldable,
    .dtypes = dtypes_of<int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t>(),
    .infer = infer_arithmetic,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
};

}  // namespace baton::ops
