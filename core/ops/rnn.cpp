// RNN: input [batch, depth], weights [units, depth], recurrent weights [units, units], bias [units],
// state [batch, units], a variable tensor; output [batch, units].
//
//   output = activation(bias + weights * input + recurrent weights * state), state = output
#include <algorithm>
#include <cmath>

#include "core/ops/operator.h"
#include "core/ops/support/check.h"
#include "core/ops/support/dispatch.h"

namespace baton::ops {
namespace {

constexpr int kInput = 0;
constexpr int kWeights = 1;
constexpr int kRecurrent = 2;
constexpr int kBias = 3;
constexpr int kState = 4;

Status infer(NodeContext& ctx) {
  const Value& input = ctx.input(kInput);
  const Value& weights = ctx.input(kWeights);
  const Value& recurrent = ctx.input(kRecurrent);
  const Value& bias = ctx.input(kBias);
  const Value& state = ctx.input(kState);
  if (input.rank() != 2 || weights.rank() != 2 || recurrent.rank() != 2 || bias.rank() != 1 ||
      state.rank() != 2) {
    return error(BATON_INVALID_MODEL,
                 "the ranks of input, weights, recurrent weights, bias and state are %d, %d, %d, %d "
                 "and %d; they must be 2, 2, 2, 1 and 2",
                 input.rank(), weights.rank(), recurrent.rank(), bias.rank(), state.rank());
  }
  const int32_t batch = input.dim(0);
  const int32_t units = weights.dim(0);
  if (weights.dim(1) != input.dim(1) || recurrent.dim(0) != units || recurrent.dim(1) != units ||
      bias.dim(0) != units || state.dim(0) != batch || state.dim(1) != units) {
    return error(BATON_INVALID_MODEL,
                 "the sizes of input, weights, recurrent weights, bias and state do not agree");
  }
  return ctx.set_output_dims(0, {batch, units});
}

Status prepare(NodeContext& ctx) {
  for (const int i : {kInput, kWeights, kRecurrent, kBias, kState}) {
    BATON_RETURN_IF_ERROR(check_dtype("input", ctx.input(i).dtype(), dtypes_of<float>()));
  }
  if (!ctx.input(kState).variable()) {
    return error(BATON_INVALID_MODEL, "the state is no variable tensor");
  }
  return check_same_dtype("input", ctx.input(kInput), "output", ctx.output(0));
}

float activate(int32_t activation, float x) {
  switch (activation) {
    case BATON_ACTIVATION_RELU: return x < 0.0f ? 0.0f : x;
    case BATON_ACTIVATION_RELU_N1_TO_1: return std::min(std::max(x, -1.0f), 1.0f);
    case BATON_ACTIVATION_RELU6: return std::min(std::max(x, 0.0f), 6.0f);
    case BATON_ACTIVATION_TANH: return std::tanh(x);
    case BATON_ACTIVATION_SIGN_BIT: return std::signbit(x) ? 1.0f : 0.0f;
    default: return x;
  }
}

Status run(NodeContext& ctx) {
  const int64_t batch = ctx.input(kInput).dim(0);
  const int64_t depth = ctx.input(kInput).dim(1);
  const int64_t units = ctx.input(kWeights).dim(0);
  const int32_t activation = ctx.attributes<baton_rnn_attributes>().fused_activation_function;
  const float* input = ctx.input(kInput).as<float>();
  const float* weights = ctx.input(kWeights).as<float>();
  const float* recurrent = ctx.input(kRecurrent).as<float>();
  const float* bias = ctx.input(kBias).as<float>();
  float* state = ctx.variable(kState).as<float>();
  float* output = ctx.output(0).as<float>();
  ctx.parallel_for(batch * units, 256, [&](uint32_t, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const float* x = input + i / units * depth;
      const float* h = state + i / units * units;
      const int64_t u = i % units;
      float sum = bias[u];
      for (int64_t k = 0; k < depth; ++k) sum += x[k] * weights[u * depth + k];
      for (int64_t k = 0; k < units; ++k) sum += h[k] * recurrent[u * units + k];
      output[i] = activate(activation, sum);
    }
  });
  std::copy_n(output, batch * units, state);
  return {};
}

uint64_t work(const NodeContext& ctx) {
  const Value& weights = ctx.input(kWeights);
  return static_cast<uint64_t>(ctx.output(0).count()) *
         (static_cast<uint64_t>(weights.dim(1)) + static_cast<uint64_t>(weights.dim(0)));
}

}  // namespace

extern const Operator rnn{
    .code = BATON_OP_RNN,
    .name = "RNN",
    .summary = "One step of a fully connected recurrent cell; its state is a variable tensor.",
    .max_version = 1,
    .inputs = {5, 5},
    .dtypes = dtypes_of<float>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .work = work,
};

}  // namespace baton::ops
