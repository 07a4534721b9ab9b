// 8-bit quantised operands.
#pragma once

#include <cstdint>

#include "delegates/cpu/check.h"

namespace baton::cpu {

inline bool is_byte(baton_dtype dtype) { return dtype == BATON_INT8 || dtype == BATON_UINT8; }
// Limits of int8, uint8 and int16.
int32_t lowest_of(baton_dtype dtype);
int32_t highest_of(baton_dtype dtype);

// One positive scale, and a zero point that the type holds.
Refusal require_quantized(const char* what, const Operand& operand);
// The output's scale leaves limits of the activation that an int32 holds.
Refusal require_activation_range(int32_t activation, const Operand& output);

// The limits of a fused activation, after require_activation_range.
struct ByteRange {
  int32_t low, high;
};
ByteRange activation_range(int32_t activation, const Operand& output);

}  // namespace baton::cpu
