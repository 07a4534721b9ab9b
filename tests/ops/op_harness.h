// One node and its tensors, without file, graph or session: what the operator tests run.
//
//   OpHarness op(BATON_OP_CONV_2D);
//   op.input({1, 4, 4, 3}, image).input({8, 3, 3, 3}, filter).input({8}, bias);
//   op.output(BATON_FLOAT32).attributes(conv);
//   ASSERT_TRUE(op.run()) << op.message();
//   op.result<float>();
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "core/ops/operator.h"

namespace baton::test {

// 64-byte aligned memory with 64 readable bytes past the end. Nothing lies behind those, so that a
// sanitizer sees a kernel that strays.
class AlignedBytes {
 public:
  AlignedBytes() = default;
  explicit AlignedBytes(size_t size, uint8_t fill = 0xcd)
      : data_(static_cast<uint8_t*>(std::aligned_alloc(64, (size + 127) / 64 * 64))) {
    std::memset(data_.get(), fill, (size + 127) / 64 * 64);
  }
  uint8_t* data() const { return data_.get(); }

 private:
  struct Free {
    void operator()(uint8_t* memory) const { std::free(memory); }
  };
  std::unique_ptr<uint8_t[], Free> data_;
};

// Runs each parallel_for as `threads` pieces at least, one after the other, last piece first: a
// kernel whose pieces depend on one another gives wrong answers.
class SplittingServices final : public SessionServices {
 public:
  explicit SplittingServices(uint32_t threads) : threads_(threads) {}
  void parallel_for(uint64_t count, uint64_t grain, baton_range_fn fn, void* user) override {
    largest_grain_ = std::max(largest_grain_, grain);
    const uint64_t pieces = std::min<uint64_t>(count, threads_ * 2 + 1);
    for (uint64_t i = pieces; i-- > 0;) {
      fn(user, static_cast<uint32_t>(i % threads_), count * i / pieces, count * (i + 1) / pieces);
    }
  }
  uint32_t thread_count() const override { return threads_; }
  bool cancelled() const override { return cancelled_; }
  void cancel() { cancelled_ = true; }
  uint64_t largest_grain() const { return largest_grain_; }
  Status infer_subgraph(uint32_t, std::span<const Value* const>, std::span<Value* const>) override {
    return error(BATON_UNSUPPORTED, "no subgraphs in this test");
  }
  Status call_subgraph(uint32_t, std::span<const Value* const>,
                       std::vector<const Value*>*) override {
    return error(BATON_UNSUPPORTED, "no subgraphs in this test");
  }
  bool first_call(uint32_t) override { return true; }
  int32_t resource_id(const char*, const char*) override { return 0; }
  const Resource* resource(int32_t) override { return nullptr; }
  Status assign_resource(int32_t, const Value&) override {
    return error(BATON_UNSUPPORTED, "no resources in this test");
  }
  Status place_output(Value&) override {
    return error(BATON_UNSUPPORTED, "no outputs of unknown shape in this test");
  }

 private:
  uint32_t threads_;
  uint64_t largest_grain_ = 0;
  bool cancelled_ = false;
};

// Quantisation of one tensor; empty scales: none.
struct Quantization {
  std::vector<float> scales;
  std::vector<int64_t> zero_points;
  int32_t axis = 0;

  static Quantization per_tensor(float scale, int64_t zero_point) {
    return {{scale}, {zero_point}, 0};
  }
  static Quantization per_axis(std::vector<float> scales, int32_t axis) {
    const size_t count = scales.size();
    return {std::move(scales), std::vector<int64_t>(count, 0), axis};
  }
};

class OpHarness {
 public:
  explicit OpHarness(int32_t code, const char* custom_name = nullptr)
      : op_(find_operator(code, custom_name)) {}

  // Inputs in the order of the operator. Constants and others are told apart only by what the
  // operator's infer reads.
  template <typename T>
  OpHarness& input(const std::vector<int32_t>& dims, const std::vector<T>& content,
                   const Quantization& quantization = {}, bool constant = false) {
    inputs_.push_back(add(dtype_of<T>(), dims, quantization));
    Tensor& tensor = *tensors_.back();
    tensor.memory = AlignedBytes(content.size() * sizeof(T));
    if constexpr (std::is_same_v<T, bool>) {
      std::copy(content.begin(), content.end(), tensor.memory.data());
    } else if (!content.empty()) {
      std::memcpy(tensor.memory.data(), content.data(), content.size() * sizeof(T));
    }
    if (constant) tensor.info.flags |= BATON_TENSOR_CONSTANT;
    return *this;
  }
  // As input(), known while planning.
  template <typename T>
  OpHarness& constant(const std::vector<int32_t>& dims, const std::vector<T>& content,
                      const Quantization& quantization = {}) {
    return input(dims, content, quantization, true);
  }
  // Any element type, bytes as they are.
  OpHarness& raw_input(baton_dtype dtype, const std::vector<int32_t>& dims,
                       const std::vector<uint8_t>& content, const Quantization& quantization = {},
                       bool constant = false) {
    input(dims, content, quantization, constant);
    tensors_.back()->info.dtype = dtype;
    tensors_.back()->info.bits = dtype_bits(dtype);
    return *this;
  }
  // A state tensor: the same content before each run; state() reads what the run left.
  template <typename T>
  OpHarness& variable(const std::vector<int32_t>& dims, const std::vector<T>& content,
                      const Quantization& quantization = {}) {
    input(dims, content, quantization);
    Tensor& tensor = *tensors_.back();
    tensor.info.flags |= BATON_TENSOR_VARIABLE;
    const auto* bytes = reinterpret_cast<const uint8_t*>(content.data());
    tensor.initial.assign(bytes, bytes + content.size() * sizeof(T));
    return *this;
  }
  OpHarness& absent_input() {
    inputs_.push_back(-1);
    return *this;
  }
  // Changes to inputs that were added: for tests of refusals.
  OpHarness& remove_input(size_t i) {
    inputs_[i] = -1;
    return *this;
  }
  OpHarness& drop_inputs(size_t count) {
    inputs_.resize(inputs_.size() - count);
    return *this;
  }
  OpHarness& grow_input(size_t i) {
    ++tensors_[static_cast<size_t>(inputs_[i])]->dims[0];
    return *this;
  }
  // No variable any more.
  OpHarness& make_plain(size_t i) {
    Tensor& tensor = *tensors_[static_cast<size_t>(inputs_[i])];
    tensor.info.flags &= ~static_cast<uint32_t>(BATON_TENSOR_VARIABLE);
    tensor.initial.clear();
    return *this;
  }
  OpHarness& output(baton_dtype dtype, const Quantization& quantization = {}) {
    outputs_.push_back(add(dtype, {}, quantization));
    return *this;
  }
  // A tensor of which only the quantisation is read.
  OpHarness& intermediate(baton_dtype dtype, const Quantization& quantization = {}) {
    intermediates_.push_back(add(dtype, {0}, quantization));
    return *this;
  }
  template <typename Attributes>
  OpHarness& attributes(const Attributes& value) {
    attributes_.resize(sizeof(Attributes) / sizeof(uint64_t) + 1);
    std::memcpy(attributes_.data(), &value, sizeof(Attributes));
    return *this;
  }
  // The bytes of a custom operator's options.
  OpHarness& custom_options(std::vector<uint8_t> bytes) {
    custom_options_ = std::move(bytes);
    return *this;
  }
  OpHarness& version(int32_t version) {
    version_ = version;
    return *this;
  }
  // 1 unless set; more cut the kernel's loops into pieces.
  OpHarness& threads(uint32_t count) {
    services_ = std::make_unique<SplittingServices>(count);
    return *this;
  }

  // After threads(): the user does not want the run any more.
  OpHarness& cancelled() {
    services_->cancel();
    return *this;
  }

  Status infer() {
    if (op_ == nullptr) return error(BATON_UNSUPPORTED, "the operator is not in the table");
    build();
    if (context_->input_count() < op_->inputs.min) {
      return error(BATON_INVALID_MODEL, "too few inputs");
    }
    return op_->infer(*context_);
  }
  Status prepare() {
    BATON_RETURN_IF_ERROR(infer());
    if (op_->prepare != nullptr) BATON_RETURN_IF_ERROR(op_->prepare(*context_));
    return {};
  }
  // infer, prepare and run; true on success. Twice into fresh memory: a kernel that reads its
  // output, or leaves part of it unwritten, shows.
  bool run() {
    status_ = prepare();
    if (!status_.ok()) return false;
    std::vector<std::vector<uint8_t>> first;
    for (const uint8_t fill : {uint8_t{0xcd}, uint8_t{0x5a}}) {
      scratch_ = AlignedBytes(context_->scratch_bytes(), fill);
      context_->set_scratch(scratch_.data());
      for (const int32_t index : outputs_) {
        Tensor& tensor = *tensors_[static_cast<size_t>(index)];
        Value& value = values_[static_cast<size_t>(index)];
        tensor.memory = AlignedBytes(value.bytes(), fill);
        value.set_data(tensor.memory.data());
      }
      for (const auto& tensor : tensors_) {
        std::copy(tensor->initial.begin(), tensor->initial.end(), tensor->memory.data());
      }
      status_ = op_->run(*context_);
      if (!status_.ok()) return false;
      for (size_t i = 0; i < outputs_.size(); ++i) {
        const Value& value = values_[static_cast<size_t>(outputs_[i])];
        std::vector<uint8_t> bytes(value.as<uint8_t>(), value.as<uint8_t>() + value.bytes());
        if (fill == 0xcd) {
          first.push_back(std::move(bytes));
        } else if (bytes != first[i]) {
          status_ = error(BATON_ERROR, "two runs gave different outputs %zu", i);
          return false;
        }
      }
    }
    return true;
  }

  const Status& status() const { return status_; }
  const std::string& message() const { return status_.message(); }
  const Operator* op() const { return op_; }
  uint64_t largest_grain() const { return services_->largest_grain(); }
  NodeContext& context() { return *context_; }
  std::vector<int32_t> dims(size_t i = 0) const {
    const auto dims = values_[static_cast<size_t>(outputs_[i])].dims();
    return {dims.begin(), dims.end()};
  }
  // The content of input i after the run.
  template <typename T>
  std::vector<T> state(size_t i) const {
    const Value& value = values_[static_cast<size_t>(inputs_[i])];
    return std::vector<T>(value.as<T>(), value.as<T>() + value.count());
  }
  template <typename T>
  std::vector<T> result(size_t i = 0) const {
    const Value& value = values_[static_cast<size_t>(outputs_[i])];
    return std::vector<T>(value.as<T>(), value.as<T>() + value.count());
  }

 private:
  struct Tensor {
    std::vector<int32_t> dims;
    Quantization quantization_data;
    baton_quantization quantization{};
    baton_tensor info{};
    AlignedBytes memory;
    std::vector<uint8_t> initial;  // of variables
  };

  int32_t add(baton_dtype dtype, const std::vector<int32_t>& dims, const Quantization& q) {
    auto tensor = std::make_unique<Tensor>();
    tensor->dims = dims;
    tensor->quantization_data = q;
    tensor->quantization.struct_size = sizeof(baton_quantization);
    tensor->quantization.count = static_cast<uint32_t>(q.scales.size());
    tensor->quantization.kind = q.scales.empty()       ? BATON_QUANTIZATION_NONE
                                : q.scales.size() == 1 ? BATON_QUANTIZATION_PER_TENSOR
                                                       : BATON_QUANTIZATION_PER_AXIS;
    tensor->quantization.axis = q.axis;
    tensor->quantization.scales = tensor->quantization_data.scales.data();
    tensor->quantization.zero_points = tensor->quantization_data.zero_points.data();
    tensor->info.struct_size = sizeof(baton_tensor);
    tensor->info.index = static_cast<int32_t>(tensors_.size());
    tensor->info.name = "tensor";
    tensor->info.dtype = dtype;
    tensor->info.bits = dtype_bits(dtype);
    tensors_.push_back(std::move(tensor));
    return tensors_.back()->info.index;
  }

  void build() {
    values_.clear();
    for (const auto& tensor : tensors_) {
      tensor->info.dims = tensor->dims.data();
      tensor->info.rank = static_cast<uint32_t>(tensor->dims.size());
      tensor->info.dims_signature = tensor->dims.data();
      tensor->info.quantization = &tensor->quantization;
      tensor->info.data = tensor->memory.data();
      tensor->info.bytes = tensor_bytes(tensor->info.dtype, tensor->dims).value_or(0);
      values_.emplace_back(tensor->info);
      values_.back().set_data(tensor->memory.data());
    }
    node_ = {};
    node_.struct_size = sizeof(baton_node);
    node_.op = op_->code;
    node_.version = version_;
    node_.input_count = static_cast<uint32_t>(inputs_.size());
    node_.output_count = static_cast<uint32_t>(outputs_.size());
    node_.name = op_->name;
    node_.inputs = inputs_.data();
    node_.outputs = outputs_.data();
    node_.intermediate_count = static_cast<uint32_t>(intermediates_.size());
    node_.intermediates = intermediates_.data();
    node_.attributes = attributes_.empty() ? nullptr : attributes_.data();
    node_.custom_data = custom_options_.data();
    node_.custom_bytes = custom_options_.size();
    context_ = std::make_unique<NodeContext>(node_, std::span<Value>(values_));
    context_->set_services(services_.get());
  }

  const Operator* op_;
  std::vector<std::unique_ptr<Tensor>> tensors_;
  std::vector<Value> values_;
  std::vector<int32_t> inputs_;
  std::vector<int32_t> outputs_;
  std::vector<int32_t> intermediates_;
  std::vector<uint64_t> attributes_;
  std::vector<uint8_t> custom_options_;
  int32_t version_ = 1;
  baton_node node_{};
  std::unique_ptr<NodeContext> context_;
  std::unique_ptr<SplittingServices> services_;
  AlignedBytes scratch_;
  Status status_;
};

}  // namespace baton::test
