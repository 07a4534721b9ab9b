#include "delegates/cpu/quantized.h"

#include "baton/fixed_point.h"

namespace baton::cpu {

int32_t lowest_of(baton_dtype dtype) {
  return dtype == BATON_UINT8 ? 0 : dtype == BATON_INT8 ? INT8_MIN : INT16_MIN;
}

int32_t highest_of(baton_dtype dtype) {
  return dtype == BATON_UINT8 ? UINT8_MAX : dtype == BATON_INT8 ? INT8_MAX : INT16_MAX;
}

Refusal require_quantized(const char* what, const Operand& operand) {
  if (const Refusal refusal = require_per_tensor(what, operand)) return refusal;
  const int64_t* zero_points = operand.quantization().zero_points;
  const int64_t zero_point = zero_points != nullptr ? zero_points[0] : 0;
  if (zero_point >= lowest_of(operand.dtype()) && zero_point <= highest_of(operand.dtype())) {
    return {};
  }
  return {BATON_REASON_QUANTIZATION, std::string("the zero point of the ") + what +
                                         " is outside the range of " + dtype_name(operand.dtype())};
}

Refusal require_activation_range(int32_t activation, const Operand& output) {
  int32_t low, high;
  if (baton_activation_range(activation, output.scale(), output.zero_point(),
                             lowest_of(output.dtype()), highest_of(output.dtype()), &low, &high)) {
    return {};
  }
  return {BATON_REASON_QUANTIZATION,
          "the output's scale is too small for the limits of the fused activation"};
}

ByteRange activation_range(int32_t activation, const Operand& output) {
  ByteRange range{};
  baton_activation_range(activation, output.scale(), output.zero_point(), lowest_of(output.dtype()),
                         highest_of(output.dtype()), &range.low, &range.high);
  return range;
}

}  // namespace baton::cpu
