#include "converter/quantize/editor.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "converter/tflite/version_rules.h"

namespace baton::quantize {

using tflite::Model;
using tflite::Operator;
using tflite::OperatorCode;
using tflite::Subgraph;
using tflite::Tensor;
using tflite::TensorId;

namespace {

size_t element_count(const tflite::Shape& shape) {
  size_t count = 1;
  for (const int32_t dim : shape) count *= static_cast<size_t>(dim);
  return count;
}

// Calls visit(id) for each mention of a tensor of the main subgraph.
template <typename AnyModel, typename Visit>
void for_each_mention(AnyModel& model, const Visit& visit) {
  const auto visit_all = [&](auto& ids) { std::for_each(ids.begin(), ids.end(), visit); };
  auto& graph = model.subgraphs.front();
  for (auto& op : graph.operators) {
    visit_all(op.inputs);
    visit_all(op.outputs);
    visit_all(op.intermediates);
  }
  visit_all(graph.inputs);
  visit_all(graph.outputs);
  for (auto& signature : model.signatures) {
    if (signature.subgraph != 0) continue;
    for (auto& argument : signature.inputs) visit(argument.tensor);
    for (auto& argument : signature.outputs) visit(argument.tensor);
  }
  for (auto& tensor : graph.tensors) {
    if (!tensor.quantization.block) continue;
    visit(tensor.quantization.block->scales);
    visit(tensor.quantization.block->zero_points);
  }
}

}  // namespace

Editor::Editor(const Model& model) : model_(model), operators_(std::move(graph().operators)) {
  graph().operators.clear();
  for (const Tensor& tensor : graph().tensors) names_.insert(tensor.name);
}

int32_t Editor::code_of(const Operator& op) const {
  return model_.operator_codes[op.code_index].code;
}

bool Editor::is_constant(TensorId id) const {
  if (!is_float(id)) return false;
  const Tensor& it = tensor(id);
  return it.buffer != 0 && it.external_buffer == 0 && !it.is_variable && !it.sparsity &&
         model_.buffers[it.buffer].size() == element_count(it.shape) * sizeof(float);
}

std::vector<float> Editor::values(TensorId id) const {
  const tflite::Bytes& bytes = model_.buffers[tensor(id).buffer];
  std::vector<float> values(bytes.size() / sizeof(float));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

TensorId Editor::add_like(TensorId like, const std::string& suffix, baton_dtype dtype,
                          tflite::Quantization quantization) {
  Tensor added;
  const Tensor& source = tensor(like);
  added.shape = source.shape;
  added.shape_signature = source.shape_signature;
  added.has_rank = source.has_rank;
  added.dtype = dtype;
  added.quantization = std::move(quantization);
  const std::string name = source.name + "/" + suffix;
  added.name = name;
  for (int number = 1; !names_.insert(added.name).second; ++number) {
    added.name = name + "_" + std::to_string(number);
  }
  graph().tensors.push_back(std::move(added));
  return static_cast<TensorId>(graph().tensors.size() - 1);
}

TensorId Editor::add_constant(TensorId original, Constant constant) {
  const TensorId id =
      add_like(original, "quantised", constant.dtype, std::move(constant.quantization));
  tensor(id).buffer = add_buffer(std::move(constant.bytes));
  replacements_.push_back({original, id});
  return id;
}

void Editor::swap_names(TensorId a, TensorId b) { std::swap(tensor(a).name, tensor(b).name); }

void Editor::replace_output(TensorId from, TensorId to) {
  std::replace(graph().outputs.begin(), graph().outputs.end(), from, to);
  for (tflite::Signature& signature : model_.signatures) {
    if (signature.subgraph != 0) continue;
    for (tflite::SignatureTensor& output : signature.outputs) {
      if (output.tensor == from) output.tensor = to;
    }
  }
}

void Editor::emit(int32_t code, TensorId input, TensorId output) {
  Operator op;
  op.code_index = static_cast<uint32_t>(model_.operator_codes.size());
  op.inputs = {input};
  op.outputs = {output};
  // The version, and one number for all such operators, come in the end.
  model_.operator_codes.push_back({code, "", 1});
  emit(std::move(op));
}

uint32_t Editor::add_buffer(tflite::Bytes bytes) {
  const size_t hash =
      std::hash<std::string_view>()({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const auto [first, last] = buffers_by_hash_.equal_range(hash);
  for (auto it = first; it != last; ++it) {
    if (model_.buffers[it->second] == bytes) return it->second;
  }
  const auto number = static_cast<uint32_t>(model_.buffers.size());
  model_.buffers.push_back(std::move(bytes));
  buffers_by_hash_.emplace(hash, number);
  return number;
}

Model Editor::finish() {
  graph().operators = std::move(emitted_);
  const std::vector<bool> used = used_tensors();
  name_constants(used);
  drop_unused_constants(used);
  drop_unused_buffers();
  renew_codes();
  return std::move(model_);
}

std::vector<bool> Editor::used_tensors() const {
  std::vector<bool> used(graph().tensors.size());
  for_each_mention(model_, [&](TensorId id) {
    if (id >= 0) used[static_cast<size_t>(id)] = true;
  });
  return used;
}

void Editor::name_constants(const std::vector<bool>& used) {
  for (const Replacement& replacement : replacements_) {
    const auto original = static_cast<size_t>(replacement.original);
    if (used[original] || graph().tensors[original].name.empty()) continue;
    // The first that comes has it, the original's is gone.
    tensor(replacement.constant).name = std::exchange(graph().tensors[original].name, {});
  }
}

void Editor::drop_unused_constants(const std::vector<bool>& used) {
  std::vector<TensorId> number(used.size());
  std::vector<Tensor> kept;
  for (size_t i = 0; i < used.size(); ++i) {
    Tensor& tensor = graph().tensors[i];
    if (!used[i] && (tensor.buffer != 0 || tensor.external_buffer != 0)) continue;
    number[i] = static_cast<TensorId>(kept.size());
    kept.push_back(std::move(tensor));
  }
  graph().tensors = std::move(kept);
  for_each_mention(model_, [&](TensorId& id) {
    if (id >= 0) id = number[static_cast<size_t>(id)];
  });
}

void Editor::drop_unused_buffers() {
  // 0 is every tensor's that has none.
  std::vector<bool> used(model_.buffers.size());
  used[0] = true;
  for (const Subgraph& subgraph : model_.subgraphs) {
    for (const Tensor& tensor : subgraph.tensors) used[tensor.buffer] = true;
  }
  for (const tflite::Metadata& entry : model_.metadata) used[entry.buffer] = true;
  std::vector<uint32_t> number(used.size());
  std::vector<tflite::Bytes> kept;
  for (size_t i = 0; i < used.size(); ++i) {
    if (!used[i]) continue;
    number[i] = static_cast<uint32_t>(kept.size());
    kept.push_back(std::move(model_.buffers[i]));
  }
  model_.buffers = std::move(kept);
  for (Subgraph& subgraph : model_.subgraphs) {
    for (Tensor& tensor : subgraph.tensors) tensor.buffer = number[tensor.buffer];
  }
  for (tflite::Metadata& entry : model_.metadata) entry.buffer = number[entry.buffer];
}

void Editor::renew_codes() {
  std::vector<OperatorCode> codes;
  for (size_t i = 0; i < model_.subgraphs.size(); ++i) {
    Subgraph& subgraph = model_.subgraphs[i];
    for (Operator& op : subgraph.operators) {
      OperatorCode code = model_.operator_codes[op.code_index];
      if (i == 0 && code.code != BATON_OP_CUSTOM) {
        code.version = tflite::lowest_version(subgraph, op, code.code);
      }
      const auto found = std::find(codes.begin(), codes.end(), code);
      op.code_index = static_cast<uint32_t>(found - codes.begin());
      if (found == codes.end()) codes.push_back(std::move(code));
    }
  }
  model_.operator_codes = std::move(codes);
}

}  // namespace baton::quantize
