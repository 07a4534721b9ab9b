// A small model of one node for each operator of the core's table.
#pragma once

#include <string>
#include <vector>

#include "core/ops/operator.h"
#include "tests/malformed/models.h"

namespace baton::malformed {

struct OperatorModel {
  tflite::GraphBuilder b{"main"};
  size_t node = 0;
  std::vector<tflite::TensorId> inputs;  // of the node
  // Positions among the inputs of constants that say shapes, axes, indices, sizes.
  std::vector<size_t> integers;

  // The inputs that are there.
  std::vector<tflite::TensorId> tensors() const;
  bool is_constant(tflite::TensorId tensor) const { return b.at(tensor).buffer != 0; }
  // Turns a constant into an input of the graph.
  void feed(tflite::TensorId tensor);
};

// An operator whose needs are not known here gets inputs of one shape by its arity.
OperatorModel operator_model(const Operator& op);

// Sets the attributes of this name; false when the operator has none such.
bool set_attribute(OperatorModel& model, const std::string& name, int32_t value);
// Attributes of whole numbers, and enumerations, that the operator has.
std::vector<std::string> attribute_names(const OperatorModel& model, bool enumerations);

}  // namespace baton::malformed
