// From int32 accumulators to 8-bit outputs: what CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED
// share.
#pragma once

#include <cstdint>
#include <vector>

#include "baton/fixed_point.h"
#include "core/base/status.h"
#include "core/ops/value.h"

namespace baton::ops {

// Lowest and highest value of an 8-bit type.
int32_t type_low(baton_dtype dtype);
int32_t type_high(baton_dtype dtype);

// One positive scale and a zero point in the type's range.
Status check_per_tensor(const Value& value, const char* role);

// Weights with one scale, or one for each of the output's `channels`.
Status check_weight_scales(const Value& filter, int32_t channels);

// Every zero point of the filter is 0.
Status check_symmetric(const Value& filter);

// Limits of a fused activation in the output's scale.
Status quantized_activation(int32_t activation, const Value& output, int32_t* low, int32_t* high);

struct Requantization {
  std::vector<int32_t> multiplier;  // one, or one per output channel
  std::vector<int32_t> shift;
  int32_t zero_point = 0;
  int32_t low = 0;
  int32_t high = 0;

  // `bias` may be nullptr.
  int32_t apply(int32_t sum, const int32_t* bias, int64_t channel) const {
    const size_t i = multiplier.size() == 1 ? 0 : static_cast<size_t>(channel);
    if (bias) sum = baton_wrapping_add(sum, bias[channel]);
    const int32_t scaled = baton_multiply_by_quantized_multiplier(sum, multiplier[i], shift[i]);
    return baton_clamp(baton_wrapping_add(scaled, zero_point), low, high);
  }
};

enum class ScaleRule {
  kPerChannel,  // the product of scales in double; for one scale too
  kPerTensor    // in float, as TensorFlow Lite's older operators do; one scale only
};

// Checks the quantisation of all tensors (bias may be nullptr) and computes the factors.
Status make_requantization(const Value& input, const Value& filter, const Value* bias,
                           const Value& output, int32_t activation, ScaleRule rule,
                           Requantization* result);

// Type and size of a bias; `expected` is float32 or int32.
Status check_bias(const Value* bias, baton_dtype expected, int32_t channels);

}  // namespace baton::ops
