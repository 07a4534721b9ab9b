// 8-bit quantised operands.
#pragma once

#include <array>
#include <cstdint>

#include "delegates/cpu/check.h"

namespace baton::cpu {

inline bool is_byte(baton_dtype dtype) { return dtype == BATON_INT8 || dtype == BATON_UINT8; }
// Limits of int8, uint8 and int16.
int32_t lowest_of(baton_dtype dtype);
int32_t highest_of(baton_dtype dtype);
// "s8" or "u8", as kernels are named.
inline const char* byte_types(baton_dtype dtype) { return dtype == BATON_INT8 ? "s8" : "u8"; }

// One positive scale, and a zero point that the type holds.
Refusal require_quantized(const char* what, const Operand& operand);
// The output's scale leaves limits of the activation that an int32 holds.
Refusal require_activation_range(int32_t activation, const Operand& output);

// The limits of a fused activation, after require_activation_range.
struct ByteRange {
  int32_t low, high;
};
ByteRange activation_range(int32_t activation, const Operand& output);

// A whole 8-bit operator of one input: 256 output bytes by the input's bits.
using ByteTable = std::array<uint8_t, 256>;

// value_of(x) gives the output, inside its type, for each value x of the input's type.
template <typename ValueOf>
ByteTable fill_byte_table(baton_dtype input, const ValueOf& value_of) {
  ByteTable table{};
  for (int32_t x = lowest_of(input); x <= highest_of(input); ++x) {
    table[static_cast<uint8_t>(x)] = static_cast<uint8_t>(value_of(x));
  }
  return table;
}

}  // namespace baton::cpu
