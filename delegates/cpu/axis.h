// Operators along one axis, which an input names.
#pragma once

#include <cstdint>
#include <string>

#include "delegates/cpu/check.h"
#include "delegates/cpu/operator.h"

namespace baton::cpu {

// The tensor as [outer, size, inner] around the axis.
struct AxisSizes {
  int64_t outer = 1, size = 1, inner = 1;

  AxisSizes(sdk::Span<const int32_t> dims, uint32_t axis) : size(dims[axis]) {
    for (uint32_t i = 0; i < axis; ++i) outer *= dims[i];
    for (uint32_t i = axis + 1; i < dims.size(); ++i) inner *= dims[i];
  }
};

// The value of a constant int32 or int64 operand of one element, from the front; -1: out of range.
inline int64_t read_axis(const Operand& axis, uint32_t rank) {
  const int64_t value = axis.dtype() == BATON_INT64 ? *axis.data<int64_t>() : *axis.data<int32_t>();
  const int64_t resolved = value < 0 ? value + rank : value;
  return resolved >= 0 && resolved < rank ? resolved : -1;
}

// The axis is a constant that names a dimension of the input.
inline Refusal check_axis(const Operand& axis, const Operand& input) {
  if (const Refusal refusal = require_dtype("axis", axis, {BATON_INT32, BATON_INT64})) {
    return refusal;
  }
  if (!axis.constant()) return {BATON_REASON_NOT_CONSTANT, "the axis is not constant"};
  if (axis.count() != 1 || read_axis(axis, input.rank()) < 0) {
    return {BATON_REASON_ATTRIBUTE, "the axis is not one dimension of the input"};
  }
  return {};
}

}  // namespace baton::cpu
