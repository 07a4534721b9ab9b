// ADD as the last step of a convolution.
#pragma once

#include "delegates/cpu/node.h"
#include "delegates/kernels/int8_gemm.h"

namespace baton::cpu {

// Whether an ADD of 8-bit tensors has factors that the kernels can do.
bool can_add_residual(const Operand& own, const Operand& residual, const Operand& sum,
                      int32_t activation);

// `own`: the convolution's own output.
kernels::Int8Residual int8_residual_of(const Operand& own, const Residual& residual);

}  // namespace baton::cpu
