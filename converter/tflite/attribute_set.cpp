#include "converter/tflite/attribute_set.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace baton::tflite {
namespace {

struct Storage {
  alignas(8) uint8_t bytes[kMaxAttributesSize];
  std::vector<std::vector<uint64_t>> arrays;  // 64-bit elements: aligned for every kind
};

size_t element_size(AttributeKind kind) {
  switch (kind) {
    case AttributeKind::kInt32s:
    case AttributeKind::kUint32s:
    case AttributeKind::kFloats:
      return 4;
    case AttributeKind::kInt64s:
      return 8;
    default:
      return 1;
  }
}

}  // namespace

AttributeSet::AttributeSet(const AttributeLayout& layout, const void* attributes)
    : layout_(&layout) {
  auto storage = std::make_shared<Storage>();
  uint8_t* bytes = storage->bytes;
  default_attributes(layout, bytes);
  uint32_t size = 0;
  std::memcpy(&size, attributes, sizeof(size));
  size = std::min<uint32_t>(size, layout.struct_size);
  if (size > sizeof(size)) {
    std::memcpy(bytes + sizeof(size), static_cast<const uint8_t*>(attributes) + sizeof(size),
                size - sizeof(size));
  }
  for (const AttributeField& field : layout.fields) {
    if (field.count_offset == 0 && field.kind != AttributeKind::kString) continue;
    const AttributeValue value = attribute_value(field, attributes);
    const void* copy = nullptr;
    if (value.data != nullptr) {
      const size_t length = value.count * element_size(field.kind);
      // One element more than needed: a string's zero byte, and an address for an empty array.
      auto& array = storage->arrays.emplace_back(length / sizeof(uint64_t) + 1);
      std::memcpy(array.data(), value.data, length);
      copy = array.data();
    }
    std::memcpy(bytes + field.offset, &copy, sizeof(copy));
    if (field.count_offset != 0) {
      std::memcpy(bytes + field.count_offset, &value.count, sizeof(value.count));
    }
  }
  storage_ = std::shared_ptr<const void>(storage, bytes);
}

AttributeSet::AttributeSet(const AttributeLayout& layout) : layout_(&layout) {
  auto storage = std::make_shared<Storage>();
  default_attributes(layout, storage->bytes);
  storage_ = std::shared_ptr<const void>(storage, storage->bytes);
}

}  // namespace baton::tflite
