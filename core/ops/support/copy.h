// Operators whose output has the input's content in another shape.
#pragma once

#include <cstring>

#include "core/ops/operator.h"
#include "core/ops/support/check.h"

namespace baton::ops {

inline Status prepare_copy(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(check_plain("input", ctx.input(0)));
  return check_same_dtype("input", ctx.input(0), "output", ctx.output(0));
}

inline Status run_copy(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  void* to = ctx.output(0).data();
  if (to != input.data() && input.bytes() != 0) std::memcpy(to, input.data(), input.bytes());
  return {};
}

// Every type that prepare_copy accepts and that models use.
constexpr uint32_t kPlainDtypes = dtypes_of<float, double, int8_t, uint8_t, int16_t, uint16_t,
                                            int32_t, uint32_t, int64_t, uint64_t, bool>() |
                                  dtype_bit(BATON_FLOAT16) | dtype_bit(BATON_BFLOAT16) |
                                  dtype_bit(BATON_COMPLEX64) | dtype_bit(BATON_COMPLEX128);

}  // namespace baton::ops
