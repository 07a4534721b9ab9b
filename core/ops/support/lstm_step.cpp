#include "core/ops/support/lstm_step.h"

namespace baton::ops {
namespace {

float sigmoid(float x) { return 1.0f / (1.0f + std::exp(-x)); }

}  // namespace

void normalize_lstm_gate(const float* coefficients, const float* bias, int64_t cells, float* gate) {
  const auto count = static_cast<float>(cells);
  float sum = 0;
  for (int64_t i = 0; i < cells; ++i) sum += gate[i];
  const float mean = sum / count;
  float squares = 0;
  for (int64_t i = 0; i < cells; ++i) {
    const float difference = gate[i] - mean;
    squares += difference * difference;
  }
  const float inverse_deviation = 1.0f / std::sqrt(squares / count + 1e-8f);
  for (int64_t i = 0; i < cells; ++i) {
    const float normalized = (gate[i] - mean) * inverse_deviation;
    gate[i] = coefficients[i] * normalized + bias[i];
  }
}

void finish_lstm_row(const LstmTensors& tensors, const LstmSettings& settings,
                     const float* const* peephole, int64_t cells, float* const* gates,
                     float* cell_state) {
  // From sums to what the activation takes.
  const auto complete = [&](int gate) {
    float* vector = gates[gate];
    if (peephole[gate] != nullptr) {
      for (int64_t i = 0; i < cells; ++i) vector[i] += peephole[gate][i] * cell_state[i];
    }
    if (tensors.layer_norm[gate] != nullptr) {
      normalize_lstm_gate(tensors.layer_norm[gate]->as<const float>(),
                          tensors.bias[gate]->as<const float>(), cells, vector);
    }
  };
  const int first_gate = tensors.first_gate();
  for (int gate = first_gate; gate < kOutputGate; ++gate) complete(gate);
  for (int64_t i = 0; i < cells; ++i) {
    const float forget = sigmoid(gates[kForgetGate][i]);
    const float input = tensors.cifg() ? 1.0f - forget : sigmoid(gates[kInputGate][i]);
    const float kept = forget * cell_state[i];
    const float state = kept + real_activation(gates[kCellGate][i], settings.activation) * input;
    cell_state[i] = settings.cell_clip > 0 ? clip_magnitude(state, settings.cell_clip) : state;
  }
  complete(kOutputGate);
  for (int64_t i = 0; i < cells; ++i) {
    gates[kCellGate][i] =
        sigmoid(gates[kOutputGate][i]) * real_activation(cell_state[i], settings.activation);
  }
}

}  // namespace baton::ops
