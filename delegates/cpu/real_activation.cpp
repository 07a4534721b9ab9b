#include "delegates/cpu/real_activation.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace baton::cpu {
namespace {

template <typename Fn>
void map(float* values, int64_t count, const Fn& fn) {
  std::transform(values, values + count, values, fn);
}

}  // namespace

Refusal check_real_activation(int32_t activation) {
  if (activation >= BATON_ACTIVATION_NONE && activation <= BATON_ACTIVATION_TANH) return {};
  return {BATON_REASON_ATTRIBUTE,
          "fused activation " + std::to_string(activation) + " is not supported"};
}

void apply_real_activation(int32_t activation, float* values, int64_t count) {
  switch (activation) {
    case BATON_ACTIVATION_RELU:
      return map(values, count, [](float x) { return std::max(0.0f, x); });
    case BATON_ACTIVATION_RELU_N1_TO_1:
      return map(values, count, [](float x) { return std::max(-1.0f, std::min(x, 1.0f)); });
    case BATON_ACTIVATION_RELU6:
      return map(values, count, [](float x) { return std::max(0.0f, std::min(x, 6.0f)); });
    case BATON_ACTIVATION_TANH:
      return map(values, count, [](float x) { return std::tanh(x); });
    default:
      return;
  }
}

}  // namespace baton::cpu
