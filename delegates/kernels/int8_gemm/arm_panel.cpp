#include "delegates/kernels/int8_gemm/arm_panel.h"

#include "baton/fixed_point.h"

namespace baton::kernels {
namespace {

// Of w - w_zero.
uint32_t weight_sum(const Int8GemmWeights& weights, size_t column) {
  uint32_t sum = 0;
  for (size_t tap = 0; tap < weights.taps; ++tap) {
    for (size_t d = 0; d < weights.depth; ++d) {
      sum += static_cast<uint32_t>(weight_at(weights, column, tap, d) - weights.weights_zero);
    }
  }
  return sum;
}

void pack_scale(const Int8GemmWeights& weights, size_t column, size_t n, ArmPanel* panel) {
  const size_t scale = weights.one_scale ? 0 : column;
  switch (weights.requantize) {
    case Requantize::kFixed:
      panel->fixed.multipliers[n] = weights.multipliers[scale];
      // Shifts beyond 32 give what 32 does, and NEON takes only their lowest 8 bits.
      panel->fixed.shifts[n] = baton_clamp(weights.shifts[scale], -32, 32);
      break;
    case Requantize::kDouble:
      panel->scales[n] = weights.scales[scale];
      break;
    case Requantize::kFloat:
      panel->hybrid.scales[n] = static_cast<float>(weights.scales[scale]);
      panel->hybrid.bias[n] = weights.float_bias != nullptr ? weights.float_bias[column] : 0.0f;
      break;
    case Requantize::kSums:
      break;
  }
}

}  // namespace

void pack_arm_constants(const Int8GemmWeights& weights, size_t first_column, bool subtracts_zeros,
                        ArmPanel* panel) {
  const int32_t input_zero = weights.input_zero - (weights.unsigned_input ? 128 : 0);
  if (subtracts_zeros) {
    panel->input_zero = weights.input_zero;
  } else {
    panel->weights_zero = weights.weights_zero - (weights.unsigned_weights ? 128 : 0);
  }
  const size_t columns = std::min(kArmColumns, weights.columns - first_column);
  for (size_t n = 0; n < columns; ++n) {
    const size_t column = first_column + n;
    const uint32_t sum = weight_sum(weights, column);
    const bool biased = weights.bias != nullptr && weights.requantize != Requantize::kFloat;
    uint32_t bias = biased ? static_cast<uint32_t>(weights.bias[column]) : 0;
    if (!subtracts_zeros) bias -= static_cast<uint32_t>(input_zero) * sum;
    panel->bias[n] = baton_wrap_int32(bias);
    panel->weight_sums[n] = baton_wrap_int32(sum);
    pack_scale(weights, column, n, panel);
  }
}

}  // namespace baton::kernels
