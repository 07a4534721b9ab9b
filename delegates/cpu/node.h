// A node as the operators of this delegate see it: with fused neighbours, and with constants that
// the partition computes from other constants (float16 weights made float32).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "baton/plugin.hpp"

namespace baton::cpu {

// A tensor of a node. Its shape is the one at compile time: sizes may change, the rank does not.
class Operand {
 public:
  Operand() = default;
  Operand(sdk::Tensor tensor, const void* data, int32_t source = -1)
      : tensor_(tensor), data_(data), source_(source) {}

  // False for an optional input that is absent: nothing else may be asked then but index() and
  // content().
  explicit operator bool() const { return static_cast<bool>(tensor_); }
  int32_t index() const { return tensor_ ? tensor_.index() : -1; }
  baton_dtype dtype() const { return tensor_.dtype(); }
  uint32_t rank() const { return tensor_.rank(); }
  sdk::Span<const int32_t> dims() const { return tensor_.dims(); }
  int32_t dim(uint32_t i) const { return tensor_.dim(i); }
  int64_t count() const { return tensor_.count(); }
  bool variable() const { return tensor_.variable(); }
  bool quantized() const { return tensor_.quantized(); }
  const baton_quantization& quantization() const { return tensor_.quantization(); }
  bool per_tensor() const { return quantization().kind == BATON_QUANTIZATION_PER_TENSOR; }
  float scale() const { return tensor_.scale(); }
  int32_t zero_point() const { return tensor_.zero_point(); }
  // Of 8-bit tensors: whether numbers in memory are those of the type, or of int8 as uint8
  // (unsigned_bytes.h), which are 128 greater.
  void lift() { lifted_ = true; }
  int32_t lift_by() const { return lifted_ ? 128 : 0; }
  // As in memory.
  bool unsigned_bytes() const { return lifted_ || dtype() == BATON_UINT8; }
  int32_t bytes_zero_point() const { return zero_point() + lift_by(); }
  // Content known now. In examine only of constants of the file; an operator should also run when
  // what is constant in one model is computed in another, or refuse with BATON_REASON_NOT_CONSTANT.
  bool constant() const { return data_ != nullptr; }
  template <typename T>
  const T* data() const {
    return static_cast<const T*>(data_);
  }
  // The same tensor with the content in another order.
  Operand with_data(const void* data) const { return Operand(tensor_, data); }
  // The constant of the file that the content was computed from: float16 that became float32. -1:
  // none.
  int32_t source() const { return source_; }
  // A copy of it; nothing where the operand is absent.
  template <typename T>
  std::vector<T> content() const {
    if (!tensor_) return {};
    return std::vector<T>(data<T>(), data<T>() + count());
  }

 private:
  sdk::Tensor tensor_{nullptr};
  const void* data_ = nullptr;
  int32_t source_ = -1;
  bool lifted_ = false;
};

// Rows and columns of padding around an image, from a PAD that was fused.
struct ImagePadding {
  int32_t top = 0, bottom = 0, left = 0, right = 0;
};

// An ADD that was fused: of the node's own result and `operand`.
struct Residual {
  Operand operand;
  Operand sum;  // ADD's output, which the node writes in place of its own
  int32_t activation = BATON_ACTIVATION_NONE;
};

// A CONCATENATION along the channels that was fused: the node writes its output into `whole`,
// from `channel` on.
struct Join {
  Operand whole;
  int64_t channel = 0;
};

class NodeView {
 public:
  NodeView(sdk::Node node, std::vector<Operand> inputs, std::vector<Operand> outputs,
           std::vector<Operand> intermediates = {})
      : node_(node),
        inputs_(std::move(inputs)),
        outputs_(std::move(outputs)),
        intermediates_(std::move(intermediates)) {}

  uint32_t index() const { return node_.index(); }
  int32_t op() const { return node_.op(); }
  const char* name() const { return node_.name(); }
  const sdk::Node& node() const { return node_; }
  size_t input_count() const { return inputs_.size(); }
  size_t output_count() const { return outputs_.size(); }
  // An empty operand where the input is absent, or past the end.
  const Operand& input(size_t i) const {
    static const Operand kAbsent;
    return i < inputs_.size() ? inputs_[i] : kAbsent;
  }
  const Operand& output(size_t i = 0) const { return outputs_[i]; }
  // Tensors without content that tell scales of what is computed inside.
  const std::vector<Operand>& intermediates() const { return intermediates_; }
  template <typename Attributes>
  const Attributes& attributes() const {
    return node_.attributes<Attributes>();
  }
  std::vector<int32_t> input_tensors() const { return indices(inputs_); }
  std::vector<int32_t> output_tensors() const { return indices(outputs_); }

  // What the node's work ends in: its own output, or that of what was fused to it.
  const Operand& result() const {
    return residual ? residual->sum : join ? join->whole : outputs_[0];
  }

  // Set by the fusions, before compile.
  void set_input(size_t i, Operand operand) { inputs_[i] = operand; }
  void set_output(size_t i, Operand operand) { outputs_[i] = operand; }
  std::optional<ImagePadding> padding;  // instead of the attributes' padding
  std::optional<int32_t> activation;    // instead of the attributes' activation
  std::optional<Residual> residual;
  std::optional<Join> join;  // not with a residual

 private:
  static std::vector<int32_t> indices(const std::vector<Operand>& operands) {
    std::vector<int32_t> result;
    for (const Operand& operand : operands) result.push_back(operand.index());
    return result;
  }

  sdk::Node node_;
  std::vector<Operand> inputs_;
  std::vector<Operand> outputs_;
  std::vector<Operand> intermediates_;
};

}  // namespace baton::cpu
