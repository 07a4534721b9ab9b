// Kernels that compute each output element from the elements at the same place.
#pragma once

#include <cstddef>
#include <cstdint>

namespace baton::kernels {

// ---- One input
// -----------------------------------------------------------------------------------
//
// Rows: types "f32", operations "abs", "ceil", "cos", "elu", "exp", "floor", "gelu", "gelu_tanh",
// "hard_swish", "leaky_relu", "log", "logistic", "neg", "relu", "relu6", "relu_0_to_1",
// "relu_n1_to_1", "round", "rsqrt", "sign", "sin", "sqrt", "square", "tanh". They are a few units
// in the last place from the exact function; NaN is treated as the reference kernels treat it.
struct UnaryArgs {
  const float* in = nullptr;
  float* out = nullptr;
  size_t count = 0;
  float alpha = 0;  // of leaky_relu
};
using UnaryFunction = void (*)(const UnaryArgs& args);

// out[i] = table[in[i]]: operation "lut", types "u8". An int8 tensor goes by its bits.
struct ByteTableArgs {
  const uint8_t* in = nullptr;
  uint8_t* out = nullptr;
  size_t count = 0;
  const uint8_t* table = nullptr;  // [256]
};
using ByteTableFunction = void (*)(const ByteTableArgs& args);

// ---- Two inputs
// ----------------------------------------------------------------------------------

// `rows` times `columns` outputs, one after the other. The inputs are read at
// a[row * a_row + column * a_column]; a column stride is 1, or 0 where an element is repeated.
struct BroadcastRows {
  const void* a = nullptr;
  const void* b = nullptr;
  void* out = nullptr;
  size_t rows = 1;
  size_t columns = 0;
  int64_t a_row = 0, b_row = 0;
  int64_t a_column = 1, b_column = 1;
};

// Rows:
//   "add", "sub", "mul"               "f32", "s32"; clamped
//   "div"                             "f32"; clamped
//   "maximum", "minimum"              "f32", "s32", "s8", "u8"
//   "squared_difference"              "f32", "s32"
//   "prelu"                           "f32": a >= 0 ? a : a * b
//   "equal", "not_equal", "less",     "f32", "s32", "u8"; out holds bytes, 0 or 1
//   "less_equal"
// A clamp is min(max(x, low), high), NaN stays. Integers wrap.
struct BinaryArgs : BroadcastRows {
  float low = 0, high = 0;                    // f32
  int32_t integer_low = 0, integer_high = 0;  // i32
};
using BinaryFunction = void (*)(const BinaryArgs& args);

// Quantised, types "s8" and "u8". With M(x, i) = x times multiplier[i] and shift[i] as
// baton_multiply_by_quantized_multiplier has it, a' = a - zero[0] and b' = b - zero[1]:
//   "add", "sub"           M(M(a' << left_shift, 0) +- M(b' << left_shift, 1), 2)
//   "squared_difference"   M((M(a' << left_shift, 0) - M(b' << left_shift, 1))^2, 2)
//   "mul"                  M(a' * b', 2)
//   "prelu"                a' >= 0 ? M(a', 0) : M(a' * b', 1)
// each plus zero[2], saturating, then clamped. shift[0] and shift[1] of the first two are <= 0.
struct QuantizedBinaryArgs : BroadcastRows {
  int32_t left_shift = 0;
  int32_t multiplier[3] = {};
  int32_t shift[3] = {};
  int32_t zero[3] = {};
  int32_t low = 0, high = 0;
};
using QuantizedBinaryFunction = void (*)(const QuantizedBinaryArgs& args);

// ---- Conversions
// ---------------------------------------------------------------------------------

// Rows:
//   "quantize"    "f32_s8", "f32_u8", "f32_s16": baton_quantize
//   "dequantize"  "s8_f32", "u8_f32", "s16_f32": baton_dequantize; "f16_f32": exact
//   "cast"        "f32_s32": towards zero, saturating, NaN gives 0; "s32_f32"
// Zero points lie in the 16-bit or 8-bit type, so that no sum needs more than 24 bits.
struct ConvertArgs {
  const void* in = nullptr;
  void* out = nullptr;
  size_t count = 0;
  float scale = 1;
  int32_t zero = 0;
};
using ConvertFunction = void (*)(const ConvertArgs& args);

// ---- Selection
// -----------------------------------------------------------------------------------

// out = condition != 0 ? a : b: operation "select", types "8", "16", "32", "64", the bits of an
// element of a, b and out.
struct SelectArgs : BroadcastRows {
  const uint8_t* condition = nullptr;
  int64_t condition_row = 0, condition_column = 1;
};
using SelectFunction = void (*)(const SelectArgs& args);

}  // namespace baton::kernels
