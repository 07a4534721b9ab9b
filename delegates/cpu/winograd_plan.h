// The weights of a convolution by Winograd's transforms (kernels/winograd.h).
#pragma once

#include <memory>

#include "delegates/cpu/convolution.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/packing.h"
#include "delegates/kernels/gemm.h"
#include "delegates/kernels/winograd.h"

namespace baton::cpu {

struct WinogradPlan {
  const kernels::Winograd* transforms = nullptr;
  const kernels::F32Gemm* gemm = nullptr;
  Packing packing;                    // a group is an element of the transformed weights
  std::shared_ptr<std::byte> packed;  // G g G', packed as the weights of one product per element
  std::shared_ptr<std::byte> bias;    // nullptr: zeros

  size_t elements() const { return transforms->inputs * transforms->inputs; }
};

// Of a constant float32 filter [channels, 3, 3, depth] and a constant or absent bias.
WinogradPlan make_winograd_plan(const kernels::Winograd& transforms, const kernels::F32Gemm& gemm,
                                const ConvShape& shape, const Operand& filter, const Operand& bias,
                                const Compiler& compiler);

// For the kernel's pack: the direct convolution's weights of `columns` output channels, the first
// one's at `filter`.
kernels::F32GemmWeights direct_weights(const ConvShape& shape, const float* filter, size_t columns);

}  // namespace baton::cpu
