// AVERAGE_POOL_2D: the mean of each window; cells of padding do not count.
#include "core/ops/support/pool.h"

namespace baton::ops {
namespace {

Status run_float(NodeContext& ctx) {
  const auto& data = ctx.data<PoolData>();
  pool<float>(
      ctx, data.shape, 0.0f, [](float sum, float value) { return sum + value; },
      [&](float sum, int64_t count) {
        return std::min(std::max(sum / static_cast<float>(count), data.float_low), data.float_high);
      });
  return {};
}

// Rounds half away from zero.
template <typename T>
Status run_integer(NodeContext& ctx) {
  const auto& data = ctx.data<PoolData>();
  pool<T>(
      ctx, data.shape, int64_t{0}, [](int64_t sum, T value) { return sum + value; },
      [&](int64_t sum, int64_t count) {
        const int64_t half = sum > 0 ? count / 2 : -(count / 2);
        return static_cast<T>(
            baton_clamp(static_cast<int32_t>((sum + half) / count), data.low, data.high));
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

extern const Operator average_pool_2d{
    .code = BATON_OP_AVERAGE_POOL_2D,
    .name = "AVERAGE_POOL_2D",
    .summary = "Mean over a sliding window, with fused activation; padding does not count.",
    .max_version = 3,
    .dtypes = dtypes_of<float, int8_t, uint8_t, int16_t>(),
    .infer = infer_pool,
    .prepare = prepare,
    .run = run,
    .min_version = pool_min_version,
    .work = pool_work,
};

}  // namespace baton::ops
