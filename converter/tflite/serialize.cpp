#include "converter/tflite/serialize.h"

#include <algorithm>
#include <limits>

#include "converter/tflite/build_attributes.h"
#include "converter/tflite/replace_file.h"
#include "core/schema/tflite_generated.h"

namespace baton::tflite {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

constexpr size_t kBufferAlignment = 64;
// Leaves 64 MiB below FlatBuffers' limit for everything that is not constant data.
constexpr uint64_t kMaxDataInside = (uint64_t{1} << 31) - (uint64_t{1} << 26);
// Offsets 0 and 1 mean "unset"; the field must be there to be patched.
constexpr uint64_t kOffsetToPatch = 1;

// Operators beyond it are only in the 32-bit field; readers take the larger of the two.
constexpr int32_t kLargestByteCode = 127;

template <typename T>
Offset<flatbuffers::Vector<T>> vector_unless_empty(FlatBufferBuilder& builder,
                                                   const std::vector<T>& values) {
  if (values.empty()) return 0;
  return builder.CreateVector(values);
}

Offset<flatbuffers::String> string_unless_empty(FlatBufferBuilder& builder,
                                                const std::string& text) {
  if (text.empty()) return 0;
  return builder.CreateString(text);
}

class Writer {
 public:
  Writer(const Model& model, bool data_behind) : model_(model), data_behind_(data_behind) {}

  std::vector<uint8_t> write();

 private:
  Offset<schema::Buffer> buffer(size_t index);
  Offset<schema::QuantizationParameters> quantization(const Quantization& quantization);
  std::pair<schema::SparseIndexVector, Offset<void>> sparse_indices(
      const std::vector<int32_t>& values, int bits);
  Offset<schema::SparsityParameters> sparsity(const Sparsity& sparsity);
  Offset<schema::Tensor> tensor(const Tensor& tensor);
  Offset<schema::OperatorCode> operator_code(const OperatorCode& code);
  Offset<schema::Operator> node(const Operator& node);
  Offset<schema::SubGraph> subgraph(const Subgraph& subgraph);
  Offset<flatbuffers::Vector<Offset<schema::TensorMap>>> tensor_maps(
      const std::vector<SignatureTensor>& tensors);
  Offset<schema::SignatureDef> signature(const Signature& signature);
  Offset<schema::ExternalBuffer> external_buffer(const ExternalBuffer& external);
  void append_buffers(std::vector<uint8_t>& file);

  // One table per element, and the vector of them; absent if there are none.
  template <typename Item, typename Build>
  auto tables(const std::vector<Item>& items, Build build, bool always = false) {
    using Table = decltype(build(items[0]));
    std::vector<Table> offsets;
    offsets.reserve(items.size());
    for (const Item& item : items) offsets.push_back(build(item));
    return offsets.empty() && !always ? Offset<flatbuffers::Vector<Table>>(0)
                                      : builder_.CreateVector(offsets);
  }

  const Model& model_;
  const bool data_behind_;
  FlatBufferBuilder builder_;
};

Offset<schema::Buffer> Writer::buffer(size_t index) {
  const std::vector<uint8_t>& data = model_.buffers[index];
  // The first is the empty one that stands for "no data".
  if (data.empty() && index == 0) return schema::CreateBuffer(builder_);
  if (data_behind_ && !data.empty()) {
    return schema::CreateBuffer(builder_, 0, kOffsetToPatch, data.size());
  }
  builder_.PreAlign(data.size(), kBufferAlignment);
  const auto bytes = builder_.CreateVector(data);
  return schema::CreateBuffer(builder_, bytes);
}

Offset<schema::QuantizationParameters> Writer::quantization(const Quantization& quantization) {
  if (quantization.empty()) return 0;
  const auto min = vector_unless_empty(builder_, quantization.min);
  const auto max = vector_unless_empty(builder_, quantization.max);
  const auto scale = vector_unless_empty(builder_, quantization.scale);
  const auto zero_point = vector_unless_empty(builder_, quantization.zero_point);
  auto details_type = schema::QuantizationDetails::NONE;
  Offset<void> details;
  if (quantization.block) {
    details_type = schema::QuantizationDetails::BlockwiseQuantization;
    details = schema::CreateBlockwiseQuantization(builder_, quantization.block->scales,
                                                  quantization.block->zero_points,
                                                  quantization.block->block_size)
                  .Union();
  }
  return schema::CreateQuantizationParameters(builder_, min, max, scale, zero_point, details_type,
                                              details, quantization.axis);
}

std::pair<schema::SparseIndexVector, Offset<void>> Writer::sparse_indices(
    const std::vector<int32_t>& values, int bits) {
  if (bits == 8) {
    const std::vector<uint8_t> narrow(values.begin(), values.end());
    builder_.ForceVectorAlignment(narrow.size(), sizeof(uint8_t), 4);
    const auto vector = builder_.CreateVector(narrow);
    return {schema::SparseIndexVector::Uint8Vector,
            schema::CreateUint8Vector(builder_, vector).Union()};
  }
  if (bits == 16) {
    const std::vector<uint16_t> narrow(values.begin(), values.end());
    builder_.ForceVectorAlignment(narrow.size(), sizeof(uint16_t), 4);
    const auto vector = builder_.CreateVector(narrow);
    return {schema::SparseIndexVector::Uint16Vector,
            schema::CreateUint16Vector(builder_, vector).Union()};
  }
  const auto vector = builder_.CreateVector(values);
  return {schema::SparseIndexVector::Int32Vector,
          schema::CreateInt32Vector(builder_, vector).Union()};
}

Offset<schema::SparsityParameters> Writer::sparsity(const Sparsity& sparsity) {
  const auto order = builder_.CreateVector(sparsity.traversal_order);
  const auto blocks = vector_unless_empty(builder_, sparsity.block_map);
  const auto dimensions = tables(sparsity.dimensions, [&](const SparseDimension& dimension) {
    if (!dimension.compressed) {
      return schema::CreateDimensionMetadata(builder_, schema::DimensionType::DENSE,
                                             dimension.dense_size);
    }
    const auto segments = sparse_indices(dimension.segments, dimension.index_bits);
    const auto indices = sparse_indices(dimension.indices, dimension.index_bits);
    return schema::CreateDimensionMetadata(builder_, schema::DimensionType::SPARSE_CSR,
                                           dimension.dense_size, segments.first, segments.second,
                                           indices.first, indices.second);
  });
  return schema::CreateSparsityParameters(builder_, order, blocks, dimensions);
}

Offset<schema::Tensor> Writer::tensor(const Tensor& tensor) {
  const auto shape = builder_.CreateVector(tensor.shape);
  const auto signature = vector_unless_empty(builder_, tensor.shape_signature);
  const auto name = builder_.CreateString(tensor.name);
  const auto quantised = quantization(tensor.quantization);
  const auto sparse = tensor.sparsity ? sparsity(*tensor.sparsity) : 0;
  return schema::CreateTensor(builder_, shape, static_cast<schema::TensorType>(tensor.dtype),
                              tensor.buffer, name, quantised, tensor.is_variable, sparse, signature,
                              tensor.has_rank, 0, tensor.external_buffer);
}

Offset<schema::OperatorCode> Writer::operator_code(const OperatorCode& code) {
  const auto name = string_unless_empty(builder_, code.custom_name);
  return schema::CreateOperatorCode(
      builder_, static_cast<int8_t>(std::min(code.code, kLargestByteCode)), name, code.version,
      static_cast<schema::BuiltinOperator>(code.code));
}

Offset<schema::Operator> Writer::node(const Operator& node) {
  const auto inputs = builder_.CreateVector(node.inputs);
  const auto outputs = builder_.CreateVector(node.outputs);
  const auto custom = vector_unless_empty(builder_, node.custom_options);
  const auto mutating = vector_unless_empty(builder_, node.mutating_variable_inputs);
  const auto intermediates = vector_unless_empty(builder_, node.intermediates);
  Offset<void> options[2];
  uint8_t members[2] = {0, 0};
  if (const AttributeLayout* layout = node.attributes.layout()) {
    const auto which = layout->options_union == OptionsUnion::kBuiltinOptions ? 0 : 1;
    options[which] = build_attributes(builder_, *layout, node.attributes.data());
    members[which] = layout->member;
  }
  return schema::CreateOperator(builder_, node.code_index, inputs, outputs,
                                static_cast<schema::BuiltinOptions>(members[0]), options[0], custom,
                                schema::CustomOptionsFormat::FLEXBUFFERS, mutating, intermediates,
                                0, 0, static_cast<schema::BuiltinOptions2>(members[1]), options[1]);
}

Offset<schema::SubGraph> Writer::subgraph(const Subgraph& subgraph) {
  const auto tensor_list = tables(
      subgraph.tensors, [&](const Tensor& one) { return tensor(one); }, true);
  const auto inputs = builder_.CreateVector(subgraph.inputs);
  const auto outputs = builder_.CreateVector(subgraph.outputs);
  const auto operators = tables(
      subgraph.operators, [&](const Operator& one) { return node(one); }, true);
  const auto name = string_unless_empty(builder_, subgraph.name);
  return schema::CreateSubGraph(builder_, tensor_list, inputs, outputs, operators, name);
}

Offset<flatbuffers::Vector<Offset<schema::TensorMap>>> Writer::tensor_maps(
    const std::vector<SignatureTensor>& tensors) {
  return tables(
      tensors,
      [&](const SignatureTensor& one) {
        const auto name = builder_.CreateString(one.name);
        return schema::CreateTensorMap(builder_, name, static_cast<uint32_t>(one.tensor));
      },
      true);
}

Offset<schema::SignatureDef> Writer::signature(const Signature& signature) {
  const auto inputs = tensor_maps(signature.inputs);
  const auto outputs = tensor_maps(signature.outputs);
  const auto key = builder_.CreateString(signature.key);
  return schema::CreateSignatureDef(builder_, inputs, outputs, key, signature.subgraph);
}

Offset<schema::ExternalBuffer> Writer::external_buffer(const ExternalBuffer& external) {
  const auto packing = string_unless_empty(builder_, external.packing);
  return schema::CreateExternalBuffer(builder_, external.id, external.group, external.offset,
                                      external.length, packing);
}

// Data behind the FlatBuffer: its place is known only now.
void Writer::append_buffers(std::vector<uint8_t>& file) {
  const auto field = schema::Buffer::VT_OFFSET;
  for (size_t i = 0; i < model_.buffers.size(); ++i) {
    const std::vector<uint8_t>& data = model_.buffers[i];
    if (data.empty()) continue;
    file.resize((file.size() + kBufferAlignment - 1) / kBufferAlignment * kBufferAlignment);
    const auto* table =
        schema::GetModel(file.data())->buffers()->Get(static_cast<flatbuffers::uoffset_t>(i));
    // Ours to change: the table lies in `file`.
    auto* mutable_table = reinterpret_cast<flatbuffers::Table*>(const_cast<schema::Buffer*>(table));
    mutable_table->SetField<uint64_t>(field, file.size(), 0);
    file.insert(file.end(), data.begin(), data.end());
  }
}

std::vector<uint8_t> Writer::write() {
  // Written first is last in the file: tables and names come in front of the constants.
  std::vector<Offset<schema::Buffer>> buffers;
  buffers.reserve(model_.buffers.size());
  for (size_t i = 0; i < model_.buffers.size(); ++i) buffers.push_back(buffer(i));
  const auto buffer_list = builder_.CreateVector(buffers);

  const auto groups = tables(model_.external_buffer_groups, [&](const std::string& name) {
    const auto text = builder_.CreateString(name);
    return schema::CreateExternalBufferGroup(builder_, text);
  });
  const auto externals = tables(model_.external_buffers,
                                [&](const ExternalBuffer& one) { return external_buffer(one); });
  const auto signatures =
      tables(model_.signatures, [&](const Signature& one) { return signature(one); });
  const auto metadata = tables(model_.metadata, [&](const Metadata& one) {
    const auto name = builder_.CreateString(one.name);
    return schema::CreateMetadata(builder_, name, one.buffer);
  });
  const auto subgraphs = tables(
      model_.subgraphs, [&](const Subgraph& one) { return subgraph(one); }, true);
  const auto codes = tables(
      model_.operator_codes, [&](const OperatorCode& one) { return operator_code(one); }, true);
  const auto description = string_unless_empty(builder_, model_.description);
  const auto root = schema::CreateModel(builder_, model_.version, codes, subgraphs, description,
                                        buffer_list, 0, metadata, signatures, groups, externals);
  schema::FinishModelBuffer(builder_, root);

  std::vector<uint8_t> file(builder_.GetBufferPointer(),
                            builder_.GetBufferPointer() + builder_.GetSize());
  if (data_behind_) append_buffers(file);
  return file;
}

bool must_lie_behind(const Model& model) {
  uint64_t total = 0;
  for (const auto& data : model.buffers) total += data.size() + kBufferAlignment;
  return total > kMaxDataInside;
}

}  // namespace

std::vector<uint8_t> serialize(const Model& model, BufferPlace place) {
  const bool behind =
      place == BufferPlace::kBehind || (place == BufferPlace::kAutomatic && must_lie_behind(model));
  return Writer(model, behind).write();
}

Status write_file(const Model& model, const std::string& path) {
  return replace_file(path, serialize(model));
}

}  // namespace baton::tflite
