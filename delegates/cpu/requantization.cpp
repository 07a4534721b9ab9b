#include "delegates/cpu/requantization.h"

#include <cmath>

#include "baton/fixed_point.h"
#include "delegates/cpu/check.h"
#include "delegates/cpu/quantized.h"
#include "delegates/cpu/weight_scales.h"

namespace baton::cpu {

Refusal check_requantization(const Operand& input, const Operand& filter, const Operand& bias,
                             const Operand& output, int32_t axis, int32_t activation,
                             ScaleRule rule) {
  Refusal refusal = first_of(
      {require_per_tensor("input", input), require_per_tensor("output", output),
       require_weight_scales("filter", filter, axis, filter.dim(static_cast<uint32_t>(axis)))});
  if (refusal) return refusal;
  if (refusal = require_activation_range(activation, output); refusal) return refusal;
  if (bias && bias.zero_point() != 0) {
    return {BATON_REASON_QUANTIZATION, "the bias has a zero point"};
  }
  if (rule == ScaleRule::kPerChannel) return {};
  if (filter.quantization().count != 1) {
    return {BATON_REASON_QUANTIZATION, "the filter has several scales"};
  }
  // As the reference: the bias is added to the products as it is.
  const double product = static_cast<double>(input.scale()) * static_cast<double>(filter.scale());
  const double bias_scale = bias ? static_cast<double>(bias.scale()) : product;
  if (!(std::abs(product - bias_scale) / static_cast<double>(output.scale()) <= 0.02)) {
    return {BATON_REASON_QUANTIZATION, "the scale of the bias is not that of the products"};
  }
  return {};
}

void positive_multiplier(double real, int32_t* significand, int32_t* shift) {
  baton_quantize_multiplier(real, significand, shift);
  if (*significand != 0) return;
  // The high half of a product with 1 is -1, 0 or 1, of which the shift leaves nothing.
  *significand = 1;
  *shift = -31;
}

Requantization make_requantization(const Operand& input, const Operand& filter,
                                   const Operand& output, int32_t activation, ScaleRule rule) {
  const baton_quantization& weights = filter.quantization();
  Requantization result;
  for (uint32_t i = 0; i < weights.count; ++i) {
    const double factor =
        baton_conv_scale_per_channel(input.scale(), weights.scales[i], output.scale());
    int32_t multiplier = 0, shift = 0;
    positive_multiplier(
        rule == ScaleRule::kPerTensor
            ? baton_conv_scale_per_tensor(input.scale(), weights.scales[i], output.scale())
            : factor,
        &multiplier, &shift);
    result.factors.push_back(factor);
    result.multipliers.push_back(multiplier);
    result.shifts.push_back(shift);
  }
  result.zero_point = output.bytes_zero_point();
  const ByteRange range = activation_range(activation, output);
  result.low = range.low + output.lift_by();
  result.high = range.high + output.lift_by();
  return result;
}

}  // namespace baton::cpu
