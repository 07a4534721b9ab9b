// Rows of indices that name slices of a tensor: GATHER_ND, SCATTER_ND, SPARSE_TO_DENSE.
#pragma once

#include <cstdint>
#include <span>

#include "core/base/status.h"

namespace baton::ops {

// The slice that row number `row` of `indices` names, counted over the leading dimensions `dims`.
template <typename Index>
Status nd_slice(std::span<const int32_t> dims, const Index* indices, int64_t row, int64_t* slice) {
  const auto depth = static_cast<int64_t>(dims.size());
  // Unsigned: with a size of zero further on, the others may be any.
  uint64_t sum = 0;
  for (int64_t i = 0; i < depth; ++i) {
    const Index index = indices[row * depth + i];
    const int32_t size = dims[static_cast<size_t>(i)];
    if (index < 0 || index >= size) {
      return error(BATON_INVALID_ARGUMENT, "index %lld of row %lld is %lld; the dimension has %d",
                   static_cast<long long>(i), static_cast<long long>(row),
                   static_cast<long long>(index), size);
    }
    sum = sum * static_cast<uint64_t>(size) + static_cast<uint64_t>(index);
  }
  *slice = static_cast<int64_t>(sum);
  return {};
}

}  // namespace baton::ops
