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

constexpr PoolKernel kKernels[] = {{BATON_FLOAT32, run_float},
                                   {BATON_INT8, run_integer<int8_t>},
                                   {BATON_UINT8, run_integer<uint8_t>},
                                   {BATON_INT16, run_integer<int16_t>}};

Status prepare(NodeContext& ctx) { return prepare_pool(ctx, kKernels); }

Status run(NodeContext& ctx) { return ctx.data<PoolData>().run(ctx); }

}  // namespace

extern const Operator max_pool_2d{
    .code = BATON_OP_MAX_POOL_2D,
    .name = "MAX_POOL_2D",
    .summary = "Largest value over a sliding window, with fused activation.",
    .max_version = 3,
    .dtypes = dtypes_of<float, int8_t, uint8_t, int16_t>(),
    .infer = infer_pool,
    .prepare = prepare,
    .run = run,
    .min_version = pool_min_version,
    .work = pool_work,
};

}  // namespace baton::ops
