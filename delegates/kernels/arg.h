// Where the largest or smallest element of each row is.
#pragma once

#include <cstddef>
#include <cstdint>

namespace baton::kernels {

// Rows of `depth` elements, one after the other; depth >= 1.
struct ArgRows {
  const void* in = nullptr;
  size_t rows = 0;
  size_t depth = 0;
  int64_t* out = nullptr;  // [rows]
};

using ArgFunction = void (*)(const ArgRows& rows);

// Rows of the table: operations "arg_max" and "arg_min", types "f32", "s8" and "u8". The first of
// equals; NaN is never better than anything, but where it comes first it stays.

}  // namespace baton::kernels
