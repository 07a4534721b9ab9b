#include "core/ops/support/binary.h"
#include "core/ops/support/quantized_mean.h"
#include "core/ops/support/reduce.h"

namespace baton::ops {
namespace {

struct Function {
  template <typename T>
  static T initial() {
    return 0;
  }
  template <typename T>
  static T step(T a, T x) {
    return static_cast<T>(static_cast<Wrapping<T>>(a) + static_cast<Wrapping<T>>(x));
  }
};
using Kernel = Reduction<Function, float, int32_t, int64_t>;

Status prepare(NodeContext& ctx) {
  if (!is_quantized_type(ctx.input(0).dtype())) return Kernel::prepare(ctx);
  BATON_RETURN_IF_ERROR(check_same_dtype("input", ctx.input(0), "output", ctx.output(0)));
  auto data = std::make_unique<QuantizedMeanData>();
  BATON_RETURN_IF_ERROR(prepare_quantized_mean(ctx, false, data.get()));
  ctx.set_data(std::move(data));
  return {};
}

Status run(NodeContext& ctx) {
  if (!is_quantized_type(ctx.input(0).dtype())) return Kernel::run(ctx);
  return run_quantized_mean(ctx, ctx.data<QuantizedMeanData>());
}

int32_t min_version(const NodeContext& ctx) { return ctx.input(0).dtype() == BATON_INT8 ? 2 : 1; }

}  // namespace

extern const Operator sum{
    .code = BATON_OP_SUM,
    .name = "SUM",
    .summary = "The sum over the listed axes; plain integers wrap.",
    .max_version = 2,
    .inputs = {2, 2},
    .flags = kFoldable,
    .dtypes = dtypes_of<float, int32_t, int64_t, uint8_t, int8_t, int16_t>(),
    .infer = infer_reduce,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
