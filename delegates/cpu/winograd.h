// CONV_2D of float32 with fewer products than the filter has taps.
#pragma once

#include <memory>

#include "delegates/cpu/convolution.h"
#include "delegates/cpu/operator.h"

namespace baton::cpu {

// nullptr where it cannot be done, or the direct convolution is faster.
std::unique_ptr<Step> compile_winograd(const NodeView& node, const ConvShape& shape,
                                       const Compiler& compiler);

}  // namespace baton::cpu
