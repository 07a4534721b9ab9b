// Small integer inputs (axes, paddings, begins): their content where it is constant, or a way to
// read it in the run.
#pragma once

#include <cstdint>
#include <vector>

#include "delegates/cpu/check.h"
#include "delegates/cpu/node.h"
#include "delegates/cpu/step.h"

namespace baton::cpu {

using Dims = std::vector<int64_t>;

// Of `count` elements of int32 or int64.
inline std::vector<int64_t> read_integers(baton_dtype dtype, const void* data, int64_t count) {
  std::vector<int64_t> values(static_cast<size_t>(count));
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = dtype == BATON_INT64 ? static_cast<const int64_t*>(data)[i]
                                     : static_cast<const int32_t*>(data)[i];
  }
  return values;
}

inline Refusal require_integers(const char* what, const Operand& operand) {
  return require_dtype(what, operand, {BATON_INT32, BATON_INT64});
}

// What constant integers say is wrong comes with prepare, as it does when they are not constant.
[[noreturn]] inline void refuse_values(const std::string& sentence) {
  throw sdk::Error(BATON_REASON_SHAPE, sentence);
}

// A negative axis counts from the end.
inline size_t resolve_axis(int64_t axis, size_t rank) {
  const int64_t resolved = axis < 0 ? axis + static_cast<int64_t>(rank) : axis;
  if (resolved < 0 || resolved >= static_cast<int64_t>(rank)) {
    refuse_values("axis " + std::to_string(axis) + " is out of range for rank " +
                  std::to_string(rank));
  }
  return static_cast<size_t>(resolved);
}

// Elements of dimensions [first, last). With a size of 0 the product of others may be any.
inline int64_t product(const Dims& dims, size_t first, size_t last) {
  uint64_t result = 1;
  for (size_t i = first; i < last; ++i) result *= static_cast<uint64_t>(dims[i]);
  return static_cast<int64_t>(result);
}
inline int64_t product(const Dims& dims) { return product(dims, 0, dims.size()); }

// Elements from one index of a dimension to the next.
inline int64_t step_of(const Dims& dims, size_t axis) {
  return product(dims, axis + 1, dims.size());
}

inline Dims dims_of(const Sizes& sizes, int32_t tensor) {
  if (tensor < 0) return {};
  const auto dims = sizes.dims(tensor);
  return Dims(dims.begin(), dims.end());
}

}  // namespace baton::cpu
