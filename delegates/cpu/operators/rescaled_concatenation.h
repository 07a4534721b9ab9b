// CONCATENATION of uint8 inputs whose scale or zero point is not the output's.
#pragma once

#include <memory>

#include "delegates/cpu/operator.h"

namespace baton::cpu {

inline bool same_quantization(const Operand& a, const Operand& b) {
  return a.scale() == b.scale() && a.zero_point() == b.zero_point();
}

// Of an input that has other parameters than the output.
Refusal check_rescaled(const Operand& input, const Operand& output);

std::unique_ptr<Step> make_rescaled_concatenation(const NodeView& node, int32_t axis,
                                                  const Compiler& compiler);

}  // namespace baton::cpu
