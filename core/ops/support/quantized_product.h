// What quantised MUL and DIV share: one multiplier from the scales, zero points, and limits.
#pragma once

#include "core/ops/support/binary.h"

namespace baton::ops {

struct QuantizedProductData : OpData {
  int32_t input_zero_point[2] = {0, 0};
  int32_t multiplier = 0;
  int32_t shift = 0;
  int32_t output_zero_point = 0;
  int32_t low = 0;
  int32_t high = 0;
};

// `real` is the factor from the product or quotient of the quantised inputs to the output.
inline Status prepare_quantized_product(NodeContext& ctx, int32_t activation, float real) {
  auto data = std::make_unique<QuantizedProductData>();
  BATON_RETURN_IF_ERROR(activation_limits(ctx.output(0), activation, &data->low, &data->high));
  data->output_zero_point = ctx.output(0).zero_point();
  for (int i = 0; i < 2; ++i) data->input_zero_point[i] = ctx.input(i).zero_point();
  baton_quantize_multiplier(static_cast<double>(real), &data->multiplier, &data->shift);
  ctx.set_data(std::move(data));
  return {};
}

}  // namespace baton::ops
