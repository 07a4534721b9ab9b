// The arithmetic of a CONV_2D node.
#pragma once

#include "delegates/cpu/arithmetic.h"

namespace baton::cpu {

inline int32_t conv_activation_of(const NodeView& node) {
  return node.activation.value_or(
      node.attributes<baton_conv_2d_attributes>().fused_activation_function);
}

template <typename Arithmetic>
Arithmetic conv_arithmetic(const NodeView& node, const Compiler& compiler);

template <>
inline FloatArithmetic conv_arithmetic(const NodeView& node, const Compiler& compiler) {
  return FloatArithmetic(compiler, conv_activation_of(node), node.residual);
}

template <>
inline Int8Arithmetic conv_arithmetic(const NodeView& node, const Compiler& compiler) {
  const Operand& input = node.input(0);
  const Operand& filter = node.input(1);
  return Int8Arithmetic(compiler, node, input.dtype() == BATON_UINT8 ? filter.zero_point() : 0,
                        kernels::Requantize::kFixed,
                        make_requantization(input, filter, node.output(), conv_activation_of(node),
                                            scale_rule_of(input)));
}

}  // namespace baton::cpu
