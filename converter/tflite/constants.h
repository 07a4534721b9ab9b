// Turns values into the bytes of a tensor's constant.
#pragma once

#include <baton/types.h>

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace baton::tflite {

using Bytes = std::vector<uint8_t>;

// IEEE half precision and bfloat16, rounded to nearest even.
uint16_t to_float16(float value);
uint16_t to_bfloat16(float value);

// 4- and 2-bit values, low bits first, dense over the whole tensor.
Bytes pack_bits(std::span<const int8_t> values, int bits);

// The layout of string tensors: count, offsets, characters.
Bytes pack_strings(std::span<const std::string> values);

// The bytes of `values` as they are.
template <typename T>
Bytes bytes_of(const std::vector<T>& values) {
  if constexpr (std::is_same_v<T, bool>) {
    return Bytes(values.begin(), values.end());
  } else {
    static_assert(std::is_trivially_copyable_v<T>);
    Bytes bytes(values.size() * sizeof(T));
    if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
  }
}

// Values converted to an element type: integers are truncated towards zero, 4-bit types packed.
// Strings, resources and complex types have no such form and give no bytes.
Bytes convert_values(baton_dtype dtype, std::span<const double> values);

}  // namespace baton::tflite
