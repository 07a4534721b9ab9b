#include "delegates/cpu/weight_scales.h"

#include <cmath>
#include <string>

namespace baton::cpu {

Refusal require_weight_scales(const char* what, const Operand& weights, int32_t axis,
                              int64_t channels) {
  const auto refusal = [&](const char* sentence) {
    return Refusal{BATON_REASON_QUANTIZATION, std::string("the ") + what + sentence};
  };
  const baton_quantization& scales = weights.quantization();
  if (scales.kind != BATON_QUANTIZATION_PER_TENSOR && scales.kind != BATON_QUANTIZATION_PER_AXIS) {
    return refusal(" needs one scale, or one for each channel");
  }
  for (uint32_t i = 0; i < scales.count; ++i) {
    if (!(scales.scales[i] > 0) || !std::isfinite(scales.scales[i])) {
      return refusal(" has a scale that is not a positive number");
    }
  }
  if (scales.count == 1) return {};
  if (axis < 0) return refusal(" has several scales, one is supported");
  if (scales.axis == axis && scales.count == static_cast<uint64_t>(channels)) return {};
  return refusal(" has not one scale for each of its channels");
}

Refusal require_symmetric(const char* what, const Operand& weights) {
  const baton_quantization& quantization = weights.quantization();
  for (uint32_t i = 0; quantization.zero_points != nullptr && i < quantization.count; ++i) {
    const int64_t zero_point = quantization.zero_points[i];
    if (zero_point == 0) continue;
    return {BATON_REASON_QUANTIZATION, std::string("the ") + what + " has the zero point " +
                                           std::to_string(zero_point) + ", supported: 0"};
  }
  return {};
}

std::vector<double> weight_scales(const Operand& weights) {
  const baton_quantization& scales = weights.quantization();
  return std::vector<double>(scales.scales, scales.scales + scales.count);
}

}  // namespace baton::cpu
