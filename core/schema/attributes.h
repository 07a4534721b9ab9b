#pragma once

#include <baton/attributes.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace flatbuffers {
class Table;
}

namespace baton {

// How one attribute is stored. The C form follows from it, see <baton/attributes.h>.
enum class AttributeKind : uint8_t {
  kBool,
  kEnum8,   // a byte in the file, int32_t in the struct
  kEnum32,  // 32 bits in the file, int32_t in the struct
  kInt32,
  kUint32,
  kInt64,
  kFloat,
  kString,
  kBools,
  kBytes,
  kInt32s,
  kUint32s,
  kInt64s,
  kFloats,
};

// The two unions of the Operator table that can hold options.
enum class OptionsUnion : uint8_t { kBuiltinOptions, kBuiltinOptions2 };

struct EnumValue {
  int32_t value;
  const char* name;
};

struct EnumLayout {
  const char* name;
  std::span<const EnumValue> values;
};

struct AttributeField {
  const char* name;
  AttributeKind kind;
  uint16_t offset;                // in the C struct
  uint16_t count_offset;          // of NAME_count; 0 if the field is not an array
  uint16_t vtable;                // of the FlatBuffers table
  double default_value;           // of scalars; exact for every default that the format has
  const EnumLayout* enumeration;  // null if the field (or its elements) is not an enumeration
};

// One options table of the format and its C struct.
struct AttributeLayout {
  const char* name;  // of the table, such as "Conv2DOptions"
  OptionsUnion options_union;
  uint8_t member;        // of the union
  uint16_t struct_size;  // of the C struct
  std::span<const AttributeField> fields;
};

// The largest C struct of all, so that a caller can keep any of them in place.
inline constexpr size_t kMaxAttributesSize = sizeof(baton_stablehlo_convolution_attributes);

// The layout of a member of a union; null for 0 ("none") and for members that this schema does not
// have.
const AttributeLayout* attribute_layout(OptionsUnion options_union, int member);

// The layout of a table by its name ("Conv2DOptions"); null if there is none.
const AttributeLayout* attribute_layout(std::string_view table_name);

// All layouts of a union, in the order of its members (member 1 first).
std::span<const AttributeLayout> attribute_layouts(OptionsUnion options_union);

// Fills the C struct at `out` (at least layout.struct_size bytes, 8-byte aligned) with the defaults
// of the format.
void default_attributes(const AttributeLayout& layout, void* out);

// The same with the values of a verified FlatBuffers table; arrays and strings lead into its
// buffer. A null table gives the defaults.
void read_attributes(const flatbuffers::Table* table, const AttributeLayout& layout, void* out);

// One attribute's value, whatever its kind. Which members are meaningful follows from the kind:
// `integer` for kBool ... kInt64, `real` for kFloat, `data` and `count` for strings (without the
// zero byte) and arrays; `data` is null if the file does not have the string or array.
struct AttributeValue {
  int64_t integer = 0;
  double real = 0;
  const void* data = nullptr;
  uint32_t count = 0;
};

// Reads a field of the C struct at `attributes`; a field behind its struct_size has its default.
AttributeValue attribute_value(const AttributeField& field, const void* attributes);

// Calls visit(field, value) for each attribute, in the order of the format.
template <typename Visitor>
void for_each_attribute(const AttributeLayout& layout, const void* attributes, Visitor&& visit) {
  for (const AttributeField& field : layout.fields)
    visit(field, attribute_value(field, attributes));
}

// The name of an enumeration's value; null if the value is unknown.
const char* enum_value_name(const EnumLayout& enumeration, int64_t value);

// A value as people read it: "3", "true", "SAME", "0.5", "[1, 2]", "\"text\"", "absent". Arrays
// longer than `max_elements` end in "...".
std::string format_attribute(const AttributeField& field, const AttributeValue& value,
                             uint32_t max_elements = 16);

// From the type of a C struct to its layout: AttributeType<baton_conv_2d_attributes>.
template <typename T>
struct AttributeType;

#define BATON_ATTRIBUTE_TYPE(struct_name, table, union_name, union_member)                      \
  template <>                                                                                   \
  struct AttributeType<baton_##struct_name##_attributes> {                                      \
    static constexpr OptionsUnion options_union = OptionsUnion::k##union_name;                  \
    static constexpr uint8_t member = union_member;                                             \
    static const AttributeLayout& layout() { return *attribute_layout(options_union, member); } \
  };
#include "core/schema/attribute_types.inc"

// A struct filled with the defaults of the format.
template <typename T>
T default_attributes() {
  T attributes{};
  default_attributes(AttributeType<T>::layout(), &attributes);
  return attributes;
}

}  // namespace baton
