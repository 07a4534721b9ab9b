// The factors between integer sums of products and quantised outputs, as the reference kernels
// derive them.
#pragma once

#include <cstdint>
#include <vector>

#include "delegates/cpu/operator.h"

namespace baton::cpu {

enum class ScaleRule : uint8_t {
  kPerChannel,  // the product of scales in double; for one scale too
  kPerTensor,   // in float, as TensorFlow Lite's older operators do; one scale only
};

// Of most operators: uint8 follows the older rule.
inline ScaleRule scale_rule_of(const Operand& input) {
  return input.dtype() == BATON_UINT8 ? ScaleRule::kPerTensor : ScaleRule::kPerChannel;
}

struct Requantization {
  // One, or one for each output channel.
  std::vector<int32_t> multipliers, shifts;
  std::vector<double> factors;  // what they stand for, before the product of scales was rounded
  int32_t zero_point = 0;       // of the output's bytes, as are the next two
  int32_t low = 0, high = 0;    // the fused activation

  bool one_scale() const { return factors.size() == 1; }
};

// Quantisation of the tensors of a weighted sum of 8-bit operands; `bias` may be absent. The filter
// has one scale, or one for each output channel, which are its dimension `axis`.
Refusal check_requantization(const Operand& input, const Operand& filter, const Operand& bias,
                             const Operand& output, int32_t axis, int32_t activation,
                             ScaleRule rule);
Requantization make_requantization(const Operand& input, const Operand& filter,
                                   const Operand& output, int32_t activation, ScaleRule rule);

// baton_quantize_multiplier, in a form that kernels take: their significands are above zero. A
// factor of 0, or so small that it counts as 0, becomes one by which everything is rounded to 0.
void positive_multiplier(double real, int32_t* significand, int32_t* shift);

}  // namespace baton::cpu
