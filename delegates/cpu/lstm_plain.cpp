#include "delegates/cpu/lstm_plain.h"

#include <algorithm>
#include <cmath>

#include "delegates/cpu/real_activation.h"

namespace baton::cpu {
namespace {

float logistic(float x) { return 1.0f / (1.0f + std::exp(-x)); }

float activate(const kernels::F32LstmRow& row, float x) {
  apply_real_activation(static_cast<int32_t>(row.activation), &x, 1);
  return x;
}

void update_state(const kernels::F32LstmRow& row) {
  for (size_t i = 0; i < row.count; ++i) {
    const float forget = logistic(row.forget[i]);
    const float input = row.input ? logistic(row.input[i]) : 1.0f - forget;
    const float kept = forget * row.state[i];
    const float state = kept + activate(row, row.cell[i]) * input;
    row.state[i] = row.clip > 0 ? std::max(std::min(row.clip, state), -row.clip) : state;
  }
}

void write_hidden(const kernels::F32LstmRow& row) {
  for (size_t i = 0; i < row.count; ++i) {
    row.hidden[i] = logistic(row.output[i]) * activate(row, row.state[i]);
  }
}

}  // namespace

const kernels::F32Lstm kPlainLstm = {update_state, write_hidden};

}  // namespace baton::cpu
