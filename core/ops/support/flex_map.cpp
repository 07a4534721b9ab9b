#include "core/ops/support/flex_map.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace baton::ops {
namespace {

// What the six upper bits of a type byte say; the lower two are the logarithm of the width.
enum FlexType : uint8_t {
  kNull = 0,
  kInt = 1,
  kUInt = 2,
  kFloat = 3,
  kIndirectInt = 6,
  kIndirectUInt = 7,
  kIndirectFloat = 8,
  kMap = 9,
  kBool = 26,
};

FlexType type_of(uint8_t packed) { return static_cast<FlexType>(packed >> 2); }
uint64_t width_of(uint8_t packed) { return uint64_t{1} << (packed & 3); }

double signed_value(uint64_t bits, uint64_t width) {
  const int unused = static_cast<int>(64 - 8 * width);
  return static_cast<double>(std::bit_cast<int64_t>(bits << unused) >> unused);
}

}  // namespace

// A little-endian number; nullopt when it is not wholly inside.
std::optional<uint64_t> FlexMap::load(uint64_t at, uint64_t width) const {
  if (!inside(at, width)) return std::nullopt;
  uint64_t value = 0;
  for (uint64_t i = 0; i < width; ++i) value |= uint64_t{data_[at + i]} << (8 * i);
  return value;
}

// Where the offset that stands at `at` leads: offsets point backwards from where they stand.
std::optional<uint64_t> FlexMap::follow(uint64_t at, uint64_t width) const {
  const auto offset = load(at, width);
  if (!offset || *offset > at) return std::nullopt;
  return at - *offset;
}

// The number of elements stands in front of the first.
std::optional<FlexMap::Vector> FlexMap::vector_at(std::optional<uint64_t> at,
                                                  uint64_t width) const {
  if (!at || *at < width) return std::nullopt;
  const auto count = load(*at - width, width);
  if (!count || *count > (size_ - *at) / width) return std::nullopt;
  return Vector{*at, *count, width};
}

std::optional<double> FlexMap::number(uint8_t packed_type, uint64_t at, uint64_t width) const {
  FlexType type = type_of(packed_type);
  if (type == kIndirectInt || type == kIndirectUInt || type == kIndirectFloat) {
    const auto target = follow(at, width);
    if (!target) return std::nullopt;
    at = *target;
    width = width_of(packed_type);
    type = static_cast<FlexType>(type - kIndirectInt + kInt);
  }
  const auto bits = load(at, width);
  if (!bits) return std::nullopt;
  switch (type) {
    case kInt:
      return signed_value(*bits, width);
    case kUInt:
    case kBool:
      return static_cast<double>(*bits);
    case kFloat:
      if (width == 4) return std::bit_cast<float>(static_cast<uint32_t>(*bits));
      if (width == 8) return std::bit_cast<double>(*bits);
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

// The end of the bytes is: the root, its type, its width. In front of a map's values stand the
// offset to the vector of its keys, the width of that, and the number of values; behind them a type
// byte for each.
bool FlexMap::open_root() {
  if (size_ < 3) return false;
  const uint64_t root_width = data_[size_ - 1];
  const uint8_t root_type = data_[size_ - 2];
  if (!std::has_single_bit(root_width) || root_width > 8 || size_ - 2 < root_width ||
      type_of(root_type) != kMap) {
    return false;
  }
  const uint64_t width = width_of(root_type);
  const auto values = vector_at(follow(size_ - 2 - root_width, root_width), width);
  if (!values || values->at < 3 * width ||
      !inside(values->at + values->count * width, values->count)) {
    return false;
  }
  const auto key_width = load(values->at - 2 * width, width);
  if (!key_width || !std::has_single_bit(*key_width) || *key_width > 8) return false;
  const auto keys = vector_at(follow(values->at - 3 * width, width), *key_width);
  if (!keys || keys->count != values->count) return false;
  keys_ = *keys;
  values_ = *values;
  return true;
}

Result<FlexMap> FlexMap::open(const void* data, uint64_t size) {
  FlexMap map(static_cast<const uint8_t*>(data), size);
  if (!map.open_root()) {
    return error(BATON_INVALID_MODEL, "its options, %llu bytes, are no FlexBuffer of a map",
                 static_cast<unsigned long long>(size));
  }
  return map;
}

bool FlexMap::is_key(uint64_t at, std::string_view key) const {
  return inside(at, key.size() + 1) && std::memcmp(data_ + at, key.data(), key.size()) == 0 &&
         data_[at + key.size()] == 0;
}

Result<std::optional<double>> FlexMap::find(std::string_view key) const {
  for (uint64_t i = 0; i < keys_.count; ++i) {
    const auto at = follow(keys_.at + i * keys_.width, keys_.width);
    if (!at || !is_key(*at, key)) continue;
    const uint8_t type = data_[values_.at + values_.count * values_.width + i];
    if (type_of(type) == kNull) break;
    const auto value = number(type, values_.at + i * values_.width, values_.width);
    if (value) return std::optional<double>(value);
    return error(BATON_INVALID_MODEL, "its option '%.*s' is no number",
                 static_cast<int>(key.size()), key.data());
  }
  return std::optional<double>();
}

Status FlexMap::read(std::string_view key, int32_t* value) const {
  BATON_ASSIGN_OR_RETURN(const std::optional<double> found, find(key));
  if (!found) return {};
  const double whole = std::trunc(*found);
  if (!(whole >= INT32_MIN && whole <= INT32_MAX)) {
    return error(BATON_INVALID_MODEL, "its option '%.*s' is %g, which is no 32-bit integer",
                 static_cast<int>(key.size()), key.data(), *found);
  }
  *value = static_cast<int32_t>(whole);
  return {};
}

Status FlexMap::read(std::string_view key, float* value) const {
  BATON_ASSIGN_OR_RETURN(const std::optional<double> found, find(key));
  if (found) *value = static_cast<float>(*found);
  return {};
}

Status FlexMap::read(std::string_view key, bool* value) const {
  BATON_ASSIGN_OR_RETURN(const std::optional<double> found, find(key));
  if (found) *value = *found != 0;
  return {};
}

}  // namespace baton::ops
