// What is between the sums of an LSTM cell's gates and its output, a row of cells at a time, in
// float32 and in 16-bit fixed point.
#pragma once

#include <cstddef>
#include <cstdint>

namespace baton::kernels {

// In the order of TensorFlow Lite's numbers. NaN does as in std::max and std::min: RELU and RELU6
// make it 0, RELU_N1_TO_1 makes it -1.
enum class LstmActivation : uint8_t { kNone, kRelu, kReluN1To1, kRelu6, kTanh };

struct F32LstmRow {
  // Sums of the gates, [count] each.
  const float* input = nullptr;  // nullptr: a coupled cell, 1 - logistic(forget) in its place
  const float* forget = nullptr;
  const float* cell = nullptr;
  const float* output = nullptr;
  float* state = nullptr;   // of the cells
  float* hidden = nullptr;  // may be one of the gates
  size_t count = 0;
  float clip = 0;  // of the state's magnitude; 0: none
  LstmActivation activation = LstmActivation::kTanh;
};

struct F32Lstm {
  // state = clip(logistic(forget) * state + logistic(input) * activation(cell))
  void (*update_state)(const F32LstmRow& row);
  // hidden = logistic(output) * activation(state)
  void (*write_hidden)(const F32LstmRow& row);
};

// A factor of baton_multiply_by_quantized_multiplier.
struct LstmFactor {
  int32_t multiplier = 0;
  int32_t shift = 0;
};

struct LstmGateSums {
  const int32_t* from_input = nullptr;
  const int32_t* from_state = nullptr;
  LstmFactor input, recurrent;  // each to the gate's scale
  int16_t* gate = nullptr;
  size_t count = 0;
};

// Gates and tanh in Q0.15.
struct Int16LstmRow {
  const int16_t* input = nullptr;  // nullptr: a coupled cell
  const int16_t* forget = nullptr;
  const int16_t* cell = nullptr;
  const int16_t* output = nullptr;
  int16_t* state = nullptr;
  size_t count = 0;
  int32_t state_integer_bits = 0;
  int32_t clip = 0;  // of the state's magnitude; 0: none

  int16_t* state_tanh = nullptr;  // scratch of write_hidden(), may be one of the gates but output
  int8_t* hidden = nullptr;
  LstmFactor hidden_factor;
  int32_t hidden_zero = 0;  // from -256 to 256
};

// Bit for bit what the scalar functions of <baton/fixed_point.h> give.
struct Int16Lstm {
  // gate = saturate(saturate(input * from_input) + recurrent * from_state)
  void (*sum_gate)(const LstmGateSums& sums);
  // In place, of numbers with 3 integer bits.
  void (*logistic)(int16_t* values, size_t count);
  void (*tanh)(int16_t* values, size_t count);
  // state = clip(saturate(forget * state + input * cell))
  void (*update_state)(const Int16LstmRow& row);
  // hidden = saturate(hidden_factor * output * tanh(state) + hidden_zero)
  void (*write_hidden)(const Int16LstmRow& row);
};

// Rows of the table: operation "lstm", types "f32" (F32Lstm) and "int16" (Int16Lstm).

}  // namespace baton::kernels
