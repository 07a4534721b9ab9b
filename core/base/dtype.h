// Names and sizes of element types.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "baton/types.h"

namespace baton {

// "float32", "int8" ...; "type 99" has no name and gives "unknown".
const char* dtype_name(baton_dtype dtype);
// Bits per element (a resource is its 32-bit id); 0 for strings and unknown types.
uint32_t dtype_bits(baton_dtype dtype);
bool dtype_known(baton_dtype dtype);

// Bytes of a dense tensor; nullopt on overflow or a negative size.
std::optional<uint64_t> tensor_bytes(baton_dtype dtype, std::span<const int32_t> dims);

// The dtype of a C++ type: dtype_of<float>() == BATON_FLOAT32.
template <typename T>
constexpr baton_dtype dtype_of();
template <>
constexpr baton_dtype dtype_of<float>() {
  return BATON_FLOAT32;
}
template <>
constexpr baton_dtype dtype_of<double>() {
  return BATON_FLOAT64;
}
template <>
constexpr baton_dtype dtype_of<int8_t>() {
  return BATON_INT8;
}
template <>
constexpr baton_dtype dtype_of<uint8_t>() {
  return BATON_UINT8;
}
template <>
constexpr baton_dtype dtype_of<int16_t>() {
  return BATON_INT16;
}
template <>
constexpr baton_dtype dtype_of<uint16_t>() {
  return BATON_UINT16;
}
template <>
constexpr baton_dtype dtype_of<int32_t>() {
  return BATON_INT32;
}
template <>
constexpr baton_dtype dtype_of<uint32_t>() {
  return BATON_UINT32;
}
template <>
constexpr baton_dtype dtype_of<int64_t>() {
  return BATON_INT64;
}
template <>
constexpr baton_dtype dtype_of<uint64_t>() {
  return BATON_UINT64;
}
template <>
constexpr baton_dtype dtype_of<bool>() {
  return BATON_BOOL;
}

}  // namespace baton
