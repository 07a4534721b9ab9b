#include <algorithm>

#include "core/ops/support/unary.h"

namespace baton::ops {
namespace {

struct HardSwishData : OpData {
  int16_t output_multiplier = 0;
  int32_t output_shift = 0;  // <= 0
  int16_t reluish_multiplier = 0;
  int32_t reluish_shift = 0;
};

Status prepare(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  BATON_RETURN_IF_ERROR(check_dtype("input", input.dtype(), dtypes_of<float, uint8_t, int8_t>()));
  BATON_RETURN_IF_ERROR(check_same_dtype("input", input, "output", output));
  if (input.dtype() == BATON_FLOAT32) return {};
  BATON_RETURN_IF_ERROR(check_per_tensor("input", input));
  BATON_RETURN_IF_ERROR(check_per_tensor("output", output));
  auto data = std::make_unique<HardSwishData>();
  // The input is taken with 7 more bits; 3.0 shall be 2^15.
  const float fine_scale = 1.0f / 128.0f * input.scale();
  int32_t significand;
  baton_quantize_multiplier(static_cast<double>(fine_scale / output.scale()), &significand,
                            &data->output_shift);
  data->output_multiplier = baton_reduce_multiplier_to_int16(significand);
  if (data->output_shift > 0) {
    return error(BATON_UNSUPPORTED, "the input scale is more than 128 times the output scale");
  }
  baton_quantize_multiplier(static_cast<double>(fine_scale / (3.0f / 32768.0f)), &significand,
                            &data->reluish_shift);
  data->reluish_multiplier = baton_reduce_multiplier_to_int16(significand);
  ctx.set_data(std::move(data));
  return {};
}

int16_t saturating_shift_left(int16_t x, int32_t shift) {
  const int64_t shifted = int64_t{x} * (int64_t{1} << std::min(shift, 31));
  return static_cast<int16_t>(std::clamp<int64_t>(shifted, INT16_MIN, INT16_MAX));
}

// a * b / 2^15, rounded to nearest.
int16_t rounding_high_mul(int16_t a, int16_t b) {
  if (a == INT16_MIN && b == INT16_MIN) return INT16_MAX;
  const int32_t product = int32_t{a} * b;
  const int32_t nudge = product >= 0 ? 1 << 14 : 1 - (1 << 14);
  return static_cast<int16_t>((product + nudge) / (1 << 15));
}

// a * b / 2^15, rounded towards zero: this cancels the bias of the roundings before.
int16_t truncating_high_mul(int16_t a, int16_t b) {
  if (a == INT16_MIN && b == INT16_MIN) return INT16_MAX;
  return static_cast<int16_t>(int32_t{a} * b / (1 << 15));
}

// All in 16 bits, as TensorFlow Lite's reference kernel.
template <typename T>
void run_quantized(const NodeContext& ctx) {
  const auto& data = ctx.data<HardSwishData>();
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  const int32_t input_zero_point = input.zero_point();
  const int32_t output_zero_point = output.zero_point();
  const int16_t low = static_cast<int16_t>(quantized_low(input.dtype()));
  const int16_t high = static_cast<int16_t>(quantized_high(input.dtype()));
  map_elements(ctx, input.as<const T>(), output.as<T>(), input.count(), [&](T element) {
    const auto fine = static_cast<int16_t>((element - input_zero_point) * (1 << 7));
    const int16_t scaled = rounding_high_mul(fine, data.output_multiplier);
    // x / 3 limited to [-1, 1]. One bit of a left shift comes after the multiplication, so that
    // any saturation is final.
    int16_t gate = fine;
    if (data.reluish_shift > 0) gate = saturating_shift_left(gate, data.reluish_shift - 1);
    gate = rounding_high_mul(gate, data.reluish_multiplier);
    if (data.reluish_shift > 0) gate = saturating_shift_left(gate, 1);
    if (data.reluish_shift < 0) {
      gate = static_cast<int16_t>(baton_rounding_shift_right(gate, -data.reluish_shift));
    }
    gate = static_cast<int16_t>((gate + (1 << 15)) >> 1);  // to [0, 1]
    const int16_t product = truncating_high_mul(gate, scaled);
    const auto shifted =
        static_cast<int16_t>(baton_rounding_shift_right(product, -data.output_shift));
    const auto moved = static_cast<int16_t>(shifted + output_zero_point);
    return static_cast<T>(std::clamp(moved, low, high));
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
    default:
      break;
  }
  map_elements(ctx, input.as<const float>(), ctx.output(0).as<float>(), input.count(),
               [](float x) { return x * std::min(6.0f, std::max(0.0f, x + 3.0f)) / 6.0f; });
  return {};
}

}  // namespace

extern const Operator hard_swish{
    .code = BATON_OP_HARD_SWISH,
    .name = "HARD_SWISH",
    .summary = "x * min(max(x + 3, 0), 6) / 6.",
    .max_version = 1,
    .flags = kInPlace,
    .dtypes = dtypes_of<float, uint8_t, int8_t>(),
    .infer = infer_same_shape,
    .prepare = prepare,
    .run = run,
};

}  // namespace baton::ops
