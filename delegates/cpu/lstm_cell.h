// An LSTM cell as its node describes it, for LSTM's full kernel and UNIDIRECTIONAL_SEQUENCE_LSTM:
// inputs 1 to 4 weights of the gates, 5 to 8 recurrent weights, 9 to 11 peephole weights, 12 to 15
// biases, 16 and 17 projection, 18 and 19 output and cell state, 20 to 23 layer normalisation.
#pragma once

#include <cstdint>
#include <vector>

#include "delegates/cpu/operator.h"

namespace baton::cpu {

// In the order of the inputs.
enum LstmGate : size_t { kInputGate, kForgetGate, kCellGate, kOutputGate, kLstmGates };

enum class LstmKind : uint8_t {
  kFloat,
  kHybrid,   // float activations, 8-bit weights
  kInteger,  // int8 activations and weights, int16 gates and cell state
};

struct LstmCell {
  // Absent ones are empty.
  struct Gate {
    Operand weights;     // [cells, inputs]
    Operand recurrent;   // [cells, outputs]
    Operand peephole;    // [cells]; the cell gate has none
    Operand bias;        // [cells]
    Operand layer_norm;  // [cells]
  };
  Gate gates[kLstmGates];
  Operand projection, projection_bias;  // [outputs, cells], [outputs]
  Operand input, output;                // [batch, length], or with time before or behind batch
  Operand output_state, cell_state;
  std::vector<Operand> intermediates;

  LstmKind kind = LstmKind::kFloat;
  size_t first_gate = kInputGate;  // kForgetGate: a coupled cell, the forget gate serves as both
  bool peephole = false, layer_norm = false;
  int64_t inputs = 0, cells = 0, outputs = 0;

  int32_t activation = 0;
  float cell_clip = 0, proj_clip = 0;  // 0: none
  bool asymmetric = false;
  bool time_major = true;

  int64_t gate_count() const { return static_cast<int64_t>(kLstmGates - first_gate); }
  int64_t width() const { return gate_count() * cells; }  // of a row of all gates
};

// Gathers and checks. Weights must be constant.
Refusal read_lstm(const NodeView& node, LstmCell* cell);

}  // namespace baton::cpu
