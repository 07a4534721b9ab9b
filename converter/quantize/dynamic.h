// int8 weights beside float activations.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "converter/quantize/editor.h"
#include "converter/quantize/rules.h"

namespace baton::quantize {

// Gives out float operators, with their weights quantised where that is worth it.
class DynamicWeights {
 public:
  explicit DynamicWeights(Editor& editor) : editor_(editor) {}

  void emit(tflite::Operator op);

 private:
  std::optional<std::vector<size_t>> weights_of(const tflite::Operator& op, const Rule& rule) const;
  tflite::TensorId quantised(tflite::TensorId id, int channels);

  Editor& editor_;
  std::map<std::pair<tflite::TensorId, int>, tflite::TensorId> constants_;
};

}  // namespace baton::quantize
