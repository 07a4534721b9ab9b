// How the tables of a .tflite file are read: the places where the format leaves more than one way.
// Everything here needs a buffer that passed the FlatBuffers verifier.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/model/model.h"
#include "core/schema/attributes.h"
#include "core/schema/tflite_generated.h"

namespace baton {

template <typename T>
uint32_t length(const flatbuffers::Vector<T>* vector) {
  return vector == nullptr ? 0 : vector->size();
}

inline std::span<const int32_t> ints(const flatbuffers::Vector<int32_t>* vector) {
  if (vector == nullptr) return {};
  return {reinterpret_cast<const int32_t*>(vector->Data()), vector->size()};
}

inline const char* text(const flatbuffers::String* string) {
  return string == nullptr ? "" : string->c_str();
}

// The number that counts: files from before the 32-bit field have it in the old one.
int32_t operator_code(const schema::OperatorCode& code);
// "CONV_2D", the custom operator's name, "operator 300".
std::string operator_label(const schema::OperatorCode& code);

// The bytes of a buffer; nullopt when it holds none (index 0 never does). A range outside the file
// has no data and `in_file` false.
struct BufferBytes {
  const uint8_t* data = nullptr;
  uint64_t size = 0;
  bool in_file = true;
};
std::optional<BufferBytes> buffer_bytes(const schema::Model& model, std::span<const uint8_t> file,
                                        uint32_t index);

// A constant's content, dense; nullopt when the tensor is none. A buffer without bytes makes a
// constant only of a tensor without elements.
std::optional<std::span<const uint8_t>> constant_bytes(const schema::Model& model,
                                                       std::span<const uint8_t> file,
                                                       const schema::Tensor& tensor);

// The bytes of a custom operator's options, in either form.
std::optional<BufferBytes> custom_options(const schema::Operator& op,
                                          std::span<const uint8_t> file);

// The operator's options table; nullptr when it is absent or that of another operator.
const flatbuffers::Table* options_table(const schema::Operator& op, const AttributeLayout& layout);
// Member of the union that the file has there; 0: none.
int options_member(const schema::Operator& op, OptionsUnion options_union);

// "subgraph 0, operator 12 (CONV_2D)"
std::string operator_place(uint32_t subgraph, uint32_t index, const std::string& label);
// "subgraph 0, tensor 5 ('name')"
std::string tensor_place(uint32_t subgraph, uint32_t index, const schema::Tensor& tensor);

}  // namespace baton
