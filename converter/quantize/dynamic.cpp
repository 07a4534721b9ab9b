#include "converter/quantize/dynamic.h"

#include "converter/quantize/schemes.h"

namespace baton::quantize {

using tflite::Operator;
using tflite::TensorId;

namespace {

// Weights of one operator; below, quantising its input costs more than it saves.
constexpr size_t kFewestWeights = 1024;

}  // namespace

void DynamicWeights::emit(Operator op) {
  const Rule* rule = find_rule(editor_.code_of(op));
  const auto positions = rule != nullptr ? weights_of(op, *rule) : std::nullopt;
  if (!positions) return editor_.emit(std::move(op));
  for (const size_t position : *positions) {
    op.inputs[position] = quantised(op.inputs[position], rule->dynamic_channels);
  }
  if (rule->dynamic == DynamicForm::kHybrid) return editor_.emit(std::move(op));

  const TensorId real = op.outputs[0];
  const TensorId moved = editor_.add_like(
      real, "quantised", BATON_INT8, editor_.tensor(op.inputs[positions->front()]).quantization);
  op.outputs[0] = moved;
  editor_.emit(std::move(op));
  editor_.emit(BATON_OP_DEQUANTIZE, moved, real);
}

// Positions of the inputs to quantise: all of the weights or none, as kernels want it.
std::optional<std::vector<size_t>> DynamicWeights::weights_of(const Operator& op,
                                                              const Rule& rule) const {
  if (rule.dynamic == DynamicForm::kNone) return std::nullopt;
  // One float output is what all kernels with such a form have.
  if (op.outputs.size() != 1 || !editor_.is_float(op.outputs[0])) return std::nullopt;
  std::vector<size_t> positions;
  size_t elements = 0;
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    const TensorId id = op.inputs[i];
    if (id < 0) continue;
    const Role role = role_of(rule, i, editor_.tensor(id).shape.size());
    if (role == Role::kActivation && !editor_.is_float(id)) return std::nullopt;
    if (role != Role::kWeights && role != Role::kTable) continue;
    if (!editor_.is_constant(id)) return std::nullopt;
    const std::vector<float> values = editor_.values(id);
    if (!range_of(values)) return std::nullopt;
    elements += values.size();
    positions.push_back(i);
  }
  if (elements < kFewestWeights) return std::nullopt;
  return positions;
}

TensorId DynamicWeights::quantised(TensorId id, int channels) {
  const auto [entry, is_new] = constants_.try_emplace({id, channels}, id);
  if (is_new) {
    entry->second = editor_.add_constant(
        id, symmetric_weights(editor_.values(id), editor_.tensor(id).shape, channels));
  }
  return entry->second;
}

tflite::Model to_dynamic(const tflite::Model& model) {
  Editor editor(model);
  DynamicWeights weights(editor);
  for (const Operator& op : editor.operators()) weights.emit(op);
  return editor.finish();
}

}  // namespace baton::quantize
