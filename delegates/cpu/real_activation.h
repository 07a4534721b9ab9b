// Fused activations of the recurrent operators, which also know TANH. NaN does as in the reference
// kernels: the clamps of the matrix kernels keep it, these do not.
#pragma once

#include <cstdint>

#include "delegates/cpu/operator.h"

namespace baton::cpu {

Refusal check_real_activation(int32_t activation);

// In place.
void apply_real_activation(int32_t activation, float* values, int64_t count);

}  // namespace baton::cpu
