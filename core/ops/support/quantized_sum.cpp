#include "core/ops/support/quantized_sum.h"

#include <cmath>

namespace baton::ops {
Status prepare_quantized_sum(NodeContext& ctx, int32_t activation, bool pot_scale_int16) {
  BATON_RETURN_IF_ERROR(check_quantized_binary(ctx));
  const Value& output = ctx.output(0);
  const float scales[] = {ctx.input(0).scale(), ctx.input(1).scale()};
  auto data = std::make_unique<QuantizedSumData>();
  BATON_RETURN_IF_ERROR(activation_limits(output, activation, &data->low, &data->high));
  data->output_zero_point = output.zero_point();
  for (int i = 0; i < 2; ++i) data->input_zero_point[i] = ctx.input(i).zero_point();

  if (output.dtype() == BATON_INT16) {
    if (data->output_zero_point != 0 || data->input_zero_point[0] != 0 ||
        data->input_zero_point[1] != 0) {
      return error(BATON_UNSUPPORTED, "the zero points of int16 tensors must be 0");
    }
    int32_t exponents[3];
    if (pot_scale_int16 && baton_checked_log2(scales[0], &exponents[0]) &&
        baton_checked_log2(scales[1], &exponents[1]) &&
        baton_checked_log2(output.scale(), &exponents[2])) {
      data->power_of_two = true;
      for (int i = 0; i < 2; ++i) data->input_shift[i] = exponents[i] - exponents[2];
      if (data->input_shift[0] > 0 || data->input_shift[1] > 0 ||
          (data->input_shift[0] != 0 && data->input_shift[1] != 0)) {
        return error(BATON_UNSUPPORTED,
                     "int16 with power-of-two scales needs one input at the output's scale and the "
                     "other at it or below");
      }
      ctx.set_data(std::move(data));
      return {};
    }
  }

  // 15 keeps 16-bit differences inside int32, 20 those of 8 bits.
  data->left_shift = output.dtype() == BATON_INT16 ? 15 : 20;
  const double twice_largest = 2.0 * static_cast<double>(std::max(scales[0], scales[1]));
  for (int i = 0; i < 2; ++i) {
    baton_quantize_multiplier(static_cast<double>(scales[i]) / twice_largest,
                              &data->input_multiplier[i], &data->input_shift[i]);
  }
  baton_quantize_multiplier(
      twice_largest / (std::ldexp(1.0, data->left_shift) * static_cast<double>(output.scale())),
      &data->output_multiplier, &data->output_shift);
  ctx.set_data(std::move(data));
  return {};
}

}  // namespace baton::ops
