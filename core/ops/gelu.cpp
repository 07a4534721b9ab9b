#include <cmath>
#include <numbers>

#include "core/ops/support/unary.h"

namespace baton::ops {
namespace {

// x/2 * (1 + erf(x / sqrt(2))), without the cancellation. erfc and tanh are taken in double, so
// that tables do not depend on the platform's float library.
float exact(float x, const void*) {
  constexpr float kMinusRootHalf = -1 / std::numbers::sqrt2_v<float>;
  return 0.5f * x * static_cast<float>(std::erfc(static_cast<double>(x * kMinusRootHalf)));
}

float approximate(float x, const void*) {
  constexpr auto kRootTwoOverPi =
      static_cast<float>(std::numbers::sqrt2 * std::numbers::inv_sqrtpi);
  const float inner = kRootTwoOverPi * (x + 0.044715f * x * x * x);
  return 0.5f * x * (1.0f + static_cast<float>(std::tanh(static_cast<double>(inner))));
}

baton_transform function_of(const NodeContext& ctx) {
  return ctx.attributes<baton_gelu_attributes>().approximate ? approximate : exact;
}

Status prepare(NodeContext& ctx) {
  return prepare_float_or_table(ctx, dtypes_of<uint8_t, int8_t>(), function_of(ctx), nullptr);
}

Status run(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  if (input.dtype() != BATON_FLOAT32) {
    run_table(ctx);
    return {};
  }
  map_elements(ctx, input.as<const float>(), ctx.output(0).as<float>(), input.count(),
               [function = function_of(ctx)](float x) { return function(x, nullptr); });
  return {};
}

int32_t min_version(const NodeContext& ctx) {
  return ctx.input(0).dtype() == BATON_FLOAT32 ? 1 : 2;
}

}  // namespace

extern const Operator gelu{
    .code = BATON_OP_GELU,
    .name = "GELU",
    .summary = "x times the normal distribution's probability of less than x, or its tanh form.",
    .max_version = 3,
    .flags = kInPlace,
    .dtypes = dtypes_of<float, uint8_t, int8_t>(),
    .infer = infer_same_shape,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
