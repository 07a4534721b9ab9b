// When a convolution by Winograd's transforms (kernels/winograd.h) pays.
#pragma once

#include "delegates/cpu/convolution.h"
#include "delegates/kernels/isa.h"
#include "delegates/kernels/winograd.h"

namespace baton::cpu {

// Images of `height` x `width` output pixels.
struct WinogradOutputs {
  int64_t images = 0, height = 0, width = 0;
};

// What would take the least time: transforms, or nullptr for the direct convolution.
const kernels::Winograd* best_winograd(const ConvShape& shape, const WinogradOutputs& outputs,
                                       kernels::Isa isa);

}  // namespace baton::cpu
