// Indices that pick slices of a tensor: GATHER, GATHER_ND, SCATTER_ND and their like. What is out
// of range is only known in the run.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

#include "delegates/cpu/integers.h"

namespace baton::cpu {

// Throws unless 0 <= index < size.
inline void check_index(int64_t index, int64_t size, int64_t position) {
  if (index >= 0 && index < size) return;
  throw sdk::Error(BATON_REASON_OTHER, "index " + std::to_string(position) + " is " +
                                           std::to_string(index) + "; the dimension has size " +
                                           std::to_string(size));
}

// The slice that row number `row` of `indices` names, counted over `depth` leading dimensions.
template <typename Index>
int64_t slice_at(const Dims& dims, size_t depth, const Index* indices, int64_t row) {
  // Unsigned: with a size of zero further on, the others may be any.
  uint64_t slice = 0;
  const auto first = static_cast<size_t>(row) * depth;
  for (size_t i = 0; i < depth; ++i) {
    check_index(indices[first + i], dims[i], row);
    slice = slice * static_cast<uint64_t>(dims[i]) + static_cast<uint64_t>(indices[first + i]);
  }
  return static_cast<int64_t>(slice);
}

// Calls fn(Index()) with the C++ type of int16, int32 or int64 indices.
template <typename Fn>
auto with_index_type(baton_dtype dtype, const Fn& fn) {
  switch (dtype) {
    case BATON_INT16:
      return fn(int16_t());
    case BATON_INT64:
      return fn(int64_t());
    default:
      return fn(int32_t());
  }
}

// Calls fn(T()) with an unsigned type of an element's bytes.
template <typename Fn>
auto with_element_of(uint64_t bytes, const Fn& fn) {
  switch (bytes) {
    case 1:
      return fn(uint8_t());
    case 2:
      return fn(uint16_t());
    case 4:
      return fn(uint32_t());
    default:
      return fn(uint64_t());
  }
}

// A copy of one slice, for which small ones need no call.
inline void copy_slice(std::byte* to, const std::byte* from, int64_t bytes) {
  switch (bytes) {
    case 1:
      *to = *from;
      return;
    case 2:
      std::memcpy(to, from, 2);
      return;
    case 4:
      std::memcpy(to, from, 4);
      return;
    case 8:
      std::memcpy(to, from, 8);
      return;
    default:
      std::memcpy(to, from, static_cast<size_t>(bytes));
  }
}

// Items per piece, of copies of `bytes` each.
inline uint64_t grain_of_copies(int64_t bytes) {
  constexpr double kBytesPerNs = 8, kCallNs = 2;
  return grain_of_ns(static_cast<double>(bytes) / kBytesPerNs + kCallNs);
}

}  // namespace baton::cpu
