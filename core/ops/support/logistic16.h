// LOGISTIC and TANH: a table for 8 bits, interpolation in a shared table for int16.
#pragma once

#include "core/ops/support/unary.h"

namespace baton::ops {

struct Logistic16Data : OpData {
  baton_logistic16_params params{};
};

// `power_shifts` as in baton_logistic16_prepare.
inline Status prepare_logistic16(NodeContext& ctx, int32_t power_shifts) {
  BATON_RETURN_IF_ERROR(check_float_or_quantized(ctx, dtypes_of<int16_t>()));
  int32_t exponent = 0;
  if (!baton_checked_log2(ctx.output(0).scale(), &exponent) || exponent != -15) {
    return error(BATON_UNSUPPORTED, "the output scale is %g; it must be 1/32768",
                 static_cast<double>(ctx.output(0).scale()));
  }
  auto data = std::make_unique<Logistic16Data>();
  if (!baton_logistic16_prepare(ctx.input(0).scale(), power_shifts, &data->params)) {
    return error(BATON_UNSUPPORTED, "the input scale is %g; it must not be above 8/3",
                 static_cast<double>(ctx.input(0).scale()));
  }
  ctx.set_data(std::move(data));
  return {};
}

// function is baton_logistic16 or baton_tanh16.
inline void run_logistic16(const NodeContext& ctx,
                           int16_t (*function)(const baton_logistic16_params*, int16_t)) {
  const baton_logistic16_params* params = &ctx.data<Logistic16Data>().params;
  map_elements(ctx, ctx.input(0).as<const int16_t>(), ctx.output(0).as<int16_t>(),
               ctx.input(0).count(), [=](int16_t x) { return function(params, x); });
}

}  // namespace baton::ops
