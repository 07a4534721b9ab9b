#include "tests/ops/mini_runner.h"

#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>

#include "core/ops/operator.h"
#include "core/schema/attributes.h"
#include "core/schema/operators.h"
#include "core/schema/tflite_generated.h"
#include "tests/ops/op_harness.h"

namespace baton::test {
namespace {

struct Tensor {
  std::vector<int32_t> dims;
  std::vector<float> scales;
  std::vector<int64_t> zero_points;
  baton_quantization quantization{};
  baton_tensor info{};
  AlignedBytes memory;
};

struct Node {
  baton_node info{};
  std::vector<int32_t> inputs;
  std::vector<int32_t> outputs;
  std::vector<uint64_t> attributes;
  const Operator* op = nullptr;
  std::unique_ptr<NodeContext> context;
  AlignedBytes scratch;
};

class MiniRunner {
 public:
  std::string load(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return "cannot open " + path;
    file_.assign(std::istreambuf_iterator<char>(file), {});
    flatbuffers::Verifier verifier(reinterpret_cast<const uint8_t*>(file_.data()), file_.size());
    if (!schema::VerifyModelBuffer(verifier)) return "not a .tflite file: " + path;
    model_ = schema::GetModel(file_.data());
    graph_ = model_->subgraphs()->Get(0);
    for (const schema::Tensor* tensor : *graph_->tensors()) add_tensor(*tensor);
    for (const auto& tensor : tensors_) {
      values_.emplace_back(tensor->info);
      values_.back().set_data(tensor->memory.data());
    }
    for (const schema::Operator* node : *graph_->operators()) {
      const std::string problem = add_node(*node);
      if (!problem.empty()) return problem;
    }
    return "";
  }

  std::string run() {
    for (const int32_t index : *graph_->inputs()) fill(values_[static_cast<size_t>(index)]);
    for (auto& node : nodes_) {
      if (const Status status = step(*node); !status.ok()) {
        return std::string(node->op->name) + ": " + status.message();
      }
    }
    return "";
  }

  std::vector<ModelOutput> outputs() const {
    std::vector<ModelOutput> result;
    for (const int32_t index : *graph_->outputs()) {
      const Value& value = values_[static_cast<size_t>(index)];
      result.push_back({value.name(),
                        value.dtype(),
                        {value.dims().begin(), value.dims().end()},
                        {value.as<uint8_t>(), value.as<uint8_t>() + value.bytes()}});
    }
    return result;
  }

 private:
  void add_tensor(const schema::Tensor& source) {
    auto tensor = std::make_unique<Tensor>();
    if (source.shape()) tensor->dims.assign(source.shape()->begin(), source.shape()->end());
    const auto* quantization = source.quantization();
    if (quantization && quantization->scale() && quantization->scale()->size() > 0) {
      tensor->scales.assign(quantization->scale()->begin(), quantization->scale()->end());
      tensor->zero_points.assign(tensor->scales.size(), 0);
      for (size_t i = 0; quantization->zero_point() && i < tensor->zero_points.size() &&
                         i < quantization->zero_point()->size();
           ++i) {
        tensor->zero_points[i] = quantization->zero_point()->Get(static_cast<uint32_t>(i));
      }
      tensor->quantization.axis = quantization->quantized_dimension();
    }
    const size_t scale_count = tensor->scales.size();
    tensor->quantization.struct_size = sizeof(baton_quantization);
    tensor->quantization.kind = scale_count == 0   ? BATON_QUANTIZATION_NONE
                                : scale_count == 1 ? BATON_QUANTIZATION_PER_TENSOR
                                                   : BATON_QUANTIZATION_PER_AXIS;
    tensor->quantization.count = static_cast<uint32_t>(scale_count);
    tensor->quantization.scales = tensor->scales.data();
    tensor->quantization.zero_points = tensor->zero_points.data();
    baton_tensor& info = tensor->info;
    info.struct_size = sizeof(baton_tensor);
    info.index = static_cast<int32_t>(tensors_.size());
    info.name = source.name() ? source.name()->c_str() : "";
    info.dtype = static_cast<int32_t>(source.type());
    info.bits = dtype_bits(info.dtype);
    info.rank = static_cast<uint32_t>(tensor->dims.size());
    info.dims = tensor->dims.data();
    info.quantization = &tensor->quantization;
    info.bytes = tensor_bytes(info.dtype, tensor->dims).value_or(0);
    const auto* buffer = model_->buffers()->Get(source.buffer());
    if (buffer->data() && buffer->data()->size() > 0) {
      tensor->memory = AlignedBytes(buffer->data()->size());
      std::memcpy(tensor->memory.data(), buffer->data()->data(), buffer->data()->size());
      info.flags |= BATON_TENSOR_CONSTANT;
      info.data = tensor->memory.data();
    }
    tensors_.push_back(std::move(tensor));
  }

  std::string add_node(const schema::Operator& source) {
    const auto* code = model_->operator_codes()->Get(source.opcode_index());
    auto node = std::make_unique<Node>();
    const int32_t number = std::max(static_cast<int32_t>(code->deprecated_builtin_code()),
                                    static_cast<int32_t>(code->builtin_code()));
    node->op = find_operator(number, code->custom_code() ? code->custom_code()->c_str() : nullptr);
    if (node->op == nullptr) return std::string("no kernel for ") + operator_name(number);
    node->inputs.assign(source.inputs()->begin(), source.inputs()->end());
    node->outputs.assign(source.outputs()->begin(), source.outputs()->end());
    const BuiltinOperator* builtin = builtin_operator(number);
    if (const AttributeLayout* layout = builtin ? builtin->attributes() : nullptr) {
      node->attributes.resize(layout->struct_size / sizeof(uint64_t) + 1);
      const bool first = layout->options_union == OptionsUnion::kBuiltinOptions;
      const auto type = first ? static_cast<int>(source.builtin_options_type())
                              : static_cast<int>(source.builtin_options_2_type());
      const void* table = first ? source.builtin_options() : source.builtin_options_2();
      read_attributes(
          type == layout->member ? static_cast<const flatbuffers::Table*>(table) : nullptr, *layout,
          node->attributes.data());
    }
    node->info.struct_size = sizeof(baton_node);
    node->info.index = static_cast<uint32_t>(nodes_.size());
    node->info.op = number;
    node->info.version = code->version();
    node->info.name = node->op->name;
    node->info.input_count = static_cast<uint32_t>(node->inputs.size());
    node->info.output_count = static_cast<uint32_t>(node->outputs.size());
    node->info.inputs = node->inputs.data();
    node->info.outputs = node->outputs.data();
    node->info.attributes = node->attributes.empty() ? nullptr : node->attributes.data();
    node->context = std::make_unique<NodeContext>(node->info, std::span<Value>(values_));
    nodes_.push_back(std::move(node));
    return "";
  }

  // Every value is computed before it is needed, so that shapes that depend on data are known.
  Status step(Node& node) {
    NodeContext& context = *node.context;
    for (int i = 0; i < context.input_count(); ++i) {
      if (context.has_input(i)) {
        values_[static_cast<size_t>(node.inputs[static_cast<size_t>(i)])].set_known(true);
      }
    }
    BATON_RETURN_IF_ERROR(node.op->infer(context));
    if (node.op->prepare) BATON_RETURN_IF_ERROR(node.op->prepare(context));
    node.scratch = AlignedBytes(context.scratch_bytes());
    context.set_scratch(node.scratch.data());
    for (int i = 0; i < context.output_count(); ++i) {
      Value& value = context.output(i);
      Tensor& tensor = *tensors_[static_cast<size_t>(value.info().index)];
      tensor.memory = AlignedBytes(value.bytes());
      value.set_data(tensor.memory.data());
    }
    return node.op->run(context);
  }

  void fill(Value& value) {
    Tensor& tensor = *tensors_[static_cast<size_t>(value.info().index)];
    tensor.memory = AlignedBytes(value.bytes());
    value.set_data(tensor.memory.data());
    uint32_t x = 12345;
    for (int64_t i = 0; i < value.count(); ++i) {
      x = 1664525u * x + 1013904223u;
      const uint32_t byte = x >> 24;
      switch (value.dtype()) {
        case BATON_FLOAT32:
          value.as<float>()[i] = static_cast<float>(byte / 255.0 * 2 - 1);
          break;
        case BATON_INT16:
          value.as<int16_t>()[i] = static_cast<int16_t>(byte % 10);
          break;
        case BATON_INT32:
          value.as<int32_t>()[i] = static_cast<int32_t>(byte % 10);
          break;
        case BATON_INT64:
          value.as<int64_t>()[i] = static_cast<int64_t>(byte % 10);
          break;
        case BATON_BOOL:
          value.as<uint8_t>()[i] = byte & 1;
          break;
        default:
          value.as<uint8_t>()[i] = static_cast<uint8_t>(byte);
      }
    }
  }

  std::string file_;
  const schema::Model* model_ = nullptr;
  const schema::SubGraph* graph_ = nullptr;
  std::vector<std::unique_ptr<Tensor>> tensors_;
  std::vector<Value> values_;
  std::vector<std::unique_ptr<Node>> nodes_;
};

}  // namespace

ModelRun run_model(const std::string& path) {
  MiniRunner runner;
  ModelRun result;
  result.error = runner.load(path);
  if (!result.error.empty()) return result;
  const auto start = std::chrono::steady_clock::now();
  result.error = runner.run();
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (result.error.empty()) result.outputs = runner.outputs();
  return result;
}

}  // namespace baton::test
