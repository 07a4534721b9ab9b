#if defined(__aarch64__)

#include "delegates/kernels/int8_gemm/arm_panel.h"

#include "baton/fixed_point.h"

namespace baton::kernels {
namespace {

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

void pack_arm_constants(const Int8GemmWeights& weights, size_t column, size_t n,
                        uint32_t weight_sum, bool subtracts_zeros, ArmPanel* panel) {
  const bool biased = weights.bias != nullptr && weights.requantize != Requantize::kFloat;
  uint32_t bias = biased ? static_cast<uint32_t>(weights.bias[column]) : 0;
  if (!subtracts_zeros) {
    const int32_t input_zero = weights.input_zero - (weights.unsigned_input ? 128 : 0);
    bias -= static_cast<uint32_t>(input_zero) * weight_sum;
  }
  panel->bias[n] = baton_wrap_int32(bias);
  panel->weight_sums[n] = baton_wrap_int32(weight_sum);
  pack_scale(weights, column, n, panel);
}

}  // namespace baton::kernels

#endif
