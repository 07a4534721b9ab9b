#include "core/ops/support/requantize.h"

#include <cmath>

#include "core/ops/support/check.h"

namespace baton::ops {

Status check_weight_scales(const Value& filter, int32_t channels) {
  if (!filter.quantized()) {
    return error(BATON_INVALID_MODEL, "the filter is %s without quantisation parameters",
                 dtype_name(filter.dtype()));
  }
  const baton_quantization& quantization = filter.quantization();
  if (quantization.kind == BATON_QUANTIZATION_BLOCK) {
    return error(BATON_UNSUPPORTED, "block-wise quantised filters are not supported");
  }
  if (quantization.count == 1) return {};
  const bool fits = quantization.count == static_cast<uint32_t>(channels) &&
                    quantization.axis >= 0 && quantization.axis < filter.rank() &&
                    filter.dim(quantization.axis) == channels;
  if (!fits) {
    return error(BATON_INVALID_MODEL,
                 "the filter has %u scales along dimension %d; one, or one for each of its %d "
                 "channels, can be used",
                 quantization.count, quantization.axis, channels);
  }
  return {};
}

Status check_symmetric(const Value& filter) {
  const baton_quantization& quantization = filter.quantization();
  for (uint32_t i = 0; quantization.zero_points && i < quantization.count; ++i) {
    if (quantization.zero_points[i] != 0) {
      return error(BATON_INVALID_MODEL,
                   "the filter has zero point %lld, filters of signed types must have 0",
                   static_cast<long long>(quantization.zero_points[i]));
    }
  }
  return {};
}

Status make_requantization(const Value& input, const Value& filter, const Value* bias,
                           const Value& output, int32_t activation, ScaleRule rule,
                           Requantization* result) {
  BATON_RETURN_IF_ERROR(check_per_tensor("input", input));
  BATON_RETURN_IF_ERROR(check_per_tensor("filter", filter));
  BATON_RETURN_IF_ERROR(check_per_tensor("output", output));
  const baton_quantization& weights = filter.quantization();
  if (rule == ScaleRule::kPerTensor) {
    if (weights.count != 1) {
      return error(BATON_UNSUPPORTED, "a filter of %s with %u scales is not supported",
                   dtype_name(filter.dtype()), weights.count);
    }
    // The bias is added to the products as it is, so its scale must be theirs; the bound is
    // TensorFlow Lite's.
    const double product = static_cast<double>(input.scale()) * static_cast<double>(filter.scale());
    const auto bias_scale = bias ? static_cast<double>(bias->scale()) : product;
    if (!(std::abs(product - bias_scale) / static_cast<double>(output.scale()) <= 0.02)) {
      return error(BATON_INVALID_MODEL,
                   "the bias has scale %g; input and filter scales multiply to %g", bias_scale,
                   product);
    }
  }
  if (bias && bias->zero_point() != 0) {
    return error(BATON_INVALID_MODEL, "the bias has zero point %d, it must be 0",
                 bias->zero_point());
  }
  result->multiplier.resize(weights.count);
  result->shift.resize(weights.count);
  result->factor.resize(weights.count);
  for (uint32_t i = 0; i < weights.count; ++i) {
    result->factor[i] =
        baton_conv_scale_per_channel(input.scale(), weights.scales[i], output.scale());
    baton_quantize_multiplier(
        rule == ScaleRule::kPerTensor
            ? baton_conv_scale_per_tensor(input.scale(), weights.scales[i], output.scale())
            : result->factor[i],
        &result->multiplier[i], &result->shift[i]);
  }
  result->zero_point = output.zero_point();
  return activation_limits(output, activation, &result->low, &result->high);
}

}  // namespace baton::ops
