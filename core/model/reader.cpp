#include "core/model/reader.h"

#include <algorithm>

#include "baton/builtin_ops.h"
#include "core/base/dtype.h"
#include "core/schema/operators.h"

namespace baton {
namespace {

std::optional<BufferBytes> file_range(std::span<const uint8_t> file, uint64_t offset,
                                      uint64_t size) {
  // 0 means unset; writers put 1 where the true offset is patched in later.
  if (offset <= 1) return std::nullopt;
  BufferBytes bytes;
  bytes.size = size;
  bytes.in_file = offset <= file.size() && size <= file.size() - offset;
  if (bytes.in_file) bytes.data = file.data() + offset;
  return bytes;
}

}  // namespace

int32_t operator_code(const schema::OperatorCode& code) {
  return std::max<int32_t>(code.deprecated_builtin_code(),
                           static_cast<int32_t>(code.builtin_code()));
}

std::string operator_label(const schema::OperatorCode& code) {
  const int32_t number = operator_code(code);
  if (number == BATON_OP_CUSTOM) return text(code.custom_code());
  const BuiltinOperator* known = builtin_operator(number);
  return known != nullptr ? known->name : format("operator %d", number);
}

std::optional<BufferBytes> buffer_bytes(const schema::Model& model, std::span<const uint8_t> file,
                                        uint32_t index) {
  if (index == 0 || index >= length(model.buffers())) return std::nullopt;
  const schema::Buffer* buffer = model.buffers()->Get(index);
  if (const auto* data = buffer->data()) return BufferBytes{data->Data(), data->size(), true};
  return file_range(file, buffer->offset(), buffer->size());
}

std::optional<std::span<const uint8_t>> constant_bytes(const schema::Model& model,
                                                       std::span<const uint8_t> file,
                                                       const schema::Tensor& tensor) {
  const auto dtype = static_cast<baton_dtype>(tensor.type());
  if (dtype == BATON_RESOURCE || dtype == BATON_VARIANT) return std::nullopt;
  const auto bytes = buffer_bytes(model, file, tensor.buffer());
  if (!bytes || bytes->data == nullptr) return std::nullopt;
  if (bytes->size == 0) {
    if (dtype == BATON_STRING || tensor_bytes(dtype, ints(tensor.shape())) != 0u) {
      return std::nullopt;
    }
  }
  return std::span<const uint8_t>(bytes->data, static_cast<size_t>(bytes->size));
}

std::optional<BufferBytes> custom_options(const schema::Operator& op,
                                          std::span<const uint8_t> file) {
  if (const auto* inside = op.custom_options()) {
    return BufferBytes{inside->Data(), inside->size(), true};
  }
  return file_range(file, op.large_custom_options_offset(), op.large_custom_options_size());
}

int options_member(const schema::Operator& op, OptionsUnion options_union) {
  return options_union == OptionsUnion::kBuiltinOptions
             ? static_cast<int>(op.builtin_options_type())
             : static_cast<int>(op.builtin_options_2_type());
}

const flatbuffers::Table* options_table(const schema::Operator& op, const AttributeLayout& layout) {
  if (options_member(op, layout.options_union) != layout.member) return nullptr;
  return static_cast<const flatbuffers::Table*>(
      layout.options_union == OptionsUnion::kBuiltinOptions ? op.builtin_options()
                                                            : op.builtin_options_2());
}

std::string operator_place(uint32_t subgraph, uint32_t index, const std::string& label) {
  return format("subgraph %u, operator %u (%s)", subgraph, index, label.c_str());
}

std::string tensor_place(uint32_t subgraph, uint32_t index, const schema::Tensor& tensor) {
  return format("subgraph %u, tensor %u ('%s')", subgraph, index, text(tensor.name()));
}

}  // namespace baton
