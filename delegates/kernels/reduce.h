// Reductions: sums, products, largest and smallest elements.
//
//   rows      out[i] = op over k < count of in[i * stride + k]
//   columns   out[i] = op over k < count of in[k * stride + i]
#pragma once

#include <cstddef>
#include <cstdint>

namespace baton::kernels {

struct Reduction {
  const void* in = nullptr;
  size_t count = 0;    // elements of one result; 0 gives 0, 1, or the type's lowest or largest
  int64_t stride = 0;  // rows: from row to row; columns: from element to element
  size_t results = 0;
  void* out = nullptr;
  bool more = false;  // goes on with what `out` holds
};

using ReduceFunction = void (*)(const Reduction& reduction);

// Rows of the table: operations OP_rows and OP_columns, types
//   sum   "f32", "s32", "s64"; "s8" and "u8", whose results are int32_t; "s32to64": int64_t
//   prod  "f32", "s32", "s64"
//   max, min   "f32", "s8", "u8", "s16", "s32", "s64"
// Integers wrap. NaN is left out of max and min. Floating-point numbers are added in order, but for
// a few long rows, which are added in double.

// From sums to a quantised mean or sum:
//   out[i] = (in[i] - subtract) * multiplier + zero, limited to the type
struct SumRescale {
  const int32_t* in = nullptr;
  size_t count = 0;
  void* out = nullptr;
  int32_t subtract = 0;               // wraps
  int32_t multiplier = 0, shift = 0;  // as baton_multiply_by_quantized_multiplier takes them
  int32_t zero = 0;                   // in the type's range
};

using SumRescaleFunction = void (*)(const SumRescale& rescale);

// Rows of the table: operation "sum_rescale", types "s8" and "u8".

}  // namespace baton::kernels
