#include <cstring>

#include "core/ops/support/check.h"
#include "core/ops/support/real_activation.h"

namespace baton::ops {
namespace {

// Inputs: [batch, n], weights [units, n], recurrent weights [units, units], bias [units], hidden
// state [batch, units] (variable).
Status infer(NodeContext& ctx) {
  const int ranks[] = {2, 2, 2, 1, 2};
  for (int i = 0; i < 5; ++i) {
    if (ctx.input(i).rank() != ranks[i]) {
      return error(BATON_INVALID_MODEL, "input %d has rank %d, not %d", i, ctx.input(i).rank(),
                   ranks[i]);
    }
  }
  const int32_t batch = ctx.input(0).dim(0);
  const int32_t units = ctx.input(1).dim(0);
  if (ctx.input(1).dim(1) != ctx.input(0).dim(1) || ctx.input(2).dim(0) != units ||
      ctx.input(2).dim(1) != units || ctx.input(3).dim(0) != units ||
      ctx.input(4).dim(0) != batch || ctx.input(4).dim(1) != units) {
    return error(BATON_INVALID_MODEL,
                 "the sizes of weights, bias and state do not fit a batch of %d and %d units",
                 batch, units);
  }
  return ctx.set_output_dims(0, {batch, units});
}

Status prepare(NodeContext& ctx) {
  for (int i = 0; i < 5; ++i) {
    BATON_RETURN_IF_ERROR(check_dtype("input", ctx.input(i).dtype(), dtypes_of<float>()));
  }
  BATON_RETURN_IF_ERROR(check_dtype("output", ctx.output(0).dtype(), dtypes_of<float>()));
  if (!ctx.input(4).variable()) {
    return error(BATON_INVALID_MODEL, "the hidden state is no variable tensor");
  }
  return check_real_activation(ctx.attributes<baton_rnn_attributes>().fused_activation_function);
}

Status run(NodeContext& ctx) {
  const int32_t activation = ctx.attributes<baton_rnn_attributes>().fused_activation_function;
  const Value& output = ctx.output(0);
  const Value& state = ctx.variable(4);
  const int64_t inputs = ctx.input(0).dim(1);
  const int64_t units = output.dim(1);
  ctx.parallel_for(output.count(), 64, [&](uint32_t, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t row = i / units;
      const int64_t unit = i % units;
      float sum = ctx.input(3).as<const float>()[unit];
      sum += dot(ctx.input(1).as<const float>() + unit * inputs,
                 ctx.input(0).as<const float>() + row * inputs, inputs);
      sum += dot(ctx.input(2).as<const float>() + unit * units,
                 state.as<const float>() + row * units, units);
      output.as<float>()[i] = real_activation(sum, activation);
    }
  });
  if (output.bytes() != 0) std::memcpy(state.data(), output.data(), output.bytes());
  return {};
}

uint64_t work(const NodeContext& ctx) {
  return static_cast<uint64_t>(ctx.output(0).count()) *
         static_cast<uint64_t>(ctx.input(0).dim(1) + ctx.output(0).dim(1));
}

}  // namespace

extern const Operator rnn{
    .code = BATON_OP_RNN,
    .name = "RNN",
    .summary = "One step of a basic recurrent cell; the output is the next hidden state.",
    .max_version = 1,
    .inputs = {5, 5},
    .dtypes = dtypes_of<float>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .work = work,
};

}  // namespace baton::ops
