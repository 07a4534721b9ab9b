#include <limits>
#include <type_traits>

#include "core/ops/support/binary.h"
#include "core/ops/support/quantized_mean.h"
#include "core/ops/support/reduce.h"

namespace baton::ops {
namespace {

Status prepare(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  BATON_RETURN_IF_ERROR(check_dtype(
      "input", input.dtype(), dtypes_of<float, int32_t, int64_t, uint8_t, int8_t, int16_t>()));
  BATON_RETURN_IF_ERROR(check_same_dtype("input", input, "output", ctx.output(0)));
  auto data = std::make_unique<QuantizedMeanData>();
  if (is_quantized_type(input.dtype())) {
    BATON_RETURN_IF_ERROR(prepare_quantized_mean(ctx, true, data.get()));
  } else {
    ReduceLoops loops;
    BATON_RETURN_IF_ERROR(reduce_loops(ctx, &loops));
    data->depth = loops.reduced.iterations();
  }
  ctx.set_data(std::move(data));
  return {};
}

// Integers are summed in 64 bits (which wrap) and divided towards zero. A mean of no elements is
// NaN, or 0.
template <typename T>
Status run_plain(NodeContext& ctx) {
  using Sum = std::conditional_t<std::is_integral_v<T>, uint64_t, T>;
  const int64_t depth = ctx.data<QuantizedMeanData>().depth;
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
  if (is_quantized_type(ctx.input(0).dtype())) {
    return run_quantized_mean(ctx, ctx.data<QuantizedMeanData>());
  }
  switch (ctx.input(0).dtype()) {
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
    .max_version = 3,
    .inputs = {2, 2},
    .dtypes = dtypes_of<float, int32_t, int64_t, uint8_t, int8_t, int16_t>(),
    .infer = infer_reduce,
    .prepare = prepare,
    .run = run,
    .min_version = reduce_min_version,
};

}  // namespace baton::ops
