#include "core/ops/support/quantized_mean.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "baton/fixed_point.h"
#include "core/ops/support/reduce.h"

namespace baton::ops {

Status prepare_quantized_mean(const NodeContext& ctx, bool mean, QuantizedMeanData* data) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  BATON_RETURN_IF_ERROR(check_per_tensor("input", input));
  BATON_RETURN_IF_ERROR(check_per_tensor("output", output));
  BATON_RETURN_IF_ERROR(check_int16_zero_points(input, output));
  ReduceLoops loops;
  BATON_RETURN_IF_ERROR(reduce_loops(ctx, &loops));
  data->depth = loops.reduced.iterations();
  if (data->depth > int64_t{1} << 23) {
    return error(BATON_UNSUPPORTED, "a reduction of %lld quantised elements is not supported",
                 static_cast<long long>(data->depth));
  }
  baton_quantize_multiplier(
      static_cast<double>(input.scale()) / static_cast<double>(output.scale()), &data->multiplier,
      &data->shift);
  if (!mean || data->depth == 0) return {};
  // The division goes into the multiplier, with as many bits as its shift leaves room for.
  const auto bits = static_cast<int32_t>(std::bit_width(static_cast<uint64_t>(data->depth)));
  const int32_t shift = std::min({bits - 1, 32, 31 + data->shift});
  data->multiplier =
      static_cast<int32_t>((int64_t{data->multiplier} * (int64_t{1} << shift)) / data->depth);
  data->shift -= shift;
  return {};
}

namespace {

template <typename T>
Status run_type(const NodeContext& ctx, const QuantizedMeanData& data) {
  const Value& output = ctx.output(0);
  if (data.depth == 0) {
    std::fill_n(output.as<T>(), output.count(), T{0});
    return {};
  }
  const auto zero = static_cast<int32_t>(ctx.input(0).zero_point() * data.depth);
  const int32_t output_zero_point = output.zero_point();
  return run_reduce<T, T>(
      ctx, int32_t{0}, [](int32_t sum, T x) { return baton_wrapping_add(sum, x); },
      [&](int32_t sum) {
        const int32_t scaled = baton_multiply_by_quantized_multiplier(baton_wrapping_sub(sum, zero),
                                                                      data.multiplier, data.shift);
        return static_cast<T>(baton_clamp(baton_saturating_add(scaled, output_zero_point),
                                          std::numeric_limits<T>::min(),
                                          std::numeric_limits<T>::max()));
      });
}

}  // namespace

Status run_quantized_mean(const NodeContext& ctx, const QuantizedMeanData& data) {
  switch (ctx.input(0).dtype()) {
    case BATON_UINT8:
      return run_type<uint8_t>(ctx, data);
    case BATON_INT8:
      return run_type<int8_t>(ctx, data);
    default:
      return run_type<int16_t>(ctx, data);
  }
}

}  // namespace baton::ops
