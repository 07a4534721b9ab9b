// RELU, RELU6 and RELU_N1_TO_1: a clamp, and for quantised tensors a rescale before it.
#pragma once

#include <algorithm>

#include "core/ops/support/binary.h"
#include "core/ops/support/unary.h"

namespace baton::ops {

struct ReluData : OpData {
  int32_t multiplier = 0;
  int32_t shift = 0;
  int32_t input_zero_point = 0;
  int32_t output_zero_point = 0;
  int32_t low = 0;
  int32_t high = 0;
};

// `activation` is BATON_ACTIVATION_RELU, _RELU6 or _RELU_N1_TO_1; `integers` the quantised types.
inline Status prepare_relu(NodeContext& ctx, int32_t activation, uint32_t integers) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  BATON_RETURN_IF_ERROR(check_dtype("input", input.dtype(), dtypes_of<float>() | integers));
  BATON_RETURN_IF_ERROR(check_same_dtype("input", input, "output", output));
  if (input.dtype() == BATON_FLOAT32) return {};
  BATON_RETURN_IF_ERROR(check_per_tensor("input", input));
  BATON_RETURN_IF_ERROR(check_per_tensor("output", output));
  auto data = std::make_unique<ReluData>();
  data->input_zero_point = input.zero_point();
  data->output_zero_point = output.zero_point();
  BATON_RETURN_IF_ERROR(check_int16_zero_points(input, output));
  BATON_RETURN_IF_ERROR(activation_limits(output, activation, &data->low, &data->high));
  baton_quantize_multiplier(static_cast<double>(input.scale() / output.scale()), &data->multiplier,
                            &data->shift);
  ctx.set_data(std::move(data));
  return {};
}

template <typename T>
void run_quantized_relu(const NodeContext& ctx) {
  const ReluData& data = ctx.data<ReluData>();
  const Value& input = ctx.input(0);
  map_elements(ctx, input.as<const T>(), ctx.output(0).as<T>(), input.count(), [&data](T x) {
    const int32_t scaled = baton_multiply_by_quantized_multiplier(x - data.input_zero_point,
                                                                  data.multiplier, data.shift);
    return static_cast<T>(
        baton_clamp(baton_saturating_add(scaled, data.output_zero_point), data.low, data.high));
  });
}

// clamp(x) is the float32 kernel.
template <typename Clamp>
Status run_relu(const NodeContext& ctx, const Clamp& clamp) {
  const Value& input = ctx.input(0);
  switch (input.dtype()) {
    case BATON_UINT8:
      run_quantized_relu<uint8_t>(ctx);
      return {};
    case BATON_INT8:
      run_quantized_relu<int8_t>(ctx);
      return {};
    case BATON_INT16:
      run_quantized_relu<int16_t>(ctx);
      return {};
    default:
      map_elements(ctx, input.as<const float>(), ctx.output(0).as<float>(), input.count(), clamp);
      return {};
  }
}

}  // namespace baton::ops
