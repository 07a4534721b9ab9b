// The main subgraph of a model, rewritten: operators are given out one after another, with new
// ones between them, and constants are replaced. What follows from that is done at the end: names,
// operator versions, constants and buffers that nobody needs any more.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "converter/quantize/scales.h"
#include "converter/tflite/constants.h"
#include "converter/tflite/model.h"

namespace baton::quantize {

class Editor {
 public:
  explicit Editor(const tflite::Model& model);

  // As they were. Tensors keep their numbers until finish().
  const std::vector<tflite::Operator>& operators() const { return operators_; }
  int32_t code_of(const tflite::Operator& op) const;

  tflite::Subgraph& graph() { return model_.subgraphs.front(); }
  const tflite::Subgraph& graph() const { return model_.subgraphs.front(); }
  tflite::Tensor& tensor(tflite::TensorId id) { return graph().tensors[static_cast<size_t>(id)]; }
  const tflite::Tensor& tensor(tflite::TensorId id) const {
    return graph().tensors[static_cast<size_t>(id)];
  }
  bool is_float(tflite::TensorId id) const { return id >= 0 && tensor(id).dtype == BATON_FLOAT32; }
  // A float32 tensor with dense values in this model.
  bool is_constant(tflite::TensorId id) const;
  // Of a constant.
  std::vector<float> values(tflite::TensorId id) const;

  // A new tensor of the shape of `like`, named after it with `suffix`.
  tflite::TensorId add_like(tflite::TensorId like, const std::string& suffix, baton_dtype dtype,
                            tflite::Quantization quantization = {});
  // A constant in the place of `original`, whose name it takes if that goes away.
  tflite::TensorId add_constant(tflite::TensorId original, Constant constant);
  // Swaps the names of two tensors.
  void swap_names(tflite::TensorId a, tflite::TensorId b);
  // Makes `to` the output of the graph, and of its signatures, that `from` was.
  void replace_output(tflite::TensorId from, tflite::TensorId to);

  // Adds the next operator of the new graph.
  void emit(tflite::Operator op) { emitted_.push_back(std::move(op)); }
  void emit(int32_t code, tflite::TensorId input, tflite::TensorId output);

  tflite::Model finish();

 private:
  uint32_t add_buffer(tflite::Bytes bytes);
  std::vector<bool> used_tensors() const;
  void name_constants(const std::vector<bool>& used);
  void drop_unused_constants(const std::vector<bool>& used);
  void drop_unused_buffers();
  void renew_codes();

  tflite::Model model_;
  std::vector<tflite::Operator> operators_;
  std::vector<tflite::Operator> emitted_;
  std::unordered_set<std::string> names_;
  struct Replacement {
    tflite::TensorId original;
    tflite::TensorId constant;
  };
  std::vector<Replacement> replacements_;
  // Numbers of the buffers that were added, by hash.
  std::unordered_multimap<size_t, uint32_t> buffers_by_hash_;
};

}  // namespace baton::quantize
