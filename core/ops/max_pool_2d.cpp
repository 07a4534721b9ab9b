// MAX_POOL_2D: the largest value of each window; cells of padding do not count.
#include <limits>

#include "core/ops/support/pool.h"

namespace baton::ops {
namespace {

Status run_float(NodeContext& ctx) {
  const auto& data = ctx.data<PoolData>();
  pool<float>(
      ctx, data.shape, std::numeric_limits<float>::lowest(),
      [](float largest, float value) { return std::max(largest, value); },
      [&](float largest, int64_t) {
        return std::min(std::max(largest, data.float_low), data.float_high);
      });
  return {};
}

template <typename T>
Status run_integer(NodeContext& ctx) {
  const auto& data = ctx.data<PoolData>();
  pool<T>(
      ctx, data.shape, std::numeric_limits<T>::lowest(),
      [](T largest, T value) { return std::max(largest, value); },
      [&](T largest, int64_t) {
        return static_cast<T>(baton_clamp(largest, data.low, data.high));
      });
  return {};
}

Status prepare(NodeContext& ctx) {
  return prepare_pool(ctx, {run_float, run_integer<int8_t>, run_integer<uint8_t>});
}

Status run(NodeContext& ctx) { return ctx.data<PoolData>().run(ctx); }

}  // namespace

extern const Operator max_pool_2d{
    .code = BATON_OP_MAX_POOL_2D,
    .name = "MAX_POOL_2D",
    .summary = "Largest value over a sliding window, with fused activation.",
    .max_version = 3,
    .dtypes = dtype_bit(BATON_FLOAT32) | dtype_bit(BATON_INT8) | dtype_bit(BATON_UINT8),
    .infer = infer_pool,
    .prepare = prepare,
    .run = run,
    .min_version = pool_min_version,
    .work = pool_work,
};

}  // namespace baton::ops
