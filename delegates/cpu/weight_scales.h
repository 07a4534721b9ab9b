// The quantisation of weights: one scale, or one for each channel of the output.
#pragma once

#include <cstdint>
#include <vector>

#include "delegates/cpu/operator.h"

namespace baton::cpu {

// One positive scale, or one for each of the `channels` along dimension `axis`; axis -1: one only.
Refusal require_weight_scales(const char* what, const Operand& weights, int32_t axis,
                              int64_t channels);

// All zero points are 0.
Refusal require_symmetric(const char* what, const Operand& weights);

// The operand's scales as they are.
std::vector<double> weight_scales(const Operand& weights);

}  // namespace baton::cpu
