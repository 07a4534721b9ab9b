// The tensors of one LSTM cell and the rules for their shapes and types, shared by all operators of
// the family.
#pragma once

#include <cstdint>

#include "core/ops/operator.h"

namespace baton::ops {

// In the order of the operators' inputs.
enum LstmGate { kInputGate, kForgetGate, kCellGate, kOutputGate, kLstmGates };

const char* gate_name(int gate);

// Absent ones are nullptr. A coupled cell (CIFG) has no input gate: the forget gate serves as both.
struct LstmTensors {
  const Value* weights[kLstmGates] = {};      // [cells, inputs]
  const Value* aux_weights[kLstmGates] = {};  // [cells, auxiliary inputs]
  const Value* recurrent[kLstmGates] = {};    // [cells, outputs], or [cells]: a diagonal
  const Value* peephole[kLstmGates] = {};     // [cells]; the cell gate has none
  const Value* bias[kLstmGates] = {};         // [cells]
  const Value* layer_norm[kLstmGates] = {};   // [cells]
  const Value* projection = nullptr;          // [outputs, cells]
  const Value* projection_bias = nullptr;     // [outputs]
  const Value* output_state = nullptr;        // batch * outputs elements
  const Value* cell_state = nullptr;          // batch * cells elements

  int first_gate() const { return weights[kInputGate] == nullptr ? kForgetGate : kInputGate; }
  bool cifg() const { return first_gate() != kInputGate; }
  bool has_peephole() const { return peephole[kOutputGate] != nullptr; }
  bool has_layer_norm() const { return layer_norm[kForgetGate] != nullptr; }
  bool diagonal(int gate) const { return recurrent[gate]->rank() == 1; }
};

struct LstmSizes {
  int32_t batch = 0;
  int32_t inputs = 0;
  int32_t aux_inputs = 0;
  int32_t cells = 0;
  int32_t outputs = 0;
};

// Element types of activations and weights.
enum class LstmKind {
  kFloat,
  kHybrid,  // float activations, 8-bit weights
  kInteger  // int8 activations and weights, int16 cell state
};

// The inputs of LSTM's full kernel and of UNIDIRECTIONAL_SEQUENCE_LSTM: 20, or 24 with layer
// normalisation.
Status gather_lstm_tensors(const NodeContext& ctx, LstmTensors* tensors);

// Which tensors are there, and their shapes. Sets the sizes that follow from weights; batch, inputs
// and aux_inputs are given.
Status check_lstm_shapes(const LstmTensors& tensors, bool allow_diagonal, LstmSizes* sizes);

// Clips are limits of magnitude; 0 is none.
Status check_lstm_clips(float cell_clip, float proj_clip);

// Types, that states are variables, and the scales of 8-bit weights.
Status check_lstm_types(const LstmTensors& tensors, const Value& input, const Value& output,
                        LstmKind* kind);

// Multiply-adds of one time step.
uint64_t lstm_step_work(const LstmTensors& tensors, const LstmSizes& sizes);

}  // namespace baton::ops
