#include <algorithm>
#include <bit>
#include <limits>
#include <type_traits>

#include "baton/fixed_point.h"
#include "core/ops/support/reduce.h"

namespace baton::ops {
namespace {

struct MeanData : OpData {
  int32_t multiplier = 0;
  int32_t shift = 0;
  int64_t depth = 0;  // elements of one mean
};

Status prepare(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  BATON_RETURN_IF_ERROR(
      check_dtype("input", input.dtype(), dtypes_of<float, int32_t, int64_t, uint8_t, int8_t>()));
  BATON_RETURN_IF_ERROR(check_same_dtype("input", input, "output", output));
  ReduceLoops loops;
  BATON_RETURN_IF_ERROR(reduce_loops(ctx, &loops));
  auto data = std::make_unique<MeanData>();
  data->depth = loops.reduced.iterations();
  if (input.dtype() == BATON_UINT8 || input.dtype() == BATON_INT8) {
    BATON_RETURN_IF_ERROR(check_per_tensor("input", input));
    BATON_RETURN_IF_ERROR(check_per_tensor("output", output));
    if (data->depth > int64_t{1} << 23) {
      return error(BATON_UNSUPPORTED, "a mean of %lld elements is not supported",
                   static_cast<long long>(data->depth));
    }
    baton_quantize_multiplier(
        static_cast<double>(input.scale()) / static_cast<double>(output.scale()), &data->multiplier,
        &data->shift);
    if (data->depth > 0) {
      // The division goes into the multiplier, with as many bits as its shift leaves room for.
      const auto bits = static_cast<int32_t>(std::bit_width(static_cast<uint64_t>(data->depth)));
      const int32_t shift = std::min({bits - 1, 32, 31 + data->shift});
      data->multiplier =
          static_cast<int32_t>((int64_t{data->multiplier} * (int64_t{1} << shift)) / data->depth);
      data->shift -= shift;
    }
  }
  ctx.set_data(std::move(data));
  return {};
}

template <typename T>
Status run_quantized(NodeContext& ctx) {
  const auto& data = ctx.data<MeanData>();
  const Value& output = ctx.output(0);
  const int32_t input_zero_point = ctx.input(0).zero_point();
  const int32_t output_zero_point = output.zero_point();
  if (data.depth == 0) {
    std::fill_n(output.as<T>(), output.count(), T{0});
    return {};
  }
  const auto total_zero_point = static_cast<int32_t>(input_zero_point * data.depth);
  return run_reduce<T, T>(
      ctx, int32_t{0}, [](int32_t sum, T x) { return sum + x; },
      [&](int32_t sum) {
        const int32_t scaled = baton_multiply_by_quantized_multiplier(sum - total_zero_point,
                                                                      data.multiplier, data.shift);
        return static_cast<T>(baton_clamp(baton_saturating_add(scaled, output_zero_point),
                                          std::numeric_limits<T>::min(),
                                          std::numeric_limits<T>::max()));
      });
}

// Integers are summed in 64 bits (which wrap) and divided towards zero. A mean of no elements is
// NaN, or 0.
template <typename T>
Status run_plain(NodeContext& ctx) {
  using Sum = std::conditional_t<std::is_integral_v<T>, uint64_t, T>;
  const int64_t depth = ctx.data<MeanData>().depth;
  return run_reduce<T, T>(
      ctx, Sum{0}, [](Sum sum, T x) { return sum + static_cast<Sum>(x); },
      [depth](Sum sum) {
        if (depth == 0) return std::numeric_limits<T>::quiet_NaN();
        if constexpr (std::is_integral_v<T>) {
          return static_cast<T>(static_cast<int64_t>(sum) / depth);
        } else {
          return sum / static_cast<T>(depth);
        }
      });
}

Status run(NodeContext& ctx) {
  switch (ctx.input(0).dtype()) {
    case BATON_UINT8:
      return run_quantized<uint8_t>(ctx);
    case BATON_INT8:
      return run_quantized<int8_t>(ctx);
    case BATON_INT32:
      return run_plain<int32_t>(ctx);
    case BATON_INT64:
      return run_plain<int64_t>(ctx);
    default:
      return run_plain<float>(ctx);
  }
}

}  // namespace

extern const Operator mean{
    .code = BATON_OP_MEAN,
    .name = "MEAN",
    .summary = "The mean over the listed axes.",
    .max_version = 2,
    .inputs = {2, 2},
    .dtypes = dtypes_of<float, int32_t, int64_t, uint8_t, int8_t>(),
    .infer = infer_reduce,
    .prepare = prepare,
    .run = run,
    .min_version = reduce_min_version,
};

}  // namespace baton::ops
