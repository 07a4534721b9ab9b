// One time step of an LSTM cell in integers: int8 activations and weights, int16 gates and cell
// state.
#pragma once

#include "core/ops/support/lstm_step.h"

namespace baton::ops {

struct LstmIntegerData {
  struct Factor {
    int32_t multiplier = 0;
    int32_t shift = 0;
    int32_t apply(int32_t x) const {
      return baton_multiply_by_quantized_multiplier(x, multiplier, shift);
    }
  };
  // Of each gate, to its sum's scale; layer_norm from the normalised sum.
  Factor input[kLstmGates];
  Factor recurrent[kLstmGates];
  Factor peephole[kLstmGates];
  Factor layer_norm[kLstmGates];
  int32_t variance_guard[kLstmGates] = {};  // stands in for a variance of 0
  Factor hidden;                            // from output gate times tanh(cell)
  Factor projection;
  int32_t input_zero_point = 0;
  int32_t output_zero_point = 0;
  int32_t hidden_zero_point = 0;
  int32_t cell_integer_bits = 0;
  int32_t cell_clip = 0;  // 0: none
  int32_t proj_clip = 0;
};

// Reads the scales, those of the node's intermediate tensors too.
Status prepare_lstm_integer(const NodeContext& ctx, const LstmTensors& tensors,
                            const LstmSizes& sizes, const LstmSettings& settings,
                            LstmIntegerData* data);

uint64_t lstm_integer_scratch_bytes(const LstmSizes& sizes);

// rows_together: TensorFlow Lite would compute all rows of the batch in one step, not row by row.
void lstm_integer_step(const NodeContext& ctx, const LstmTensors& tensors, const LstmSizes& sizes,
                       const LstmIntegerData& data, const LstmRows<int8_t>& rows,
                       bool rows_together, void* scratch);

}  // namespace baton::ops
