#include "core/schema/attributes.h"

#include <flatbuffers/flatbuffers.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdio>
#include <cstring>

namespace baton {
namespace {

// Arrays are handed out as they lie in the file.
static_assert(std::endian::native == std::endian::little);

#define BATON_ATTRIBUTE_OFFSET(struct_name, field, offset) \
  static_assert(offsetof(struct_name, field) == (offset));
#include "core/schema/attribute_offsets.inc"

#include "core/schema/attribute_table.inc"

template <typename T>
T load(const void* attributes, size_t offset) {
  T value;
  std::memcpy(&value, static_cast<const uint8_t*>(attributes) + offset, sizeof(value));
  return value;
}

template <typename T>
void store(void* attributes, size_t offset, T value) {
  std::memcpy(static_cast<uint8_t*>(attributes) + offset, &value, sizeof(value));
}

template <typename T>
void read_scalar(const flatbuffers::Table& table, const AttributeField& field, void* out) {
  store(out, field.offset, table.GetField<T>(field.vtable, static_cast<T>(field.default_value)));
}

template <typename T>
void read_array(const flatbuffers::Table& table, const AttributeField& field, void* out) {
  const auto* array = table.GetPointer<const flatbuffers::Vector<T>*>(field.vtable);
  if (array == nullptr) return;
  store(out, field.offset, static_cast<const void*>(array->Data()));
  store(out, field.count_offset, static_cast<uint32_t>(array->size()));
}

void read_field(const flatbuffers::Table& table, const AttributeField& field, void* out) {
  switch (field.kind) {
    case AttributeKind::kBool: {
      // Any byte but 0 is true; the struct promises 0 or 1.
      const auto stored =
          table.GetField<uint8_t>(field.vtable, static_cast<uint8_t>(field.default_value));
      return store(out, field.offset, static_cast<uint8_t>(stored != 0));
    }
    case AttributeKind::kEnum8: {
      const auto stored =
          table.GetField<int8_t>(field.vtable, static_cast<int8_t>(field.default_value));
      return store(out, field.offset, static_cast<int32_t>(stored));
    }
    case AttributeKind::kEnum32:
    case AttributeKind::kInt32:
      return read_scalar<int32_t>(table, field, out);
    case AttributeKind::kUint32:
      return read_scalar<uint32_t>(table, field, out);
    case AttributeKind::kInt64:
      return read_scalar<int64_t>(table, field, out);
    case AttributeKind::kFloat:
      return read_scalar<float>(table, field, out);
    case AttributeKind::kString: {
      const auto* string = table.GetPointer<const flatbuffers::String*>(field.vtable);
      if (string != nullptr) store(out, field.offset, string->c_str());
      return;
    }
    case AttributeKind::kBools:
    case AttributeKind::kBytes:
      return read_array<uint8_t>(table, field, out);
    case AttributeKind::kInt32s:
      return read_array<int32_t>(table, field, out);
    case AttributeKind::kUint32s:
      return read_array<uint32_t>(table, field, out);
    case AttributeKind::kInt64s:
      return read_array<int64_t>(table, field, out);
    case AttributeKind::kFloats:
      return read_array<float>(table, field, out);
  }
}

void store_default(const AttributeField& field, void* out) {
  switch (field.kind) {
    case AttributeKind::kBool:
      return store(out, field.offset, static_cast<uint8_t>(field.default_value));
    case AttributeKind::kEnum8:
    case AttributeKind::kEnum32:
    case AttributeKind::kInt32:
      return store(out, field.offset, static_cast<int32_t>(field.default_value));
    case AttributeKind::kUint32:
      return store(out, field.offset, static_cast<uint32_t>(field.default_value));
    case AttributeKind::kInt64:
      return store(out, field.offset, static_cast<int64_t>(field.default_value));
    case AttributeKind::kFloat:
      return store(out, field.offset, static_cast<float>(field.default_value));
    default:
      return;  // strings and arrays are absent, which is all zeros
  }
}

// Bytes that the field takes in the struct, with its count but without padding.
size_t field_end(const AttributeField& field) {
  if (field.count_offset != 0) return field.count_offset + sizeof(uint32_t);
  switch (field.kind) {
    case AttributeKind::kBool:
      return field.offset + sizeof(uint8_t);
    case AttributeKind::kInt64:
      return field.offset + sizeof(int64_t);
    case AttributeKind::kString:
      return field.offset + sizeof(const char*);
    default:
      return field.offset + sizeof(int32_t);
  }
}

void append_number(std::string& text, double value) {
  std::array<char, 32> digits;
  // The shortest of the two that reads back as the same float.
  std::snprintf(digits.data(), digits.size(), "%.7g", value);
  float read_back = 0;
  if (std::sscanf(digits.data(), "%f", &read_back) == 1 && read_back != static_cast<float>(value)) {
    std::snprintf(digits.data(), digits.size(), "%.9g", value);
  }
  text += digits.data();
}

void append_integer(std::string& text, const AttributeField& field, int64_t value) {
  if (field.enumeration != nullptr) {
    if (const char* name = enum_value_name(*field.enumeration, value)) {
      text += name;
      return;
    }
  }
  text += std::to_string(value);
}

void append_element(std::string& text, const AttributeField& field, const AttributeValue& value,
                    uint32_t index) {
  switch (field.kind) {
    case AttributeKind::kBools:
      text += load<uint8_t>(value.data, index) != 0 ? "true" : "false";
      return;
    case AttributeKind::kBytes:
      return append_integer(text, field, load<uint8_t>(value.data, index));
    case AttributeKind::kInt32s:
      return append_integer(text, field, load<int32_t>(value.data, index * sizeof(int32_t)));
    case AttributeKind::kUint32s:
      return append_integer(text, field, load<uint32_t>(value.data, index * sizeof(uint32_t)));
    case AttributeKind::kInt64s:
      return append_integer(text, field, load<int64_t>(value.data, index * sizeof(int64_t)));
    default:
      return append_number(text, load<float>(value.data, index * sizeof(float)));
  }
}

}  // namespace

std::span<const AttributeLayout> attribute_layouts(OptionsUnion options_union) {
  if (options_union == OptionsUnion::kBuiltinOptions) return kBuiltinOptionsLayouts;
  return kBuiltinOptions2Layouts;
}

const AttributeLayout* attribute_layout(OptionsUnion options_union, int member) {
  const auto layouts = attribute_layouts(options_union);
  if (member < 1 || static_cast<size_t>(member) > layouts.size()) return nullptr;
  return &layouts[static_cast<size_t>(member) - 1];
}

const AttributeLayout* attribute_layout(std::string_view table_name) {
  for (const OptionsUnion one : {OptionsUnion::kBuiltinOptions, OptionsUnion::kBuiltinOptions2}) {
    for (const AttributeLayout& layout : attribute_layouts(one)) {
      if (table_name == layout.name) return &layout;
    }
  }
  return nullptr;
}

void default_attributes(const AttributeLayout& layout, void* out) {
  std::memset(out, 0, layout.struct_size);
  store(out, 0, static_cast<uint32_t>(layout.struct_size));
  for (const AttributeField& field : layout.fields) store_default(field, out);
}

void read_attributes(const flatbuffers::Table* table, const AttributeLayout& layout, void* out) {
  default_attributes(layout, out);
  if (table == nullptr) return;
  for (const AttributeField& field : layout.fields) read_field(*table, field, out);
}

AttributeValue attribute_value(const AttributeField& field, const void* attributes) {
  AttributeValue value;
  if (load<uint32_t>(attributes, 0) < field_end(field)) {
    if (field.kind == AttributeKind::kFloat) {
      value.real = field.default_value;
    } else {
      value.integer = static_cast<int64_t>(field.default_value);
    }
    return value;
  }
  switch (field.kind) {
    case AttributeKind::kBool:
      value.integer = load<uint8_t>(attributes, field.offset);
      break;
    case AttributeKind::kEnum8:
    case AttributeKind::kEnum32:
    case AttributeKind::kInt32:
      value.integer = load<int32_t>(attributes, field.offset);
      break;
    case AttributeKind::kUint32:
      value.integer = load<uint32_t>(attributes, field.offset);
      break;
    case AttributeKind::kInt64:
      value.integer = load<int64_t>(attributes, field.offset);
      break;
    case AttributeKind::kFloat:
      value.real = static_cast<double>(load<float>(attributes, field.offset));
      break;
    case AttributeKind::kString: {
      const auto* text = load<const char*>(attributes, field.offset);
      value.data = text;
      if (text != nullptr) value.count = static_cast<uint32_t>(std::strlen(text));
      break;
    }
    default:
      value.data = load<const void*>(attributes, field.offset);
      if (value.data != nullptr) value.count = load<uint32_t>(attributes, field.count_offset);
      break;
  }
  return value;
}

const char* enum_value_name(const EnumLayout& enumeration, int64_t value) {
  for (const EnumValue& known : enumeration.values) {
    if (known.value == value) return known.name;
  }
  return nullptr;
}

std::string format_attribute(const AttributeField& field, const AttributeValue& value,
                             uint32_t max_elements) {
  std::string text;
  switch (field.kind) {
    case AttributeKind::kBool:
      return value.integer != 0 ? "true" : "false";
    case AttributeKind::kEnum8:
    case AttributeKind::kEnum32:
    case AttributeKind::kInt32:
    case AttributeKind::kUint32:
    case AttributeKind::kInt64:
      append_integer(text, field, value.integer);
      return text;
    case AttributeKind::kFloat:
      append_number(text, value.real);
      return text;
    case AttributeKind::kString:
      if (value.data == nullptr) return "absent";
      text += '"';
      text.append(static_cast<const char*>(value.data), value.count);
      text += '"';
      return text;
    default:
      break;
  }
  if (value.data == nullptr) return "absent";
  text = "[";
  for (uint32_t i = 0; i < value.count; ++i) {
    if (i != 0) text += ", ";
    if (i == max_elements) {
      text += "...";
      break;
    }
    append_element(text, field, value, i);
  }
  return text + "]";
}

}  // namespace baton
