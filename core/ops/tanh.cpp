#include <cmath>

#include "core/ops/support/logistic16.h"

namespace baton::ops {
namespace {

Status prepare(NodeContext& ctx) {
  if (ctx.input(0).dtype() == BATON_INT16) return prepare_logistic16(ctx, 1);
  return prepare_float_or_table(ctx, dtypes_of<uint8_t, int8_t>(), baton_transform_tanh, nullptr);
}

Status run(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  if (input.dtype() == BATON_INT16) {
    run_logistic16(ctx, baton_tanh16);
    return {};
  }
  if (input.dtype() != BATON_FLOAT32) {
    run_table(ctx);
    return {};
  }
  map_elements(ctx, input.as<const float>(), ctx.output(0).as<float>(), input.count(),
               [](float x) { return std::tanh(x); });
  return {};
}

}  // namespace

extern const Operator tanh{
    .code = BATON_OP_TANH,
    .name = "TANH",
    .summary = "The hyperbolic tangent.",
    .max_version = 3,
    .flags = kInPlace,
    .dtypes = dtypes_of<float, uint8_t, int8_t, int16_t>(),
    .infer = infer_same_shape,
    .prepare = prepare,
    .run = run,
    .min_version = version_by_integer_type,
};

}  // namespace baton::ops
