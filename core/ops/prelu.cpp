#include "core/ops/support/binary.h"

namespace baton::ops {
namespace {

struct PreluData : OpData {
  int32_t multiplier = 0;  // of x >= 0
  int32_t shift = 0;
  int32_t alpha_multiplier = 0;  // of x < 0
  int32_t alpha_shift = 0;
};

Status infer(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(infer_broadcast(ctx));
  if (std::ranges::equal(ctx.output(0).dims(), ctx.input(0).dims())) return {};
  return error(BATON_INVALID_MODEL, "alpha is larger than the input in some dimension");
}

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(check_binary(ctx, dtypes_of<float, uint8_t, int8_t>()));
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  BATON_RETURN_IF_ERROR(check_same_dtype("input", input, "output", output));
  if (input.dtype() == BATON_FLOAT32) return {};
  BATON_RETURN_IF_ERROR(check_quantized_binary(ctx));
  auto data = std::make_unique<PreluData>();
  // In float, as TensorFlow Lite has it: this decides the multipliers' last bits.
  const float alpha_scale = input.scale() * ctx.input(1).scale();
  baton_quantize_multiplier(static_cast<double>(input.scale() / output.scale()), &data->multiplier,
                            &data->shift);
  baton_quantize_multiplier(static_cast<double>(alpha_scale / output.scale()),
                            &data->alpha_multiplier, &data->alpha_shift);
  ctx.set_data(std::move(data));
  return {};
}

template <typename T>
Status run_quantized(NodeContext& ctx) {
  const auto& data = ctx.data<PreluData>();
  const int32_t input_zero_point = ctx.input(0).zero_point();
  const int32_t alpha_zero_point = ctx.input(1).zero_point();
  const int32_t output_zero_point = ctx.output(0).zero_point();
  const int32_t low = quantized_low(ctx.input(0).dtype());
  const int32_t high = quantized_high(ctx.input(0).dtype());
  return run_binary<T, T>(ctx, [&](T element, T alpha) {
    const int32_t x = element - input_zero_point;
    const int32_t y =
        x >= 0 ? baton_multiply_by_quantized_multiplier(x, data.multiplier, data.shift)
               : baton_multiply_by_quantized_multiplier(x * (alpha - alpha_zero_point),
                                                        data.alpha_multiplier, data.alpha_shift);
    return static_cast<T>(baton_clamp(baton_saturating_add(y, output_zero_point), low, high));
  });
}

Status run(NodeContext& ctx) {
  switch (ctx.input(0).dtype()) {
    case BATON_UINT8:
      return run_quantized<uint8_t>(ctx);
    case BATON_INT8:
      return run_quantized<int8_t>(ctx);
    default:
      break;
  }
  return run_binary<float, float>(ctx, [](float x, float alpha) { return x >= 0 ? x : x * alpha; });
}

}  // namespace

extern const Operator prelu{
    .code = BATON_OP_PRELU,
    .name = "PRELU",
    .summary = "x where x >= 0, else alpha * x with a tensor alpha that is broadcast to x.",
    .max_version = 1,
    .inputs = {2, 2},
    .flags = kInPlace,
    .dtypes = dtypes_of<float, uint8_t, int8_t>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
};

}  // namespace baton::ops
