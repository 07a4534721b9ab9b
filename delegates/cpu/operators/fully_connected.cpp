// FULLY_CONNECTED: float32, 8-bit, and hybrid (float32 with an int8 filter).
#include "delegates/cpu/arithmetic.h"
#include "delegates/cpu/check.h"
#include "delegates/cpu/conv_step.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/requantization.h"
#include "delegates/cpu/weight_scales.h"

namespace baton::cpu {
namespace {

// Filters of one scale follow the older rule: a zero point counts, the bias has the products'
// scale.
ScaleRule rule_of(const NodeView& node) {
  const bool one = node.input(1).quantization().count == 1;
  return node.input(0).dtype() == BATON_UINT8 || one ? ScaleRule::kPerTensor
                                                     : ScaleRule::kPerChannel;
}

Refusal check(const NodeView& node) {
  const auto& attributes = node.attributes<baton_fully_connected_attributes>();
  const Operand& input = node.input(0);
  const Operand& filter = node.input(1);
  const Operand& bias = node.input(2);
  if (Refusal refusal =
          first_of({require_dtype("input", input, {BATON_FLOAT32, BATON_INT8, BATON_UINT8}),
                    require_same_dtype("input", input, "output", node.output()),
                    require_rank("filter", filter, 2, 2)})) {
    return refusal;
  }
  const bool hybrid = input.dtype() == BATON_FLOAT32 && filter.dtype() == BATON_INT8;
  if (!hybrid && filter.dtype() != input.dtype()) {
    return require_dtype("filter", filter, {input.dtype()});
  }
  if (attributes.weights_format != BATON_FULLY_CONNECTED_WEIGHTS_FORMAT_DEFAULT) {
    return {BATON_REASON_ATTRIBUTE, "shuffled weights are not supported"};
  }
  if (filter.dim(0) < 1 || filter.dim(1) < 1) return {BATON_REASON_SHAPE, "the filter is empty"};
  const int32_t units = filter.dim(0);
  if (bias && bias.count() != units) {
    return {BATON_REASON_SHAPE, "the bias has another size than the filter's rows"};
  }
  const int32_t activation = attributes.fused_activation_function;
  if (activation < BATON_ACTIVATION_NONE || activation > BATON_ACTIVATION_RELU6) {
    return {BATON_REASON_ATTRIBUTE,
            "fused activation " + std::to_string(activation) + " is not supported"};
  }
  if (input.dtype() == BATON_FLOAT32) {
    if (hybrid) {
      if (Refusal refusal = require_weight_scales("filter", filter, 0, units)) return refusal;
    }
    return bias ? require_dtype("bias", bias, {BATON_FLOAT32}) : Refusal{};
  }
  if (bias && bias.dtype() != BATON_INT32) return require_dtype("bias", bias, {BATON_INT32});
  return check_requantization(input, filter, bias, node.output(), 0, activation, rule_of(node));
}

std::unique_ptr<Step> compile(const NodeView& node, const Compiler& compiler) {
  const int32_t activation =
      node.attributes<baton_fully_connected_attributes>().fused_activation_function;
  const Operand& filter = node.input(1);
  const ConvShape shape = matrix_shape_of(filter);
  if (filter.dtype() == BATON_FLOAT32) {
    return make_conv_step(node, shape, FloatArithmetic(compiler, activation, node.residual),
                          compiler);
  }
  if (node.input(0).dtype() == BATON_FLOAT32) {
    const bool asymmetric =
        node.attributes<baton_fully_connected_attributes>().asymmetric_quantize_inputs != 0;
    return make_conv_step(node, shape, HybridArithmetic(compiler, filter, activation, asymmetric),
                          compiler);
  }
  const ScaleRule rule = rule_of(node);
  const int32_t filter_zero = rule == ScaleRule::kPerTensor ? filter.zero_point() : 0;
  return make_conv_step(
      node, shape,
      Int8Arithmetic(compiler, node, filter_zero, kernels::Requantize::kDouble,
                     make_requantization(node.input(0), filter, node.output(), activation, rule)),
      compiler);
}

constexpr Operator kOperators[] = {{BATON_OP_FULLY_CONNECTED, 14, check, compile}};

}  // namespace

sdk::Span<const Operator> fully_connected_operators() { return kOperators; }

}  // namespace baton::cpu
