#include "delegates/cpu/lstm_cell.h"

#include <cmath>
#include <string>

#include "baton/fixed_point.h"
#include "delegates/cpu/check.h"
#include "delegates/cpu/real_activation.h"
#include "delegates/cpu/weight_scales.h"

namespace baton::cpu {
namespace {

Refusal wrong_sizes(const std::string& what) {
  return {BATON_REASON_SHAPE, "the sizes of the " + what + " do not fit the cell"};
}

bool has_dims(const Operand& operand, std::initializer_list<int64_t> dims) {
  return operand.rank() == dims.size() &&
         std::equal(dims.begin(), dims.end(), operand.dims().begin());
}

template <typename Attributes>
void read_attributes(const NodeView& node, LstmCell* cell) {
  const auto& attributes = node.attributes<Attributes>();
  cell->activation = attributes.fused_activation_function;
  cell->cell_clip = attributes.cell_clip;
  cell->proj_clip = attributes.proj_clip;
  cell->asymmetric = attributes.asymmetric_quantize_inputs != 0;
}

void gather(const NodeView& node, LstmCell* cell) {
  for (size_t i = 0; i < kLstmGates; ++i) {
    LstmCell::Gate& gate = cell->gates[i];
    gate.weights = node.input(1 + i);
    gate.recurrent = node.input(5 + i);
    gate.bias = node.input(12 + i);
    gate.layer_norm = node.input(20 + i);
  }
  cell->gates[kInputGate].peephole = node.input(9);
  cell->gates[kForgetGate].peephole = node.input(10);
  cell->gates[kOutputGate].peephole = node.input(11);
  cell->projection = node.input(16);
  cell->projection_bias = node.input(17);
  cell->output_state = node.input(18);
  cell->cell_state = node.input(19);
  cell->input = node.input(0);
  cell->output = node.output();
  cell->intermediates = node.intermediates();
  cell->first_gate = cell->gates[kInputGate].weights ? kInputGate : kForgetGate;
  cell->layer_norm = static_cast<bool>(cell->gates[kForgetGate].layer_norm);
  cell->peephole = cell->gates[kForgetGate].peephole || cell->gates[kOutputGate].peephole;
}

// Which tensors of a gate are there, and their sizes.
Refusal check_gate(const LstmCell& cell, size_t index) {
  const LstmCell::Gate& gate = cell.gates[index];
  const bool there = index >= cell.first_gate;
  const bool peephole = cell.peephole && index != kCellGate;
  // A peephole weight of an absent input gate is not used.
  if (static_cast<bool>(gate.weights) != there || static_cast<bool>(gate.recurrent) != there ||
      static_cast<bool>(gate.bias) != there ||
      static_cast<bool>(gate.layer_norm) != (there && cell.layer_norm) ||
      (there && static_cast<bool>(gate.peephole) != peephole)) {
    return {BATON_REASON_ATTRIBUTE, "some gates lack tensors that others have"};
  }
  if (!there) return {};
  if (gate.recurrent.rank() == 1) {
    return {BATON_REASON_ATTRIBUTE, "diagonal recurrent weights are not supported"};
  }
  if (!has_dims(gate.weights, {cell.cells, cell.inputs}) ||
      !has_dims(gate.recurrent, {cell.cells, cell.outputs}) || !has_dims(gate.bias, {cell.cells}) ||
      (gate.peephole && !has_dims(gate.peephole, {cell.cells})) ||
      (gate.layer_norm && !has_dims(gate.layer_norm, {cell.cells}))) {
    return wrong_sizes("gates' tensors");
  }
  return {};
}

Refusal check_sizes(LstmCell* cell) {
  const Operand& weights = cell->gates[kOutputGate].weights;
  const Operand& recurrent = cell->gates[kOutputGate].recurrent;
  if (!weights || !recurrent || weights.rank() != 2) {
    return {BATON_REASON_ATTRIBUTE, "the output gate lacks its weights"};
  }
  cell->inputs = cell->input.dim(cell->input.rank() - 1);
  cell->cells = weights.dim(0);
  cell->outputs = recurrent.rank() == 2 ? recurrent.dim(1) : 0;
  for (size_t gate = 0; gate < kLstmGates; ++gate) {
    if (Refusal refusal = check_gate(*cell, gate)) return refusal;
  }
  if (cell->inputs < 1 || cell->cells < 1 || cell->outputs < 1) return wrong_sizes("weights");
  if (cell->projection) {
    if (!has_dims(cell->projection, {cell->outputs, cell->cells}) ||
        (cell->projection_bias && !has_dims(cell->projection_bias, {cell->outputs}))) {
      return wrong_sizes("projection");
    }
  } else if (cell->projection_bias || cell->outputs != cell->cells) {
    return wrong_sizes("projection");
  }
  if (!cell->output_state || !cell->cell_state || !cell->output_state.variable() ||
      !cell->cell_state.variable()) {
    return {BATON_REASON_ATTRIBUTE, "a state is absent, or no variable tensor"};
  }
  const uint32_t batch_axis = cell->input.rank() == 3 && cell->time_major ? 1 : 0;
  const int64_t batch = cell->input.dim(batch_axis);
  if (cell->output_state.count() != batch * cell->outputs ||
      cell->cell_state.count() != batch * cell->cells) {
    return wrong_sizes("states");
  }
  return {};
}

Refusal check_constant(const LstmCell& cell) {
  const auto known = [](const Operand& operand) { return !operand || operand.constant(); };
  bool all = known(cell.projection) && known(cell.projection_bias);
  for (const LstmCell::Gate& gate : cell.gates) {
    all = all && known(gate.weights) && known(gate.recurrent) && known(gate.peephole) &&
          known(gate.bias) && known(gate.layer_norm);
  }
  if (all) return {};
  return {BATON_REASON_NOT_CONSTANT, "weights and biases must be constant"};
}

// `dtype`, and one scale where that is a quantised type.
Refusal check_weights(const char* what, const Operand& operand, baton_dtype dtype) {
  if (!operand) return {};
  if (Refusal refusal = require_dtype(what, operand, {dtype})) return refusal;
  return dtype == BATON_FLOAT32 ? Refusal{} : require_weight_scales(what, operand, -1, 1);
}

Refusal check_types(LstmCell* cell) {
  const baton_dtype weights = cell->gates[kOutputGate].weights.dtype();
  const baton_dtype input = cell->input.dtype();
  if (input == BATON_FLOAT32 && weights == BATON_FLOAT32) {
    cell->kind = LstmKind::kFloat;
  } else if (input == BATON_FLOAT32 && (weights == BATON_INT8 || weights == BATON_UINT8)) {
    cell->kind = LstmKind::kHybrid;
  } else if (input == BATON_INT8 && weights == BATON_INT8) {
    cell->kind = LstmKind::kInteger;
  } else {
    return {BATON_REASON_DTYPE, std::string(dtype_name(input)) + " input with " +
                                    dtype_name(weights) + " weights is not supported"};
  }
  const bool integer = cell->kind == LstmKind::kInteger;
  const baton_dtype sums = integer ? BATON_INT32 : BATON_FLOAT32;
  for (size_t i = cell->first_gate; i < kLstmGates; ++i) {
    const LstmCell::Gate& gate = cell->gates[i];
    if (Refusal refusal = first_of(
            {check_weights("weights", gate.weights, weights),
             check_weights("recurrent weights", gate.recurrent, weights),
             check_weights("peephole weights", gate.peephole, integer ? BATON_INT16 : weights),
             check_weights("layer normalisation", gate.layer_norm,
                           integer ? BATON_INT16 : BATON_FLOAT32),
             require_dtype("bias", gate.bias, {sums})})) {
      return refusal;
    }
  }
  if (cell->projection_bias) {
    if (Refusal refusal = require_dtype("projection bias", cell->projection_bias, {sums})) {
      return refusal;
    }
  }
  return first_of(
      {check_weights("projection", cell->projection, weights),
       require_same_dtype("output", cell->output, "input", cell->input),
       require_same_dtype("output state", cell->output_state, "input", cell->input),
       require_dtype("cell state", cell->cell_state, {integer ? BATON_INT16 : BATON_FLOAT32})});
}

Refusal check_intermediate(const LstmCell& cell, size_t i) {
  const Operand& operand = cell.intermediates[i];
  if (operand && operand.quantized() && operand.quantization().count > 0 && operand.scale() > 0 &&
      std::isfinite(operand.scale())) {
    return {};
  }
  return {BATON_REASON_QUANTIZATION,
          "intermediate tensor " + std::to_string(i) + " has no positive scale"};
}

Refusal check_integer(const LstmCell& cell) {
  if (cell.intermediates.size() != 5) {
    return {BATON_REASON_ATTRIBUTE, "an int8 cell needs 5 intermediate tensors"};
  }
  if (Refusal refusal = first_of(
          {require_per_tensor("input", cell.input), require_per_tensor("output", cell.output),
           require_per_tensor("output state", cell.output_state),
           require_per_tensor("cell state", cell.cell_state), check_intermediate(cell, 4)})) {
    return refusal;
  }
  for (size_t gate = cell.first_gate; cell.layer_norm && gate < kLstmGates; ++gate) {
    if (Refusal refusal = check_intermediate(cell, gate)) return refusal;
  }
  const int32_t zero_point = cell.intermediates[4].zero_point();
  if (zero_point < INT8_MIN || zero_point > INT8_MAX) {
    return {BATON_REASON_QUANTIZATION, "the hidden vector's zero point is outside int8"};
  }
  // As far as the fixed-point tanh goes.
  int32_t exponent = 0;
  if (!baton_checked_log2(cell.cell_state.scale(), &exponent) || exponent > -9 || exponent < -15) {
    return {BATON_REASON_QUANTIZATION,
            "the scale of the cell state is no power of two from 2^-15 to 2^-9"};
  }
  if (cell.gates[kOutputGate].peephole && cell.outputs > cell.cells) {
    return {BATON_REASON_SHAPE, "peephole weights with more outputs than cells are not supported"};
  }
  return {};
}

}  // namespace

Refusal read_lstm(const NodeView& node, LstmCell* cell) {
  if (node.input_count() != 20 && node.input_count() != 24) {
    return {BATON_REASON_ATTRIBUTE, "the full LSTM kernel has 20 or 24 inputs"};
  }
  if (node.output_count() != 1) {
    return {BATON_REASON_ATTRIBUTE, "the full LSTM kernel has one output"};
  }
  const bool sequence = node.op() == BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM;
  if (sequence) {
    read_attributes<baton_unidirectional_sequence_lstm_attributes>(node, cell);
    cell->time_major =
        node.attributes<baton_unidirectional_sequence_lstm_attributes>().time_major != 0;
  } else {
    read_attributes<baton_lstm_attributes>(node, cell);
    if (node.attributes<baton_lstm_attributes>().kernel_type != BATON_LSTM_KERNEL_TYPE_FULL) {
      return {BATON_REASON_ATTRIBUTE, "the kernel type is neither full nor basic"};
    }
  }
  if (!(cell->cell_clip >= 0) || !(cell->proj_clip >= 0)) {
    return {BATON_REASON_ATTRIBUTE, "the clips must not be negative"};
  }
  const uint32_t rank = sequence ? 3 : 2;
  if (Refusal refusal =
          first_of({require_dtype("input", node.input(0), {BATON_FLOAT32, BATON_INT8}),
                    require_rank("input", node.input(0), rank, rank)})) {
    return refusal;
  }
  gather(node, cell);
  if (Refusal refusal = check_sizes(cell)) return refusal;
  if (Refusal refusal = check_constant(*cell)) return refusal;
  if (Refusal refusal = check_types(cell)) return refusal;
  return cell->kind == LstmKind::kInteger ? check_integer(*cell)
                                          : check_real_activation(cell->activation);
}

}  // namespace baton::cpu
