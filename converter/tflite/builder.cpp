#include "converter/tflite/builder.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "converter/tflite/version_rules.h"
#include "core/schema/operators.h"

namespace baton::tflite {

struct SubgraphBuilder::State {
  Model model;
  // Numbers of the buffers with a hash.
  std::unordered_multimap<size_t, uint32_t> buffers_by_hash;
};

SubgraphBuilder::SubgraphBuilder(std::shared_ptr<State> state, size_t index)
    : state_(std::move(state)), index_(index) {}

TensorId SubgraphBuilder::tensor(std::string name, baton_dtype dtype, Shape shape,
                                 Quantization quantization) {
  Tensor tensor;
  tensor.name = std::move(name);
  tensor.dtype = dtype;
  tensor.quantization = std::move(quantization);
  if (std::find(shape.begin(), shape.end(), -1) != shape.end()) {
    tensor.shape_signature = shape;
    std::replace(shape.begin(), shape.end(), -1, 1);
  }
  tensor.shape = std::move(shape);
  return this->tensor(std::move(tensor));
}

TensorId SubgraphBuilder::tensor(Tensor tensor) {
  auto& tensors = graph().tensors;
  tensors.push_back(std::move(tensor));
  return static_cast<TensorId>(tensors.size() - 1);
}

TensorId SubgraphBuilder::input(std::string name, baton_dtype dtype, Shape shape,
                                Quantization quantization) {
  const TensorId id = tensor(std::move(name), dtype, std::move(shape), std::move(quantization));
  graph().inputs.push_back(id);
  return id;
}

TensorId SubgraphBuilder::variable(std::string name, baton_dtype dtype, Shape shape,
                                   Quantization quantization) {
  const TensorId id = tensor(std::move(name), dtype, std::move(shape), std::move(quantization));
  at(id).is_variable = true;
  return id;
}

void SubgraphBuilder::output(TensorId tensor) { graph().outputs.push_back(tensor); }

void SubgraphBuilder::outputs(std::span<const TensorId> tensors) {
  for (const TensorId tensor : tensors) output(tensor);
}

TensorId SubgraphBuilder::constant(std::string name, baton_dtype dtype, Shape shape,
                                   std::span<const double> values, Quantization quantization) {
  return constant_bytes(std::move(name), dtype, std::move(shape), convert_values(dtype, values),
                        std::move(quantization));
}

TensorId SubgraphBuilder::constant_bytes(std::string name, baton_dtype dtype, Shape shape,
                                         Bytes bytes, Quantization quantization) {
  const TensorId id = tensor(std::move(name), dtype, std::move(shape), std::move(quantization));
  at(id).buffer = add_buffer(std::move(bytes));
  return id;
}

TensorId SubgraphBuilder::strings(std::string name, Shape shape,
                                  std::span<const std::string> values) {
  return constant_bytes(std::move(name), BATON_STRING, std::move(shape), pack_strings(values));
}

TensorId SubgraphBuilder::int32s(std::string name, const std::vector<int32_t>& values) {
  return constant(std::move(name), {static_cast<int32_t>(values.size())}, values);
}

TensorId SubgraphBuilder::int32(std::string name, int32_t value) {
  return constant(std::move(name), {}, std::vector<int32_t>{value});
}

size_t SubgraphBuilder::op(int32_t code, std::vector<TensorId> inputs,
                           std::vector<TensorId> outputs, AttributeSet attributes,
                           int32_t version) {
  Operator op;
  op.inputs = std::move(inputs);
  op.outputs = std::move(outputs);
  op.attributes = std::move(attributes);
  const BuiltinOperator* known = builtin_operator(code);
  if (op.attributes.empty() && known != nullptr && known->attributes() != nullptr) {
    op.attributes = AttributeSet(*known->attributes());
  }
  if (version == 0) version = lowest_version(graph(), op, code);
  return add_operator(std::move(op), {code, "", version});
}

size_t SubgraphBuilder::custom(std::string name, std::vector<TensorId> inputs,
                               std::vector<TensorId> outputs, Bytes options, int32_t version) {
  Operator op;
  op.inputs = std::move(inputs);
  op.outputs = std::move(outputs);
  op.custom_options = std::move(options);
  return add_operator(std::move(op), {BATON_OP_CUSTOM, std::move(name), version});
}

size_t SubgraphBuilder::add_operator(Operator op, OperatorCode code) {
  op.code_index = code_index(std::move(code));
  auto& operators = graph().operators;
  operators.push_back(std::move(op));
  return operators.size() - 1;
}

Tensor& SubgraphBuilder::at(TensorId tensor) const {
  return graph().tensors[static_cast<size_t>(tensor)];
}

Operator& SubgraphBuilder::operator_at(size_t index) const { return graph().operators[index]; }

Subgraph& SubgraphBuilder::graph() const { return state_->model.subgraphs[index_]; }

Model& SubgraphBuilder::model() const { return state_->model; }

std::string SubgraphBuilder::unique_name(const std::string& prefix) const {
  const auto taken = [&](const std::string& name) {
    return std::any_of(graph().tensors.begin(), graph().tensors.end(),
                       [&](const Tensor& tensor) { return tensor.name == name; });
  };
  std::string name = prefix;
  for (int number = 1; taken(name); ++number) name = prefix + "_" + std::to_string(number);
  return name;
}

uint32_t SubgraphBuilder::add_buffer(Bytes bytes) const {
  auto& buffers = state_->model.buffers;
  const size_t hash =
      std::hash<std::string_view>()({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const auto [first, last] = state_->buffers_by_hash.equal_range(hash);
  for (auto it = first; it != last; ++it) {
    if (buffers[it->second] == bytes) return it->second;
  }
  const auto number = static_cast<uint32_t>(buffers.size());
  buffers.push_back(std::move(bytes));
  state_->buffers_by_hash.emplace(hash, number);
  return number;
}

uint32_t SubgraphBuilder::code_index(OperatorCode code) const {
  auto& codes = state_->model.operator_codes;
  const auto found = std::find(codes.begin(), codes.end(), code);
  const auto index = static_cast<uint32_t>(found - codes.begin());
  if (found == codes.end()) codes.push_back(std::move(code));
  return index;
}

GraphBuilder::GraphBuilder(std::string name) : SubgraphBuilder(std::make_shared<State>(), 0) {
  subgraph(std::move(name));
}

SubgraphBuilder GraphBuilder::subgraph(std::string name) {
  auto& subgraphs = model().subgraphs;
  subgraphs.emplace_back().name = std::move(name);
  return SubgraphBuilder(state_, subgraphs.size() - 1);
}

void GraphBuilder::signature(std::string key, std::vector<SignatureTensor> inputs,
                             std::vector<SignatureTensor> outputs, uint32_t subgraph) {
  model().signatures.push_back({std::move(key), std::move(inputs), std::move(outputs), subgraph});
}

void GraphBuilder::metadata(std::string name, Bytes bytes) {
  model().metadata.push_back({std::move(name), add_buffer(std::move(bytes))});
}

void GraphBuilder::description(std::string text) { model().description = std::move(text); }

uint32_t GraphBuilder::buffer(Bytes bytes) { return add_buffer(std::move(bytes)); }

std::vector<uint8_t> GraphBuilder::finish(BufferPlace place) const {
  return serialize(model(), place);
}

Status GraphBuilder::write_file(const std::string& path) const {
  return tflite::write_file(model(), path);
}

}  // namespace baton::tflite
