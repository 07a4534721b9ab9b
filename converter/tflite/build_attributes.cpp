#include "converter/tflite/build_attributes.h"

#include <vector>

namespace baton::tflite {
namespace {

template <typename T>
flatbuffers::uoffset_t build_array(flatbuffers::FlatBufferBuilder& builder,
                                   const AttributeValue& value) {
  return builder.CreateVector(static_cast<const T*>(value.data), value.count).o;
}

// Strings and arrays lie outside their table; 0 for scalars and for what is absent.
flatbuffers::uoffset_t build_outside(flatbuffers::FlatBufferBuilder& builder,
                                     const AttributeField& field, const AttributeValue& value) {
  if (value.data == nullptr) return 0;
  switch (field.kind) {
    case AttributeKind::kString:
      return builder.CreateString(static_cast<const char*>(value.data), value.count).o;
    case AttributeKind::kBools:
    case AttributeKind::kBytes:
      return build_array<uint8_t>(builder, value);
    case AttributeKind::kInt32s:
      return build_array<int32_t>(builder, value);
    case AttributeKind::kUint32s:
      return build_array<uint32_t>(builder, value);
    case AttributeKind::kInt64s:
      return build_array<int64_t>(builder, value);
    case AttributeKind::kFloats:
      return build_array<float>(builder, value);
    default:
      return 0;
  }
}

// Bytes of the field in the table.
size_t stored_size(AttributeKind kind) {
  switch (kind) {
    case AttributeKind::kBool:
    case AttributeKind::kEnum8:
      return 1;
    case AttributeKind::kInt64:
      return 8;
    default:
      return 4;
  }
}

template <typename T>
void add_integer(flatbuffers::FlatBufferBuilder& builder, const AttributeField& field,
                 const AttributeValue& value) {
  builder.AddElement<T>(field.vtable, static_cast<T>(value.integer),
                        static_cast<T>(field.default_value));
}

void add_field(flatbuffers::FlatBufferBuilder& builder, const AttributeField& field,
               const AttributeValue& value, flatbuffers::uoffset_t outside) {
  switch (field.kind) {
    case AttributeKind::kBool:
      return add_integer<uint8_t>(builder, field, value);
    case AttributeKind::kEnum8:
      return add_integer<int8_t>(builder, field, value);
    case AttributeKind::kEnum32:
    case AttributeKind::kInt32:
      return add_integer<int32_t>(builder, field, value);
    case AttributeKind::kUint32:
      return add_integer<uint32_t>(builder, field, value);
    case AttributeKind::kInt64:
      return add_integer<int64_t>(builder, field, value);
    case AttributeKind::kFloat:
      return builder.AddElement<float>(field.vtable, static_cast<float>(value.real),
                                       static_cast<float>(field.default_value));
    default:
      if (outside != 0) builder.AddOffset(field.vtable, flatbuffers::Offset<void>(outside));
  }
}

}  // namespace

flatbuffers::Offset<void> build_attributes(flatbuffers::FlatBufferBuilder& builder,
                                           const AttributeLayout& layout, const void* attributes) {
  std::vector<AttributeValue> values;
  std::vector<flatbuffers::uoffset_t> outside;
  for_each_attribute(layout, attributes,
                     [&](const AttributeField& field, const AttributeValue& value) {
                       values.push_back(value);
                       outside.push_back(build_outside(builder, field, value));
                     });
  const auto start = builder.StartTable();
  // The largest first, so that no padding is needed between them.
  for (const size_t size : {8u, 4u, 1u}) {
    for (size_t i = 0; i < layout.fields.size(); ++i) {
      const AttributeField& field = layout.fields[i];
      if (stored_size(field.kind) == size) add_field(builder, field, values[i], outside[i]);
    }
  }
  return flatbuffers::Offset<void>(builder.EndTable(start));
}

}  // namespace baton::tflite
