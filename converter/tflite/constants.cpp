#include "converter/tflite/constants.h"

#include <bit>
#include <cmath>

namespace baton::tflite {
namespace {

template <typename T>
Bytes cast_values(std::span<const double> values) {
  std::vector<T> typed;
  typed.reserve(values.size());
  for (const double value : values) typed.push_back(static_cast<T>(value));
  return bytes_of(typed);
}

Bytes round_values(std::span<const double> values, uint16_t (*round)(float)) {
  std::vector<uint16_t> typed;
  typed.reserve(values.size());
  for (const double value : values) typed.push_back(round(static_cast<float>(value)));
  return bytes_of(typed);
}

Bytes pack_values(std::span<const double> values, int bits) {
  std::vector<int8_t> small;
  small.reserve(values.size());
  for (const double value : values) small.push_back(static_cast<int8_t>(value));
  return pack_bits(small, bits);
}

void append_int32(Bytes& bytes, size_t value) {
  for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<uint8_t>(value >> shift));
}

}  // namespace

uint16_t to_float16(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const auto sign = static_cast<uint16_t>((bits >> 16) & 0x8000u);
  const uint32_t magnitude = bits & 0x7FFFFFFFu;
  if (magnitude > 0x7F800000u) return sign | 0x7E00u;   // not a number
  if (magnitude >= 0x477FF000u) return sign | 0x7C00u;  // rounds to 2^16 or more: infinity
  if (magnitude < 0x38800000u) {
    // Below 2^-14: a multiple of 2^-24. The product is exact, nearbyint() rounds to even.
    return sign | static_cast<uint16_t>(std::nearbyint(std::ldexp(std::fabs(value), 24)));
  }
  const uint32_t rounded = magnitude + 0xFFFu + ((magnitude >> 13) & 1u);
  return sign | static_cast<uint16_t>((rounded >> 13) - (112u << 10));
}

uint16_t to_bfloat16(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return static_cast<uint16_t>((bits >> 16) | 0x40u);
  return static_cast<uint16_t>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
}

Bytes pack_bits(std::span<const int8_t> values, int bits) {
  const size_t per_byte = 8 / static_cast<size_t>(bits);
  const unsigned mask = (1u << bits) - 1;
  Bytes bytes((values.size() + per_byte - 1) / per_byte);
  for (size_t i = 0; i < values.size(); ++i) {
    const auto shift = static_cast<int>(i % per_byte) * bits;
    bytes[i / per_byte] |= static_cast<uint8_t>((static_cast<uint8_t>(values[i]) & mask) << shift);
  }
  return bytes;
}

Bytes pack_strings(std::span<const std::string> values) {
  Bytes bytes;
  append_int32(bytes, values.size());
  size_t offset = (values.size() + 2) * sizeof(int32_t);
  for (const std::string& value : values) {
    append_int32(bytes, offset);
    offset += value.size();
  }
  append_int32(bytes, offset);
  for (const std::string& value : values) bytes.insert(bytes.end(), value.begin(), value.end());
  return bytes;
}

Bytes convert_values(baton_dtype dtype, std::span<const double> values) {
  switch (dtype) {
    case BATON_FLOAT32:
      return cast_values<float>(values);
    case BATON_FLOAT64:
      return cast_values<double>(values);
    case BATON_FLOAT16:
      return round_values(values, to_float16);
    case BATON_BFLOAT16:
      return round_values(values, to_bfloat16);
    case BATON_INT8:
      return cast_values<int8_t>(values);
    case BATON_UINT8:
      return cast_values<uint8_t>(values);
    case BATON_INT16:
      return cast_values<int16_t>(values);
    case BATON_UINT16:
      return cast_values<uint16_t>(values);
    case BATON_INT32:
      return cast_values<int32_t>(values);
    case BATON_UINT32:
      return cast_values<uint32_t>(values);
    case BATON_INT64:
      return cast_values<int64_t>(values);
    case BATON_UINT64:
      return cast_values<uint64_t>(values);
    case BATON_BOOL: {
      Bytes bytes;
      for (const double value : values) bytes.push_back(value != 0);
      return bytes;
    }
    case BATON_INT4:
    case BATON_UINT4:
      return pack_values(values, 4);
    case BATON_INT2:
      return pack_values(values, 2);
    default:
      return {};
  }
}

}  // namespace baton::tflite
