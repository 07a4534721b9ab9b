// What is between the sums of an LSTM cell's gates and its output, a row of cells at a time.
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

// Rows of the table: operation "lstm", types "f32".

}  // namespace baton::kernels
