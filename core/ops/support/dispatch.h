// From a run-time element type to a C++ type.
#pragma once

#include <cstdint>

#include "core/ops/operator.h"

namespace baton::ops {

// Calls fn.template operator()<T>() for the one of Ts that is `dtype`:
//   for_type<float, int32_t>(dtype, [&]<typename T>() { kernel<T>(ctx); });
// `prepare` has refused every other type.
template <typename... Ts, typename Fn>
Status for_type(baton_dtype dtype, const Fn& fn) {
  const bool found =
      ((dtype == dtype_of<Ts>() ? (fn.template operator()<Ts>(), true) : false) || ...);
  if (found) return {};
  return error(BATON_UNSUPPORTED, "%s is not supported", dtype_name(dtype));
}

// The element of complex128.
struct Bytes16 {
  uint64_t words[2];
};

// The same for kernels that only move elements: an unsigned type of the element's size.
template <typename Fn>
Status for_size(baton_dtype dtype, const Fn& fn) {
  switch (dtype_bits(dtype)) {
    case 8:
      fn.template operator()<uint8_t>();
      return {};
    case 16:
      fn.template operator()<uint16_t>();
      return {};
    case 32:
      fn.template operator()<uint32_t>();
      return {};
    case 64:
      fn.template operator()<uint64_t>();
      return {};
    case 128:
      fn.template operator()<Bytes16>();
      return {};
    default:
      return error(BATON_UNSUPPORTED, "%s is not supported", dtype_name(dtype));
  }
}

}  // namespace baton::ops
