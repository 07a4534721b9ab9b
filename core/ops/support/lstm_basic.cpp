#include "core/ops/support/lstm_basic.h"

#include <cmath>
#include <cstring>

#include "core/ops/support/check.h"
#include "core/ops/support/dot.h"
#include "core/ops/support/grain.h"

namespace baton::ops {
namespace {

// Inputs: [batch, n], previous output [batch, units], weights [4 * units, n + units], bias
// [4 * units], previous state [batch, units]. Outputs: output, state, and two that are scratch in
// all but name: input and previous output joined, and the gates' sums.
enum Input { kData, kPreviousOutput, kWeights, kBias, kPreviousState, kInputs };
enum Output { kOutput, kState, kJoined, kSums, kOutputs };

// Order of the gates in the matrix.
enum Gate { kInputGate, kNewInput, kForgetGate, kOutputGate, kGates };

struct Data final : OpData {
  int32_t multiplier = 0;  // uint8: from the accumulator to 3 integer bits
  int32_t shift = 0;
};

template <typename T>
void join(const NodeContext& ctx) {
  const Value& data = ctx.input(kData);
  const Value& previous = ctx.input(kPreviousOutput);
  T* joined = ctx.output(kJoined).as<T>();
  for (int64_t row = 0; row < data.dim(0); ++row) {
    joined = std::copy_n(data.as<const T>() + row * data.dim(1), data.dim(1), joined);
    joined = std::copy_n(previous.as<const T>() + row * previous.dim(1), previous.dim(1), joined);
  }
}

// sum(row, gate unit) of each element of the sums' tensor.
template <typename Sum>
void for_each_sum(const NodeContext& ctx, const Sum& sum) {
  const int64_t width = ctx.output(kSums).dim(1);
  ctx.parallel_for(ctx.output(kSums).count(), grain_of(ctx.output(kJoined).dim(1)),
                   [&](uint32_t, int64_t begin, int64_t end) {
                     for (int64_t i = begin; i < end; ++i) sum(i, i / width, i % width);
                   });
}

void run_float(const NodeContext& ctx) {
  join<float>(ctx);
  const int64_t length = ctx.output(kJoined).dim(1);
  const int64_t units = ctx.output(kOutput).dim(1);
  const auto* weights = ctx.input(kWeights).as<const float>();
  const auto* joined = ctx.output(kJoined).as<const float>();
  auto* sums = ctx.output(kSums).as<float>();
  for_each_sum(ctx, [&](int64_t i, int64_t row, int64_t unit) {
    float dot = 0;
    accumulate_dots<1>(joined + row * length, weights + unit * length, length, length, &dot);
    sums[i] = dot + ctx.input(kBias).as<const float>()[unit];
  });
  const auto sigmoid = [](float x) { return 1.0f / (1.0f + std::exp(-x)); };
  for (int64_t i = 0; i < ctx.output(kOutput).count(); ++i) {
    const float* gate = sums + i / units * kGates * units + i % units;
    const float state =
        sigmoid(gate[kInputGate * units]) * std::tanh(gate[kNewInput * units]) +
        sigmoid(gate[kForgetGate * units]) * ctx.input(kPreviousState).as<const float>()[i];
    ctx.output(kState).as<float>()[i] = state;
    ctx.output(kOutput).as<float>()[i] = sigmoid(gate[kOutputGate * units]) * std::tanh(state);
  }
}

void run_uint8(const NodeContext& ctx) {
  // Scale 1/128 and zero point 128 belong to the kernel; the state has 4 integer bits.
  constexpr int32_t kZeroPoint = 128;
  constexpr int32_t kStateBits = 4;
  const auto& data = ctx.data<Data>();
  join<uint8_t>(ctx);
  const int64_t length = ctx.output(kJoined).dim(1);
  const int64_t units = ctx.output(kOutput).dim(1);
  const auto* weights = ctx.input(kWeights).as<const uint8_t>();
  const auto* joined = ctx.output(kJoined).as<const uint8_t>();
  auto* sums = ctx.output(kSums).as<int16_t>();
  for_each_sum(ctx, [&](int64_t i, int64_t row, int64_t unit) {
    int32_t sum = ctx.input(kBias).as<const int32_t>()[unit];
    accumulate_dots<1>(joined + row * length, kZeroPoint, weights + unit * length, length,
                       ctx.input(kWeights).zero_point(), length, &sum);
    sums[i] = static_cast<int16_t>(baton_fixed16_saturate(
        baton_multiply_by_quantized_multiplier(sum, data.multiplier, data.shift)));
  });
  for (int64_t i = 0; i < ctx.output(kOutput).count(); ++i) {
    const int16_t* gate = sums + i / units * kGates * units + i % units;
    const int32_t added =
        baton_fixed16_multiply(baton_fixed16_logistic(gate[kInputGate * units], 3),
                               baton_fixed16_tanh(gate[kNewInput * units], 3));
    const int32_t kept =
        baton_fixed16_multiply(baton_fixed16_logistic(gate[kForgetGate * units], 3),
                               ctx.input(kPreviousState).as<const int16_t>()[i]);
    const int32_t state =
        baton_fixed16_saturate(baton_fixed16_rescale(added, 0, kStateBits) + kept);
    ctx.output(kState).as<int16_t>()[i] = static_cast<int16_t>(state);
    const int32_t output =
        baton_fixed16_multiply(baton_fixed16_logistic(gate[kOutputGate * units], 3),
                               baton_fixed16_tanh(baton_fixed16_rescale(state, kStateBits, 3), 3));
    ctx.output(kOutput).as<uint8_t>()[i] = static_cast<uint8_t>(
        kZeroPoint + baton_clamp(baton_rounding_shift_right(output, 8), INT8_MIN, INT8_MAX));
  }
}

}  // namespace

Status infer_basic_lstm(NodeContext& ctx) {
  if (ctx.input_count() != kInputs || ctx.output_count() != kOutputs) {
    return error(BATON_INVALID_MODEL,
                 "the basic LSTM kernel has 5 inputs and 4 outputs, not %d and %d",
                 ctx.input_count(), ctx.output_count());
  }
  for (int i = 0; i < kInputs; ++i) {
    if (!ctx.has_input(i)) return error(BATON_INVALID_MODEL, "input %d is absent, but required", i);
    const int rank = i == kBias ? 1 : 2;
    if (ctx.input(i).rank() != rank) {
      return error(BATON_INVALID_MODEL, "input %d has rank %d, not %d", i, ctx.input(i).rank(),
                   rank);
    }
  }
  const int32_t batch = ctx.input(kData).dim(0);
  const int32_t units = ctx.input(kPreviousOutput).dim(1);
  const int64_t length = int64_t{ctx.input(kData).dim(1)} + units;
  const int64_t gates = int64_t{kGates} * units;
  if (ctx.input(kPreviousOutput).dim(0) != batch || ctx.input(kWeights).dim(0) != gates ||
      ctx.input(kWeights).dim(1) != length || ctx.input(kBias).dim(0) != gates ||
      ctx.input(kPreviousState).dim(0) != batch || ctx.input(kPreviousState).dim(1) != units) {
    return error(BATON_INVALID_MODEL,
                 "the sizes of weights, bias and state do not fit a batch of %d and %d units",
                 batch, units);
  }
  BATON_RETURN_IF_ERROR(ctx.set_output_dims(kOutput, {batch, units}));
  BATON_RETURN_IF_ERROR(ctx.set_output_dims(kState, {batch, units}));
  // Both fit an int32: they are sizes of the weights.
  BATON_RETURN_IF_ERROR(ctx.set_output_dims(kJoined, {batch, ctx.input(kWeights).dim(1)}));
  return ctx.set_output_dims(kSums, {batch, ctx.input(kWeights).dim(0)});
}

Status prepare_basic_lstm(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(
      check_dtype("input", ctx.input(kData).dtype(), dtypes_of<float, uint8_t>()));
  const bool real = ctx.input(kData).dtype() == BATON_FLOAT32;
  const baton_dtype activation = real ? BATON_FLOAT32 : BATON_UINT8;
  const baton_dtype state = real ? BATON_FLOAT32 : BATON_INT16;
  const struct {
    const char* what;
    const Value& value;
    baton_dtype dtype;
  } table[] = {{"previous output", ctx.input(kPreviousOutput), activation},
               {"weights", ctx.input(kWeights), activation},
               {"bias", ctx.input(kBias), real ? BATON_FLOAT32 : BATON_INT32},
               {"previous state", ctx.input(kPreviousState), state},
               {"output", ctx.output(kOutput), activation},
               {"state", ctx.output(kState), state},
               {"joined input", ctx.output(kJoined), activation},
               {"sums", ctx.output(kSums), state}};
  for (const auto& entry : table) {
    BATON_RETURN_IF_ERROR(check_dtype(entry.what, entry.value.dtype(), dtype_bit(entry.dtype)));
  }
  auto data = std::make_unique<Data>();
  if (!real) {
    BATON_RETURN_IF_ERROR(check_per_tensor("weights", ctx.input(kWeights)));
    if (!ctx.input(kBias).quantized() || !(ctx.input(kBias).scale() > 0) ||
        !std::isfinite(ctx.input(kBias).scale())) {
      return error(BATON_INVALID_MODEL, "the bias has no positive scale");
    }
    int32_t exponent = 0;
    if (!baton_checked_log2(ctx.output(kState).scale(), &exponent) || exponent != -11) {
      return error(BATON_INVALID_MODEL, "the scale of the state is %g; it must be 2^-11",
                   static_cast<double>(ctx.output(kState).scale()));
    }
    baton_quantize_multiplier(static_cast<double>(4096 * ctx.input(kBias).scale()),
                              &data->multiplier, &data->shift);
  }
  ctx.set_data(std::move(data));
  return {};
}

Status run_basic_lstm(NodeContext& ctx) {
  if (ctx.input(kData).dtype() == BATON_FLOAT32) {
    run_float(ctx);
  } else {
    run_uint8(ctx);
  }
  // Files that carry the state themselves, from outputs to inputs, have no variables here.
  for (const auto& [variable, output] : {std::pair{int{kPreviousOutput}, int{kOutput}},
                                         std::pair{int{kPreviousState}, int{kState}}}) {
    const Value& target = ctx.variable(variable);
    if (!target.variable() || target.bytes() == 0) continue;
    std::memcpy(target.data(), ctx.output(output).data(), target.bytes());
  }
  return {};
}

uint64_t basic_lstm_work(const NodeContext& ctx) {
  return static_cast<uint64_t>(ctx.output(kSums).count()) *
         static_cast<uint64_t>(ctx.output(kJoined).dim(1));
}

}  // namespace baton::ops
