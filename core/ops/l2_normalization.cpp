// L2_NORMALIZATION along the last dimension: x / max(sqrt(sum of squares), 1e-6).
#include <algorithm>
#include <cmath>

#include "baton/fixed_point.h"
#include "core/ops/support/check.h"
#include "core/ops/support/rows.h"

namespace baton::ops {
namespace {

constexpr float kOutputScale = 1.0f / 128;

Status infer(NodeContext& ctx) {
  if (ctx.attributes<baton_l2_norm_attributes>().fused_activation_function !=
      BATON_ACTIVATION_NONE) {
    return error(BATON_UNSUPPORTED, "a fused activation is not supported");
  }
  return infer_rows(ctx);
}

Status prepare(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  BATON_RETURN_IF_ERROR(check_dtype("input", input.dtype(), dtypes_of<float, uint8_t, int8_t>()));
  BATON_RETURN_IF_ERROR(check_same_dtype("input", input, "output", output));
  if (input.dtype() == BATON_FLOAT32) return {};
  BATON_RETURN_IF_ERROR(check_per_tensor("input", input));
  const int32_t zero_point = output.dtype() == BATON_UINT8 ? 128 : 0;
  if (output.scale() != kOutputScale || output.zero_point() != zero_point) {
    return error(BATON_INVALID_MODEL, "the output must have scale 1/128 and zero point %d",
                 zero_point);
  }
  return {};
}

void float_row(const float* input, float* output, int64_t depth) {
  float squares = 0;
  for (int64_t i = 0; i < depth; ++i) squares += input[i] * input[i];
  const float norm = std::max(std::sqrt(squares), 1e-6f);
  for (int64_t i = 0; i < depth; ++i) output[i] = input[i] / norm;
}

template <typename T>
void quantized_row(const T* input, T* output, int64_t depth, int32_t zero_point) {
  uint32_t squares = 0;
  for (int64_t i = 0; i < depth; ++i) {
    const int32_t x = input[i] - zero_point;
    squares += static_cast<uint32_t>(x * x);
  }
  int32_t multiplier;
  int32_t shift;
  baton_inverse_sqrt(static_cast<int32_t>(squares), &multiplier, &shift);
  for (int64_t i = 0; i < depth; ++i) {
    const int32_t x = input[i] - zero_point;
    // Times 128, the inverse of the output scale: uint8 before the division, int8 in its shift.
    if constexpr (sizeof(T) == 1 && std::is_unsigned_v<T>) {
      const int32_t y =
          baton_multiply_by_quantized_multiplier_smaller_than_one(128 * x, multiplier, shift);
      output[i] = static_cast<T>(baton_clamp(128 + y, 0, UINT8_MAX));
    } else {
      const int32_t y = baton_multiply_by_quantized_multiplier(x, multiplier, shift + 7);
      output[i] = static_cast<T>(baton_clamp(y, INT8_MIN, INT8_MAX));
    }
  }
}

Status run(NodeContext& ctx) {
  const int32_t zero_point = ctx.input(0).zero_point();
  run_rows(ctx, float_row, [&](const auto* input, auto* output, int64_t depth) {
    quantized_row(input, output, depth, zero_point);
  });
  return {};
}

}  // namespace

extern const Operator l2_normalization{
    .code = BATON_OP_L2_NORMALIZATION,
    .name = "L2_NORMALIZATION",
    .summary =
        "x divided by the length of its row along the last dimension; 8-bit outputs have scale "
        "1/128 and zero in the middle.",
    .max_version = 2,
    .dtypes = dtypes_of<float, uint8_t, int8_t>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = int8_needs_version_2,
};

}  // namespace baton::ops
