// The element of a bool tensor. A file or a user may put any byte there, which a C++ bool must not
// hold: whatever is not 0 is true.
#pragma once

#include <cstdint>

#include "core/base/dtype.h"

namespace baton::ops {

struct Boolean {
  uint8_t byte = 0;

  Boolean() = default;
  Boolean(bool value) : byte(value ? 1 : 0) {}
  operator bool() const { return byte != 0; }
};

// Bytes of bool tensors as 0 or 1.
inline void normalize_booleans(uint8_t* bytes, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) bytes[i] = bytes[i] != 0;
}

}  // namespace baton::ops

namespace baton {
template <>
constexpr baton_dtype dtype_of<ops::Boolean>() {
  return BATON_BOOL;
}
}  // namespace baton
