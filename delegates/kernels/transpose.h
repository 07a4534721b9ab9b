// Transpositions of matrices: the innermost two loops of copies that no run of bytes makes fast.
#pragma once

#include <cstdint>

namespace baton::kernels {

// to[c * to_stride + r] = from[r * from_stride + c] for r < rows, c < columns. Strides are in
// bytes, may be negative or no multiple of the element; pointers need no alignment. Nothing but
// the elements is read or written.
struct TransposeArgs {
  int64_t rows, columns;
  const uint8_t* from;
  int64_t from_stride;
  uint8_t* to;
  int64_t to_stride;
};

// Rows {"transpose", "1" | "2" | "4" | "8"}: bytes of an element.
using TransposeFunction = void (*)(const TransposeArgs& args);

}  // namespace baton::kernels
