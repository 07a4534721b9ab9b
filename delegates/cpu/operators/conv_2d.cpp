// CONV_2D: float32, 8-bit, and hybrid (float32 with an 8-bit filter, the input quantised for it).
#include <algorithm>

#include "delegates/cpu/check.h"
#include "delegates/cpu/conv_arithmetic.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/requantization.h"
#include "delegates/cpu/weight_scales.h"
#include "delegates/cpu/wide_conv.h"
#include "delegates/cpu/winograd.h"

namespace baton::cpu {
namespace {

Refusal check_shape(const NodeView& node) {
  const auto& attributes = node.attributes<baton_conv_2d_attributes>();
  const Operand& input = node.input(0);
  const Operand& filter = node.input(1);
  if (Refusal refusal =
          first_of({require_rank("input", input, 4, 4), require_rank("filter", filter, 4, 4)})) {
    return refusal;
  }
  const bool dividing = filter.dim(3) > 0 && input.dim(3) > 0 &&
                        input.dim(3) % filter.dim(3) == 0 &&
                        filter.dim(0) % (input.dim(3) / filter.dim(3)) == 0;
  if (!dividing || filter.count() == 0) {
    return {BATON_REASON_SHAPE, "the filter's channels do not divide the input's"};
  }
  if (attributes.stride_h < 1 || attributes.stride_w < 1 || attributes.dilation_h_factor < 1 ||
      attributes.dilation_w_factor < 1) {
    return {BATON_REASON_ATTRIBUTE, "strides and dilations must be at least 1"};
  }
  return {};
}

Refusal check(const NodeView& node) {
  const Operand& input = node.input(0);
  const Operand& filter = node.input(1);
  const Operand& bias = node.input(2);
  if (Refusal refusal =
          first_of({require_dtype("input", input, {BATON_FLOAT32, BATON_INT8, BATON_UINT8}),
                    require_same_dtype("input", input, "output", node.output())})) {
    return refusal;
  }
  if (Refusal refusal = check_shape(node)) return refusal;
  const int32_t channels = filter.dim(0);
  if (bias && bias.count() != channels) {
    return {BATON_REASON_SHAPE, "the bias has another size than the filter's channels"};
  }
  if (input.dtype() == BATON_FLOAT32) {
    if (bias && bias.dtype() != BATON_FLOAT32) return require_dtype("bias", bias, {BATON_FLOAT32});
    if (filter.dtype() == BATON_FLOAT32) return {};
    return first_of({require_dtype("filter", filter, {BATON_INT8}),
                     require_weight_scales("filter", filter, 0, channels)});
  }
  if (Refusal refusal = require_dtype("filter", filter, {input.dtype()})) return refusal;
  if (bias && bias.dtype() != BATON_INT32) return require_dtype("bias", bias, {BATON_INT32});
  const auto& attributes = node.attributes<baton_conv_2d_attributes>();
  if (Refusal refusal =
          check_requantization(input, filter, bias, node.output(), 0,
                               attributes.fused_activation_function, scale_rule_of(input))) {
    return refusal;
  }
  return input.dtype() == BATON_INT8 ? require_symmetric("filter", filter) : Refusal{};
}

std::unique_ptr<Step> compile(const NodeView& node, const Compiler& compiler) {
  const ConvShape shape = conv_shape_of(node);
  const int32_t activation = conv_activation_of(node);
  const Operand& input = node.input(0);
  const Operand& filter = node.input(1);
  if (filter.dtype() == BATON_INT8 && input.dtype() == BATON_FLOAT32) {
    // As the reference: around zero, or with a zero point.
    const baton_quantization& quantization = filter.quantization();
    const bool differ = std::any_of(quantization.scales, quantization.scales + quantization.count,
                                    [&](float scale) { return scale != quantization.scales[0]; });
    return make_any_conv_step(
        node, shape, HybridArithmetic(compiler, filter, activation, differ || shape.groups != 1),
        compiler);
  }
  if (input.dtype() == BATON_FLOAT32) {
    if (auto step = compile_winograd(node, shape, compiler)) return step;
    return make_any_conv_step(node, shape, conv_arithmetic<FloatArithmetic>(node, compiler),
                              compiler);
  }
  return make_any_conv_step(node, shape, conv_arithmetic<Int8Arithmetic>(node, compiler), compiler);
}

constexpr Operator kOperators[] = {{BATON_OP_CONV_2D, 8, check, compile}};

}  // namespace

sdk::Span<const Operator> conv_2d_operators() { return kOperators; }

}  // namespace baton::cpu
