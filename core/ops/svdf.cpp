#include <cstring>

#include "core/ops/support/check.h"
#include "core/ops/support/real_activation.h"

namespace baton::ops {
namespace {

// Inputs: [batch, n], feature weights [filters, n], time weights [filters, memory], optional bias
// [units], state [batch, filters * memory] (variable). A unit has `rank` filters.
Status infer(NodeContext& ctx) {
  const int32_t rank = ctx.attributes<baton_svdf_attributes>().rank;
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

Status prepare(NodeContext& ctx) {
  for (int i = 0; i < 5; ++i) {
    if (!ctx.has_input(i)) continue;
    BATON_RETURN_IF_ERROR(check_dtype("input", ctx.input(i).dtype(), dtypes_of<float>()));
  }
  BATON_RETURN_IF_ERROR(check_dtype("output", ctx.output(0).dtype(), dtypes_of<float>()));
  if (!ctx.input(4).variable()) {
    return error(BATON_INVALID_MODEL, "the state is no variable tensor");
  }
  return check_real_activation(ctx.attributes<baton_svdf_attributes>().fused_activation_function);
}

Status run(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_svdf_attributes>();
  const Value& output = ctx.output(0);
  const int64_t inputs = ctx.input(0).dim(1);
  const int64_t units = output.dim(1);
  const int64_t memory = ctx.input(2).dim(1);
  const int64_t rank = attributes.rank;
  const Value* bias = ctx.optional_input(3);
  ctx.parallel_for(output.count(), 16, [&](uint32_t, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t row = i / units;
      const int64_t unit = i % units;
      float sum = bias != nullptr ? bias->as<const float>()[unit] : 0.0f;
      for (int64_t r = 0; r < rank; ++r) {
        const int64_t filter = unit * rank + r;
        // The filter's last `memory` features, the newest at the end.
        float* history = ctx.variable(4).as<float>() + (row * units * rank + filter) * memory;
        std::memmove(history, history + 1, static_cast<size_t>(memory - 1) * sizeof(float));
        history[memory - 1] = dot(ctx.input(1).as<const float>() + filter * inputs,
                                  ctx.input(0).as<const float>() + row * inputs, inputs);
        sum += dot(ctx.input(2).as<const float>() + filter * memory, history, memory);
      }
      output.as<float>()[i] = real_activation(sum, attributes.fused_activation_function);
    }
  });
  return {};
}

uint64_t work(const NodeContext& ctx) {
  return static_cast<uint64_t>(ctx.input(0).dim(0)) * static_cast<uint64_t>(ctx.input(1).dim(0)) *
         static_cast<uint64_t>(ctx.input(0).dim(1) + ctx.input(2).dim(1));
}

}  // namespace

extern const Operator svdf{
    .code = BATON_OP_SVDF,
    .name = "SVDF",
    .summary = "A dense layer with memory: features of the input, weighted over past steps.",
    .max_version = 1,
    .inputs = {5, 5},
    .dtypes = dtypes_of<float>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .work = work,
};

}  // namespace baton::ops
