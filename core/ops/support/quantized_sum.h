// Quantised ADD and SUB: both inputs are brought to one fine scale, combined, and rescaled.
#pragma once

#include "core/ops/support/binary.h"

namespace baton::ops {

struct QuantizedSumData : OpData {
  int32_t left_shift = 0;
  int32_t input_zero_point[2] = {0, 0};
  int32_t input_multiplier[2] = {0, 0};
  int32_t input_shift[2] = {0, 0};
  int32_t output_multiplier = 0;
  int32_t output_shift = 0;
  int32_t output_zero_point = 0;
  int32_t low = 0;
  int32_t high = 0;
  // int16 with scales that are powers of two: one input is only shifted right.
  bool power_of_two = false;
};

// Of uint8, int8 and int16 nodes.
Status prepare_quantized_sum(NodeContext& ctx, int32_t activation, bool pot_scale_int16);

// sign is 1 for ADD, -1 for SUB.
template <typename T, int sign>
Status run_quantized_sum(const NodeContext& ctx) {
  const QuantizedSumData& data = ctx.data<QuantizedSumData>();
  if (data.power_of_two) {
    return run_binary<T, T>(ctx, [&data](T a, T b) {
      const int32_t left = baton_rounding_shift_right(a, -data.input_shift[0]);
      const int32_t right = baton_rounding_shift_right(b, -data.input_shift[1]);
      return static_cast<T>(baton_clamp(left + sign * right, data.low, data.high));
    });
  }
  return run_binary<T, T>(ctx, [&data](T a, T b) {
    const int32_t left = baton_multiply_by_quantized_multiplier_smaller_than_one(
        (a - data.input_zero_point[0]) * (1 << data.left_shift), data.input_multiplier[0],
        data.input_shift[0]);
    const int32_t right = baton_multiply_by_quantized_multiplier_smaller_than_one(
        (b - data.input_zero_point[1]) * (1 << data.left_shift), data.input_multiplier[1],
        data.input_shift[1]);
    const int32_t sum = baton_multiply_by_quantized_multiplier(
        left + sign * right, data.output_multiplier, data.output_shift);
    return static_cast<T>(
        baton_clamp(baton_saturating_add(sum, data.output_zero_point), data.low, data.high));
  });
}

}  // namespace baton::ops
