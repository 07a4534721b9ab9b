// What shape rules and `prepare` functions check, each in one line.
#pragma once

#include <cstdint>
#include <vector>

#include "core/ops/operator.h"

namespace baton::ops {

// Bits of Operator::dtypes for C++ types: dtypes_of<float, int8_t>().
template <typename... Ts>
constexpr uint32_t dtypes_of() {
  return (dtype_bit(dtype_of<Ts>()) | ...);
}

// "int64 input is not supported; float32, uint8, int8 are" unless the type is among `supported`.
// `what` names the tensor: "input", "axis".
Status check_dtype(const char* what, baton_dtype dtype, uint32_t supported);

Status check_same_dtype(const char* what_a, const Value& a, const char* what_b, const Value& b);

// One scale that is positive and finite, and a zero point inside the type's range. For 8- and
// 16-bit tensors.
Status check_per_tensor(const char* what, const Value& value);

// int16 tensors have no zero point.
Status check_int16_zero_points(const Value& input, const Value& output);

// Quantised limits of a fused activation for an output.
Status activation_limits(const Value& output, int32_t activation, int32_t* low, int32_t* high);

// A negative axis counts from the end; it must then lie in [0, rank).
Result<int> resolve_axis(int64_t axis, int rank);

// The content of an int32 or int64 tensor that is known().
Status read_integers(const char* what, const Value& value, std::vector<int64_t>* out);

// True when every input in [first, count) that is there has known content.
bool inputs_known(const NodeContext& ctx, int first);

// int32 of a size that was computed in 64 bits.
Result<int32_t> checked_dim(int64_t dim);

// A type whose elements are whole bytes of a fixed size: not strings, resources or packed types.
Status check_plain(const char* what, const Value& value);

// Limits of the quantised type that a value has.
int32_t quantized_low(baton_dtype dtype);
int32_t quantized_high(baton_dtype dtype);

}  // namespace baton::ops
