#include "core/ops/support/unary.h"

namespace baton::ops {
namespace {

struct LeakyReluData : OpData {
  int32_t multiplier = 0;  // of x >= 0
  int32_t shift = 0;
  int32_t alpha_multiplier = 0;  // of x < 0; its sign is that of alpha
  int32_t alpha_shift = 0;
};

Status prepare(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  BATON_RETURN_IF_ERROR(
      check_dtype("input", input.dtype(), dtypes_of<float, uint8_t, int8_t, int16_t>()));
  BATON_RETURN_IF_ERROR(check_same_dtype("input", input, "output", output));
  if (input.dtype() == BATON_FLOAT32) return {};
  BATON_RETURN_IF_ERROR(check_per_tensor("input", input));
  BATON_RETURN_IF_ERROR(check_per_tensor("output", output));
  BATON_RETURN_IF_ERROR(check_int16_zero_points(input, output));
  auto data = std::make_unique<LeakyReluData>();
  const float alpha = ctx.attributes<baton_leaky_relu_attributes>().alpha;
  baton_quantize_multiplier(static_cast<double>(input.scale() / output.scale()), &data->multiplier,
                            &data->shift);
  // In float, as TensorFlow Lite has it: this decides the multiplier's last bits.
  const float alpha_scale = input.scale() * alpha;
  baton_quantize_multiplier(static_cast<double>(alpha_scale / output.scale()),
                            &data->alpha_multiplier, &data->alpha_shift);
  ctx.set_data(std::move(data));
  return {};
}

template <typename T>
void run_quantized(const NodeContext& ctx) {
  const auto& data = ctx.data<LeakyReluData>();
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  const int32_t input_zero_point = input.zero_point();
  const int32_t output_zero_point = output.zero_point();
  const bool negative = data.alpha_multiplier < 0;
  const int32_t alpha_multiplier = negative ? -data.alpha_multiplier : data.alpha_multiplier;
  const int32_t low = quantized_low(input.dtype());
  const int32_t high = quantized_high(input.dtype());
  map_elements(ctx, input.as<const T>(), output.as<T>(), input.count(), [&](T element) {
    const int32_t x = element - input_zero_point;
    int32_t y;
    if (x >= 0) {
      y = baton_multiply_by_quantized_multiplier(x, data.multiplier, data.shift);
    } else {
      y = baton_multiply_by_quantized_multiplier(x, alpha_multiplier, data.alpha_shift);
      if (negative) y = baton_wrapping_sub(0, y);
    }
    return static_cast<T>(baton_clamp(baton_saturating_add(y, output_zero_point), low, high));
  });
}

Status run(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  switch (input.dtype()) {
    case BATON_UINT8:
      run_quantized<uint8_t>(ctx);
      return {};
    case BATON_INT8:
      run_quantized<int8_t>(ctx);
      return {};
    case BATON_INT16:
      run_quantized<int16_t>(ctx);
      return {};
    default:
      break;
  }
  const float alpha = ctx.attributes<baton_leaky_relu_attributes>().alpha;
  map_elements(ctx, input.as<const float>(), ctx.output(0).as<float>(), input.count(),
               [alpha](float x) { return x > 0 ? x : x * alpha; });
  return {};
}

int32_t min_version(const NodeContext& ctx) { return ctx.input(0).dtype() == BATON_INT16 ? 2 : 1; }

}  // namespace

extern const Operator leaky_relu{
    .code = BATON_OP_LEAKY_RELU,
    .name = "LEAKY_RELU",
    .summary = "x where x > 0, else alpha * x.",
    .max_version = 2,
    .flags = kInPlace,
    .dtypes = dtypes_of<float, uint8_t, int8_t, int16_t>(),
    .infer = infer_same_shape,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
