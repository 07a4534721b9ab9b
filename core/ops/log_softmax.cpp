// LOG_SOFTMAX along the last dimension: x - largest - log(sum(exp(x - largest))).
#include <algorithm>
#include <cmath>
#include <limits>

#include "baton/fixed_point.h"
#include "core/ops/support/check.h"
#include "core/ops/support/rows.h"

namespace baton::ops {
namespace {

struct LogSoftmaxData : OpData {
  baton_softmax_params params{};
  // From a difference with 5 integer bits back to one of inputs.
  int32_t reverse_multiplier = 0;
  int32_t reverse_shift = 0;
};

constexpr float kOutputScale = 16.0f / 256;

Status prepare(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  BATON_RETURN_IF_ERROR(check_dtype("input", input.dtype(), dtypes_of<float, uint8_t, int8_t>()));
  BATON_RETURN_IF_ERROR(check_same_dtype("input", input, "output", output));
  if (input.dtype() == BATON_FLOAT32) return {};
  BATON_RETURN_IF_ERROR(check_per_tensor("input", input));
  if (output.scale() != kOutputScale || output.zero_point() != quantized_high(output.dtype())) {
    return error(BATON_INVALID_MODEL, "the output must have scale 1/16 and zero point %d",
                 quantized_high(output.dtype()));
  }
  auto data = std::make_unique<LogSoftmaxData>();
  baton_softmax_params& params = data->params;
  if (!baton_softmax_prepare(1, input.scale(), &params) ||
      !baton_quantize_multiplier_smaller_than_one(
          std::ldexp(1.0, 31 - params.left_shift) / static_cast<double>(params.multiplier),
          &data->reverse_multiplier, &data->reverse_shift)) {
    return error(BATON_INVALID_MODEL, "the input scale %g is too small to compute with",
                 static_cast<double>(input.scale()));
  }
  ctx.set_data(std::move(data));
  return {};
}

void float_row(const float* input, float* output, int64_t depth) {
  float largest = std::numeric_limits<float>::lowest();
  for (int64_t i = 0; i < depth; ++i) largest = std::max(largest, input[i]);
  float sum = 0;
  for (int64_t i = 0; i < depth; ++i) sum += std::exp(input[i] - largest);
  const float log_sum = std::log(sum);
  for (int64_t i = 0; i < depth; ++i) output[i] = input[i] - largest - log_sum;
}

template <typename T>
void quantized_row(const LogSoftmaxData& data, const T* input, T* output, int64_t depth) {
  constexpr int32_t kLow = std::numeric_limits<T>::lowest();
  constexpr int32_t kHigh = std::numeric_limits<T>::max();
  constexpr int32_t kOutputShift = 31 - BATON_SOFTMAX_INTEGER_BITS - 4;
  const T largest = *std::max_element(input, input + depth);
  int32_t sum = 0;
  for (int64_t i = 0; i < depth; ++i) {
    sum = baton_softmax_accumulate(sum, baton_softmax_exp(&data.params, input[i] - largest));
  }
  const int32_t log_sum = baton_fixed_log(sum, 12, BATON_SOFTMAX_INTEGER_BITS);
  // Smaller differences would leave the range of the fixed-point numbers.
  const int32_t smallest =
      std::max(data.params.diff_min - 1,
               baton_multiply_by_quantized_multiplier(baton_wrapping_add(log_sum, INT32_MIN),
                                                      data.reverse_multiplier, data.reverse_shift));
  for (int64_t i = 0; i < depth; ++i) {
    const int32_t difference = input[i] - largest;
    if (difference <= smallest) {
      output[i] = kLow;
      continue;
    }
    const int32_t scaled = baton_multiply_by_quantized_multiplier(
        difference, data.params.multiplier, data.params.left_shift);
    const int32_t result =
        baton_rounding_shift_right(baton_wrapping_sub(scaled, log_sum), kOutputShift) + kHigh;
    output[i] = static_cast<T>(baton_clamp(result, kLow, kHigh));
  }
}

Status run(NodeContext& ctx) {
  run_rows(ctx, float_row, [&](const auto* input, auto* output, int64_t depth) {
    quantized_row(ctx.data<LogSoftmaxData>(), input, output, depth);
  });
  return {};
}

}  // namespace

extern const Operator log_softmax{
    .code = BATON_OP_LOG_SOFTMAX,
    .name = "LOG_SOFTMAX",
    .summary =
        "The logarithm of SOFTMAX along the last dimension; 8-bit outputs have scale 1/16 and the "
        "highest value as zero point.",
    .max_version = 2,
    .dtypes = dtypes_of<float, uint8_t, int8_t>(),
    .infer = infer_rows,
    .prepare = prepare,
    .run = run,
    .min_version = int8_needs_version_2,
};

}  // namespace baton::ops
