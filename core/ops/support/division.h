// Operators that divide.
#pragma once

#include "core/ops/support/binary.h"

namespace baton::ops {

// No element of the divisor is `zero_point`.
template <typename T>
Status check_divisor(const Value& divisor, int32_t zero_point = 0) {
  const T* data = divisor.as<const T>();
  for (int64_t i = 0; i < divisor.count(); ++i) {
    if (data[i] == static_cast<T>(zero_point)) {
      return error(BATON_INVALID_ARGUMENT, "element %lld of the divisor is zero",
                   static_cast<long long>(i));
    }
  }
  return {};
}

// The kernel of Function::apply(a, b), which need not care for b == 0 where
// Function::kRefusesZero<T> is set.
template <typename Function, typename... Ts>
struct Division : Binary<Function, Ts...> {
  static Status run(NodeContext& ctx) {
    Status status;
    BATON_RETURN_IF_ERROR(for_type<Ts...>(ctx.input(1).dtype(), [&]<typename T>() {
      if (Function::template kRefusesZero<T>) status = check_divisor<T>(ctx.input(1));
    }));
    BATON_RETURN_IF_ERROR(status);
    return Binary<Function, Ts...>::run(ctx);
  }
};

// The types that came late to FLOOR_DIV and FLOOR_MOD.
inline bool is_small_integer(const Value& value) {
  return value.dtype() == BATON_INT8 || value.dtype() == BATON_INT16;
}

}  // namespace baton::ops
