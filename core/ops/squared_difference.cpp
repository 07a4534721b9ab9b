#include <cmath>

#include "core/ops/support/binary.h"

namespace baton::ops {
namespace {

struct SquaredDifferenceData : OpData {
  int32_t input_multiplier[2] = {0, 0};
  int32_t input_shift[2] = {0, 0};
  int32_t output_multiplier = 0;
  int32_t output_shift = 0;
};

// Keeps the square of a difference of 8-bit inputs inside int32.
constexpr int kLeftShift = 7;

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(check_binary(ctx, dtypes_of<float, int32_t, int8_t>()));
  if (ctx.input(0).dtype() != BATON_INT8) {
    return check_same_dtype("input", ctx.input(0), "output", ctx.output(0));
  }
  BATON_RETURN_IF_ERROR(check_quantized_binary(ctx));
  auto data = std::make_unique<SquaredDifferenceData>();
  const double twice_largest =
      2.0 * static_cast<double>(std::max(ctx.input(0).scale(), ctx.input(1).scale()));
  for (int i = 0; i < 2; ++i) {
    baton_quantize_multiplier(static_cast<double>(ctx.input(i).scale()) / twice_largest,
                              &data->input_multiplier[i], &data->input_shift[i]);
  }
  baton_quantize_multiplier(
      twice_largest * twice_largest /
          (std::ldexp(1.0, 2 * kLeftShift) * static_cast<double>(ctx.output(0).scale())),
      &data->output_multiplier, &data->output_shift);
  ctx.set_data(std::move(data));
  return {};
}

Status run_int8(NodeContext& ctx) {
  const auto& data = ctx.data<SquaredDifferenceData>();
  const int32_t zero_point_a = ctx.input(0).zero_point();
  const int32_t zero_point_b = ctx.input(1).zero_point();
  const int32_t output_zero_point = ctx.output(0).zero_point();
  return run_binary<int8_t, int8_t>(ctx, [&](int8_t a, int8_t b) {
    const int32_t left = baton_multiply_by_quantized_multiplier_smaller_than_one(
        (a - zero_point_a) * (1 << kLeftShift), data.input_multiplier[0], data.input_shift[0]);
    const int32_t right = baton_multiply_by_quantized_multiplier_smaller_than_one(
        (b - zero_point_b) * (1 << kLeftShift), data.input_multiplier[1], data.input_shift[1]);
    const int32_t difference = left - right;
    const int32_t scaled = baton_multiply_by_quantized_multiplier(
        difference * difference, data.output_multiplier, data.output_shift);
    return static_cast<int8_t>(
        baton_clamp(baton_saturating_add(scaled, output_zero_point), INT8_MIN, INT8_MAX));
  });
}

Status run(NodeContext& ctx) {
  switch (ctx.input(0).dtype()) {
    case BATON_INT8:
      return run_int8(ctx);
    case BATON_INT32:
      return run_binary<int32_t, int32_t>(ctx, [](int32_t a, int32_t b) {
        const uint32_t difference = static_cast<uint32_t>(a) - static_cast<uint32_t>(b);
        return static_cast<int32_t>(difference * difference);
      });
    default:
      return run_binary<float, float>(ctx, [](float a, float b) { return (a - b) * (a - b); });
  }
}

int32_t min_version(const NodeContext& ctx) { return ctx.input(0).dtype() == BATON_INT8 ? 2 : 1; }

}  // namespace

extern const Operator squared_difference{
    .code = BATON_OP_SQUARED_DIFFERENCE,
    .name = "SQUARED_DIFFERENCE",
    .summary = "(a - b) * (a - b), broadcast; int32 wraps.",
    .max_version = 2,
    .inputs = {2, 2},
    .flags = kInPlace,
    .dtypes = dtypes_of<float, int32_t, int8_t>(),
    .infer = infer_arithmetic,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
