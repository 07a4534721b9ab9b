#include <cstring>

#include "core/ops/support/check.h"
#include "core/ops/support/dot.h"
#include "core/ops/support/real_activation.h"
#include "core/ops/support/weighted_sum.h"

namespace baton::ops {
namespace {

// Inputs: [batch, n], feature weights [filters, n], time weights [filters, memory], optional bias
// [units], state [batch, filters * memory] (variable). A unit has `rank` filters.
Status infer(NodeContext& ctx) {
  const int32_t rank = ctx.attributes<baton_svdf_attributes>().rank;
  if (!ctx.has_input(4)) return error(BATON_INVALID_MODEL, "the state, input 4, is absent");
  for (const int i : {0, 1, 2, 4}) {
    if (ctx.input(i).rank() != 2) {
      return error(BATON_INVALID_MODEL, "input %d has rank %d, not 2", i, ctx.input(i).rank());
    }
  }
  const int32_t batch = ctx.input(0).dim(0);
  const int32_t filters = ctx.input(1).dim(0);
  const int32_t memory = ctx.input(2).dim(1);
  if (rank < 1 || filters % rank != 0) {
    return error(BATON_INVALID_MODEL, "rank %d does not divide the %d filters", rank, filters);
  }
  const Value* bias = ctx.optional_input(3);
  if (ctx.input(1).dim(1) != ctx.input(0).dim(1) || ctx.input(2).dim(0) != filters ||
      ctx.input(4).dim(0) != batch || ctx.input(4).dim(1) != int64_t{filters} * memory ||
      memory < 1 || (bias != nullptr && (bias->rank() != 1 || bias->dim(0) != filters / rank))) {
    return error(BATON_INVALID_MODEL,
                 "the sizes of weights, bias and state do not fit a batch of %d, %d filters and a "
                 "memory of %d",
                 batch, filters, memory);
  }
  return ctx.set_output_dims(0, {batch, filters / rank});
}

struct SvdfData : OpData {
  // Integers: features to the state's scale, and what they add up to to the output's.
  int32_t feature_multiplier = 0;
  int32_t feature_shift = 0;
  int32_t output_multiplier = 0;
  int32_t output_shift = 0;
  Status (*run)(NodeContext&) = nullptr;
};

// A filter's history is its last `memory` features, the newest at the end. feature(row, filter) is
// the new one, weigh(filter, history, sum) adds what the history counts for, finish(sum) gives the
// output element of sums that begin with the unit's bias.
template <typename State, typename Output, typename Sum, typename Feature, typename Weigh,
          typename Finish>
void step(const NodeContext& ctx, const Feature& feature, const Weigh& weigh,
          const Finish& finish) {
  const Value& output = ctx.output(0);
  const int64_t units = output.dim(1);
  const int64_t memory = ctx.input(2).dim(1);
  const int64_t rank = ctx.attributes<baton_svdf_attributes>().rank;
  const Sum* bias = bias_data<Sum>(ctx, 3);
  ctx.parallel_for(output.count(), 16, [&](uint32_t, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t row = i / units;
      const int64_t unit = i % units;
      Sum sum = bias ? bias[unit] : Sum{0};
      for (int64_t filter = unit * rank; filter < (unit + 1) * rank; ++filter) {
        State* history = ctx.variable(4).as<State>() + (row * units * rank + filter) * memory;
        std::memmove(history, history + 1, static_cast<size_t>(memory - 1) * sizeof(State));
        history[memory - 1] = feature(row, filter);
        sum = weigh(filter, history, sum);
      }
      output.as<Output>()[i] = finish(sum);
    }
  });
}

Status run_float(NodeContext& ctx) {
  const int64_t inputs = ctx.input(0).dim(1);
  const int64_t memory = ctx.input(2).dim(1);
  const int32_t activation = ctx.attributes<baton_svdf_attributes>().fused_activation_function;
  step<float, float, float>(
      ctx,
      [&](int64_t row, int64_t filter) {
        return dot(ctx.input(1).as<const float>() + filter * inputs,
                   ctx.input(0).as<const float>() + row * inputs, inputs);
      },
      [&](int64_t filter, const float* history, float sum) {
        return sum + dot(ctx.input(2).as<const float>() + filter * memory, history, memory);
      },
      [&](float sum) { return real_activation(sum, activation); });
  return {};
}

// sum of x[i] * rows[i] modulo 2^32, with `zero` subtracted from x.
template <typename X, typename W>
int32_t integer_dot(const X* x, int32_t zero, const W* row, int64_t count) {
  int32_t sum = 0;
  accumulate_dots<1>(x, zero, row, count, 0, count, &sum);
  return sum;
}

Status run_integer(NodeContext& ctx) {
  const auto& data = ctx.data<SvdfData>();
  const int64_t inputs = ctx.input(0).dim(1);
  const int64_t memory = ctx.input(2).dim(1);
  const int32_t zero_point = ctx.output(0).zero_point();
  step<int16_t, int8_t, int32_t>(
      ctx,
      [&](int64_t row, int64_t filter) {
        const int32_t sum =
            integer_dot(ctx.input(0).as<const int8_t>() + row * inputs, ctx.input(0).zero_point(),
                        ctx.input(1).as<const int8_t>() + filter * inputs, inputs);
        const int32_t scaled = baton_multiply_by_quantized_multiplier(sum, data.feature_multiplier,
                                                                      data.feature_shift);
        return static_cast<int16_t>(baton_clamp(scaled, INT16_MIN, INT16_MAX));
      },
      [&](int64_t filter, const int16_t* history, int32_t sum) {
        return baton_wrapping_add(
            sum,
            integer_dot(history, 0, ctx.input(2).as<const int16_t>() + filter * memory, memory));
      },
      [&](int32_t sum) {
        const int32_t scaled =
            baton_multiply_by_quantized_multiplier(sum, data.output_multiplier, data.output_shift);
        return static_cast<int8_t>(
            baton_clamp(baton_wrapping_add(scaled, zero_point), INT8_MIN, INT8_MAX));
      });
  return {};
}

// Rows of the input are quantised anew in each run; time weights count as their real values.
Status run_hybrid(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_svdf_attributes>();
  const int64_t inputs = ctx.input(0).dim(1);
  const int64_t memory = ctx.input(2).dim(1);
  const float time_scale = ctx.input(2).scale();
  const HybridImages rows = quantize_images(
      ctx, ctx.input(0), ctx.input(0).dim(0), inputs,
      attributes.asymmetric_quantize_inputs ? quantize_asymmetric : quantize_symmetric);
  step<float, float, float>(
      ctx,
      [&](int64_t row, int64_t filter) {
        const int32_t sum = integer_dot(rows.values + row * inputs, rows.scales[row].zero_point,
                                        ctx.input(1).as<const int8_t>() + filter * inputs, inputs);
        return static_cast<float>(sum) * (rows.scales[row].scale * ctx.input(1).scale());
      },
      [&](int64_t filter, const float* history, float sum) {
        const int8_t* weights = ctx.input(2).as<const int8_t>() + filter * memory;
        float weighed = 0;
        for (int64_t i = 0; i < memory; ++i) {
          weighed += static_cast<float>(weights[i]) * time_scale * history[i];
        }
        return sum + weighed;
      },
      [&](float sum) { return real_activation(sum, attributes.fused_activation_function); });
  return {};
}

// Types of input and output, of the weights of features and of time, of bias, and of the state.
struct SvdfKernel {
  baton_dtype input;
  baton_dtype feature;
  baton_dtype time;
  baton_dtype bias;
  baton_dtype state;
  Status (*run)(NodeContext&);
};
constexpr SvdfKernel kKernels[] = {
    {BATON_FLOAT32, BATON_FLOAT32, BATON_FLOAT32, BATON_FLOAT32, BATON_FLOAT32, run_float},
    {BATON_FLOAT32, BATON_INT8, BATON_INT8, BATON_FLOAT32, BATON_FLOAT32, run_hybrid},
    {BATON_FLOAT32, BATON_UINT8, BATON_UINT8, BATON_FLOAT32, BATON_FLOAT32, run_hybrid},
    {BATON_INT8, BATON_INT8, BATON_INT16, BATON_INT32, BATON_INT16, run_integer},
};

Status prepare_integer(const NodeContext& ctx, SvdfData* data) {
  const char* names[] = {"input", "feature weights", "time weights", "bias", "state"};
  for (const int i : {0, 1, 2, 4}) {
    BATON_RETURN_IF_ERROR(check_per_tensor(names[i], ctx.input(i)));
  }
  BATON_RETURN_IF_ERROR(check_per_tensor("output", ctx.output(0)));
  if (ctx.attributes<baton_svdf_attributes>().fused_activation_function != BATON_ACTIVATION_RELU) {
    return error(BATON_UNSUPPORTED, "int8 needs the fused activation RELU");
  }
  const float state = ctx.input(4).scale();
  baton_quantize_multiplier(
      baton_conv_scale_per_channel(ctx.input(0).scale(), ctx.input(1).scale(), state),
      &data->feature_multiplier, &data->feature_shift);
  baton_quantize_multiplier(
      baton_conv_scale_per_channel(state, ctx.input(2).scale(), ctx.output(0).scale()),
      &data->output_multiplier, &data->output_shift);
  return {};
}

Status prepare(NodeContext& ctx) {
  const Value* bias = ctx.optional_input(3);
  auto data = std::make_unique<SvdfData>();
  for (const SvdfKernel& kernel : kKernels) {
    if (ctx.input(0).dtype() == kernel.input && ctx.input(1).dtype() == kernel.feature &&
        ctx.input(2).dtype() == kernel.time && (!bias || bias->dtype() == kernel.bias) &&
        ctx.input(4).dtype() == kernel.state && ctx.output(0).dtype() == kernel.input) {
      data->run = kernel.run;
    }
  }
  if (data->run == nullptr) {
    return error(BATON_UNSUPPORTED,
                 "%s input with %s and %s weights, %s state and %s output is not supported; all of "
                 "float32, float32 with int8 weights, and int8 with int8 and int16 weights and "
                 "int16 state are",
                 dtype_name(ctx.input(0).dtype()), dtype_name(ctx.input(1).dtype()),
                 dtype_name(ctx.input(2).dtype()), dtype_name(ctx.input(4).dtype()),
                 dtype_name(ctx.output(0).dtype()));
  }
  if (!ctx.input(4).variable()) {
    return error(BATON_INVALID_MODEL, "the state is no variable tensor");
  }
  if (data->run == run_integer) {
    BATON_RETURN_IF_ERROR(prepare_integer(ctx, data.get()));
  } else {
    BATON_RETURN_IF_ERROR(
        check_real_activation(ctx.attributes<baton_svdf_attributes>().fused_activation_function));
  }
  if (data->run == run_hybrid) {
    BATON_RETURN_IF_ERROR(check_weight_scales(ctx.input(1), 1));
    BATON_RETURN_IF_ERROR(check_weight_scales(ctx.input(2), 1));
    ctx.request_scratch(hybrid_scratch(ctx.input(0).dim(0), ctx.input(0)));
  }
  ctx.set_data(std::move(data));
  return {};
}

Status run(NodeContext& ctx) { return ctx.data<SvdfData>().run(ctx); }

int32_t min_version(const NodeContext& ctx) {
  if (ctx.input(0).dtype() == BATON_INT8) return 3;
  if (ctx.input(1).dtype() == BATON_FLOAT32) return 1;
  return ctx.attributes<baton_svdf_attributes>().asymmetric_quantize_inputs ? 4 : 2;
}

uint64_t work(const NodeContext& ctx) {
  return static_cast<uint64_t>(ctx.input(0).dim(0)) * static_cast<uint64_t>(ctx.input(1).dim(0)) *
         (static_cast<uint64_t>(ctx.input(0).dim(1)) + static_cast<uint64_t>(ctx.input(2).dim(1)));
}

}  // namespace

extern const Operator svdf{
    .code = BATON_OP_SVDF,
    .name = "SVDF",
    .summary = "A dense layer with memory: features of the input, weighted over past steps.",
    .max_version = 4,
    .inputs = {3, 5},
    .dtypes = dtypes_of<float, int8_t>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
    .work = work,
};

}  // namespace baton::ops
