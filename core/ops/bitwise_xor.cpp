#include "core/ops/support/binary.h"

namespace baton::ops {
namespace {

struct Function {
  template <typename T>
  static T apply(T a, T b) {
    return static_cast<T>(a ^ b);
  }
};
using Kernel = Binary<Function, int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t>;

}  // namespace

extern const Operator bitwise_xor{
    .code = BATON_OP_BITWISE_XOR,
    .name = "BITWISE_XOR",
    .summary = "a xor b, bit by bit, broadcast.",
    .max_version = 1,
    .inputs = {2, 2},
    .flags = kInPlace | kFoldable,
    .dtypes = dtypes_of<int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t>(),
    .infer = infer_arithmetic,
    .prepare = Kernel::prepare,
    .run = Kernel::run,
};

}  // namespace baton::ops
