#include <algorithm>
#include <cstring>
#include <string_view>
#include <unordered_set>

#include "core/base/checked.h"
#include "core/base/dtype.h"
#include "core/graph/builder.h"

namespace baton {
namespace {

// What an empty constant points to: an address that may be aligned to and read past.
alignas(64) constexpr uint8_t kNothing[64] = {};

std::string label(const baton_tensor& tensor) {
  return format("tensor %d ('%s')", tensor.index, tensor.name);
}

uint64_t element_alignment(const baton_tensor& tensor) {
  if (tensor.dtype == BATON_STRING) return sizeof(int32_t);
  return std::clamp<uint64_t>(tensor.bits / 8, 1, sizeof(uint64_t));
}

// A C++ bool that holds anything but 0 and 1 is undefined.
bool odd_bools(std::span<const uint8_t> content, const baton_tensor& tensor) {
  return tensor.dtype == BATON_BOOL &&
         std::any_of(content.begin(), content.end(), [](uint8_t byte) { return byte > 1; });
}

}  // namespace

void GraphBuilder::set_shape(std::span<const int32_t> dims, std::span<const int32_t> signature,
                             baton_tensor& tensor) {
  tensor.rank = static_cast<uint32_t>(dims.size());
  tensor.dims = storage_->copy(dims);
  auto* varying = storage_->array<int32_t>(dims.size());
  for (size_t i = 0; i < dims.size(); ++i) {
    const bool varies = signature.size() == dims.size() && signature[i] == -1;
    varying[i] = varies ? -1 : dims[i];
  }
  tensor.dims_signature = varying;
  if (tensor.bits != 0) tensor.bytes = tensor_bytes(tensor.dtype, dims).value_or(0);
}

const baton_quantization* GraphBuilder::make_quantization(const Quantization& quantization) {
  if (quantization.kind == BATON_QUANTIZATION_NONE) return storage_->no_quantization();
  auto* made = storage_->array<baton_quantization>(1);
  *made = baton_quantization{};
  made->struct_size = sizeof(baton_quantization);
  made->kind = quantization.kind;
  made->count = static_cast<uint32_t>(quantization.scales.size());
  made->axis = quantization.axis;
  made->scales = storage_->copy(std::span<const float>(quantization.scales));
  made->zero_points = storage_->copy(std::span<const int64_t>(quantization.zero_points));
  made->block_size = quantization.block_size;
  return made;
}

Result<const uint8_t*> GraphBuilder::usable_content(std::span<const uint8_t> content,
                                                    const baton_tensor& tensor) {
  if (content.empty()) return static_cast<const uint8_t*>(kNothing);
  const bool is_bool = tensor.dtype == BATON_BOOL;
  const auto known = replaced_.find({content.data(), is_bool});
  if (known != replaced_.end()) return known->second;
  const bool aligned = reinterpret_cast<uintptr_t>(content.data()) % element_alignment(tensor) == 0;
  // Each byte of an honest file is content once, or once more as booleans.
  if (!aligned || is_bool) examined_ += content.size();
  if (examined_ > 2 * model_->bytes().size()) {
    return error(BATON_INVALID_MODEL,
                 "%s: its buffer overlaps others, which together have far more bytes than the file",
                 label(tensor).c_str());
  }
  const bool odd = odd_bools(content, tensor);
  const uint8_t* usable = content.data();
  if (!aligned || odd) {
    auto* copy = storage_->array<uint8_t>(content.size());
    for (size_t i = 0; i < content.size(); ++i) copy[i] = odd ? content[i] != 0 : content[i];
    usable = copy;
  }
  // Remembered where looking again would cost: tensors may share a buffer.
  if (!aligned || is_bool) replaced_[{content.data(), is_bool}] = usable;
  return usable;
}

Status GraphBuilder::set_content(const schema::Tensor& table, bool given, baton_tensor& tensor) {
  if (given || tensor.flags & BATON_TENSOR_VARIABLE) return {};
  const auto content = constant_bytes(root(), model_->bytes(), table);
  const bool empty = tensor.bits != 0 && tensor.bytes == 0;
  if (!content && !empty) return {};
  tensor.flags |= BATON_TENSOR_CONSTANT;
  BATON_ASSIGN_OR_RETURN(tensor.data,
                         usable_content(content.value_or(std::span<const uint8_t>()), tensor));
  if (tensor.dtype == BATON_STRING) tensor.bytes = content->size();
  return {};
}

void GraphBuilder::note_tensor(uint32_t subgraph, const schema::Tensor& table,
                               const baton_tensor& tensor) {
  const auto dims = ints(table.shape());
  const auto signature = ints(table.shape_signature());
  const bool constant = (tensor.flags & BATON_TENSOR_CONSTANT) != 0;
  if (dims.empty() && !constant) {
    oddities_.add(subgraph, "tensors of rank 0", label(tensor));
  }
  if (std::find(dims.begin(), dims.end(), 0) != dims.end()) {
    oddities_.add(subgraph, "tensors with a dimension of size 0", label(tensor));
  }
  if (!signature.empty() && signature.size() != dims.size()) {
    oddities_.add(subgraph, "tensors whose shape signature has another rank than their shape",
                  label(tensor));
  }
  const baton_quantization& quantization = *tensor.quantization;
  for (uint32_t i = 0; i < quantization.count; ++i) {
    if (!(quantization.scales[i] > 1.0f)) continue;
    oddities_.add(subgraph, "tensors with a scale above 1", label(tensor));
    break;
  }
  if (constant && tensor.bytes != 0) {
    const auto content = constant_bytes(root(), model_->bytes(), table);
    if (content && content->data() != tensor.data) {
      oddities_.add(subgraph, "constants that are copied: misaligned, or booleans but 0 and 1",
                    label(tensor));
    }
  }
}

Result<baton_tensor> GraphBuilder::make_tensor(const schema::SubGraph& table,
                                               const Subgraph& subgraph, uint32_t index) {
  const schema::Tensor& one = *table.tensors()->Get(index);
  baton_tensor tensor{};
  tensor.struct_size = sizeof(baton_tensor);
  tensor.index = static_cast<int32_t>(index);
  tensor.name = text(one.name());
  tensor.dtype = static_cast<baton_dtype>(one.type());
  tensor.bits = dtype_bits(tensor.dtype);
  if (one.is_variable()) tensor.flags |= BATON_TENSOR_VARIABLE;
  set_shape(ints(one.shape()), ints(one.shape_signature()), tensor);
  BATON_ASSIGN_OR_RETURN(const Quantization quantization,
                         read_quantization(root(), model_->bytes(), table, one));
  tensor.quantization = make_quantization(quantization);
  if (!quantization.oddity.empty()) {
    oddities_.add(subgraph.index, "tensors with oddities in their quantisation",
                  label(tensor) + ": " + quantization.oddity);
  }
  return tensor;
}

Status GraphBuilder::add_tensors(const schema::SubGraph& table, Subgraph& subgraph) {
  const uint32_t count = length(table.tensors());
  std::vector<bool> input(count, false);
  for (const int32_t index : subgraph.inputs) {
    if (input[static_cast<size_t>(index)]) {
      oddities_.add(subgraph.index, "inputs that are listed twice", format("tensor %d", index));
    }
    input[static_cast<size_t>(index)] = true;
  }
  subgraph.tensors.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    BATON_ASSIGN_OR_RETURN(baton_tensor tensor, make_tensor(table, subgraph, i));
    const schema::Tensor& one = *table.tensors()->Get(i);
    BATON_RETURN_IF_ERROR(set_content(one, input[i] || subgraph.producer[i] >= 0, tensor)
                              .at(format("subgraph %u", subgraph.index)));
    if (tensor.flags & BATON_TENSOR_VARIABLE) subgraph.variables.push_back(tensor.index);
    note_tensor(subgraph.index, one, tensor);
    subgraph.tensors.push_back(tensor);
  }
  return {};
}

void GraphBuilder::note_names(const Subgraph& subgraph) {
  std::unordered_set<std::string_view> names;
  for (const baton_tensor& tensor : subgraph.tensors) {
    if (tensor.name[0] == '\0' || names.insert(tensor.name).second) continue;
    oddities_.add(subgraph.index, "tensors with the name of another", label(tensor));
  }
}

void GraphBuilder::note_unused(const Subgraph& subgraph) {
  std::vector<bool> used(subgraph.tensors.size(), false);
  const auto use = [&](std::span<const int32_t> indices) {
    for (const int32_t index : indices) {
      if (index >= 0) used[static_cast<size_t>(index)] = true;
    }
  };
  use(subgraph.inputs);
  use(subgraph.outputs);
  for (const Node& node : subgraph.nodes) {
    use(node.inputs());
    use(node.outputs());
    use({node.abi.intermediates, node.abi.intermediate_count});
  }
  for (size_t i = 0; i < used.size(); ++i) {
    if (!used[i]) {
      oddities_.add(subgraph.index, "tensors that nothing uses", label(subgraph.tensors[i]));
    }
  }
}

}  // namespace baton
