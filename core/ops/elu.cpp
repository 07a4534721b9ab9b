#include <cmath>

#include "core/ops/support/unary.h"

namespace baton::ops {
namespace {

float elu_of(float x, const void*) { return x < 0.0f ? std::expm1(x) : x; }

Status prepare(NodeContext& ctx) {
  return prepare_float_or_table(ctx, dtypes_of<int8_t>(), elu_of, nullptr);
}

Status run(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  if (input.dtype() != BATON_FLOAT32) {
    run_table(ctx);
    return {};
  }
  map_elements(ctx, input.as<const float>(), ctx.output(0).as<float>(), input.count(),
               [](float x) { return elu_of(x, nullptr); });
  return {};
}

}  // namespace

extern const Operator elu{
    .code = BATON_OP_ELU,
    .name = "ELU",
    .summary = "x where x >= 0, else exp(x) - 1.",
    .max_version = 1,
    .flags = kInPlace,
    .dtypes = dtypes_of<float, int8_t>(),
    .infer = infer_same_shape,
    .prepare = prepare,
    .run = run,
};

}  // namespace baton::ops
