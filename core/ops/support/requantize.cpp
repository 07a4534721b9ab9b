#include "core/ops/support/requantize.h"

#include <cmath>

namespace baton::ops {

int32_t type_low(baton_dtype dtype) { return dtype == BATON_UINT8 ? 0 : INT8_MIN; }
int32_t type_high(baton_dtype dtype) { return dtype == BATON_UINT8 ? UINT8_MAX : INT8_MAX; }

Status check_per_tensor(const Value& value, const char* role) {
  if (!value.quantized()) {
    return error(BATON_INVALID_MODEL, "the %s is %s without quantisation parameters", role,
                 dtype_name(value.dtype()));
  }
  const float scale = value.scale();
  if (!(scale > 0) || std::isinf(scale)) {
    return error(BATON_INVALID_MODEL, "the %s's scale is %g, it must be positive and finite", role,
                 static_cast<double>(scale));
  }
  const int64_t* zero_points = value.quantization().zero_points;
  const int64_t zero_point = zero_points ? zero_points[0] : 0;
  if (zero_point < type_low(value.dtype()) || zero_point > type_high(value.dtype())) {
    return error(BATON_INVALID_MODEL, "the %s's zero point %lld is outside the range of %s", role,
                 static_cast<long long>(zero_point), dtype_name(value.dtype()));
  }
  return {};
}

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
      return error(BATON_INVALID_MODEL, "the filter has zero point %lld, int8 filters must have 0",
                   static_cast<long long>(quantization.zero_points[i]));
    }
  }
  return {};
}

Status quantized_activation(int32_t activation, const Value& output, int32_t* low, int32_t* high) {
  if (baton_activation_range(activation, output.scale(), output.zero_point(),
                             type_low(output.dtype()), type_high(output.dtype()), low, high)) {
    return {};
  }
  return error(BATON_INVALID_MODEL, "the fused activation does not fit the output's scale %g",
               static_cast<double>(output.scale()));
}

Status check_bias(const Value* bias, baton_dtype expected, int32_t channels) {
  if (bias == nullptr) return {};
  if (bias->dtype() != expected) {
    return error(BATON_UNSUPPORTED, "a bias of %s is not supported here; %s is",
                 dtype_name(bias->dtype()), dtype_name(expected));
  }
  if (bias->count() != channels) {
    return error(BATON_INVALID_MODEL, "the bias has %lld elements, the filter has %d channels",
                 static_cast<long long>(bias->count()), channels);
  }
  return {};
}

Status make_requantization(const Value& input, const Value& filter, const Value* bias,
                           const Value& output, int32_t activation, ScaleRule rule,
                           Requantization* result) {
  BATON_RETURN_IF_ERROR(check_per_tensor(input, "input"));
  BATON_RETURN_IF_ERROR(check_per_tensor(filter, "filter"));
  BATON_RETURN_IF_ERROR(check_per_tensor(output, "output"));
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
  for (uint32_t i = 0; i < weights.count; ++i) {
    const double factor =
        rule == ScaleRule::kPerTensor
            ? baton_conv_scale_per_tensor(input.scale(), weights.scales[i], output.scale())
            : baton_conv_scale_per_channel(input.scale(), weights.scales[i], output.scale());
    baton_quantize_multiplier(factor, &result->multiplier[i], &result->shift[i]);
  }
  result->zero_point = output.zero_point();
  return quantized_activation(activation, output, &result->low, &result->high);
}

}  // namespace baton::ops
