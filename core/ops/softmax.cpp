// SOFTMAX along the last dimension: exp(beta * (x - largest)) / sum.
#include <algorithm>
#include <cmath>

#include "core/ops/operator.h"
#include "core/ops/support/requantize.h"
#include "core/ops/support/rows.h"

namespace baton::ops {
namespace {

struct SoftmaxData : OpData, Rows {
  float beta = 1;
  baton_softmax_params params{};  // integers
  Status (*run)(NodeContext&) = nullptr;
};

Status run_float(NodeContext& ctx) {
  const auto& data = ctx.data<SoftmaxData>();
  for_each_row<float>(ctx, data, [&](const float* input, float* output) {
    const float largest = *std::max_element(input, input + data.depth);
    float sum = 0;
    for (int64_t i = 0; i < data.depth; ++i) {
      output[i] = std::exp((input[i] - largest) * data.beta);
      sum += output[i];
    }
    for (int64_t i = 0; i < data.depth; ++i) output[i] /= sum;
  });
  return {};
}

Status run_int8(NodeContext& ctx) {
  const auto& data = ctx.data<SoftmaxData>();
  for_each_row<int8_t>(ctx, data, [&](const int8_t* input, int8_t* output) {
    baton_softmax_row_int8(&data.params, input, output, static_cast<size_t>(data.depth));
  });
  return {};
}

Status run_uint8(NodeContext& ctx) {
  const auto& data = ctx.data<SoftmaxData>();
  for_each_row<uint8_t>(ctx, data, [&](const uint8_t* input, uint8_t* output) {
    baton_softmax_row_uint8(&data.params, input, output, static_cast<size_t>(data.depth));
  });
  return {};
}

Status prepare(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  if (output.dtype() != input.dtype()) {
    return error(BATON_UNSUPPORTED, "%s input with %s output is not supported; equal types are",
                 dtype_name(input.dtype()), dtype_name(output.dtype()));
  }
  auto data = std::make_unique<SoftmaxData>();
  static_cast<Rows&>(*data) = Rows(input);
  data->beta = ctx.attributes<baton_softmax_attributes>().beta;
  if (input.dtype() == BATON_FLOAT32) {
    data->run = run_float;
  } else if (input.dtype() == BATON_INT8 || input.dtype() == BATON_UINT8) {
    BATON_RETURN_IF_ERROR(check_per_tensor(input, "input"));
    if (!baton_softmax_prepare(data->beta, input.scale(), &data->params)) {
      return error(BATON_INVALID_MODEL, "beta %g with input scale %g is too small to compute with",
                   static_cast<double>(data->beta), static_cast<double>(input.scale()));
    }
    data->run = input.dtype() == BATON_INT8 ? run_int8 : run_uint8;
  } else {
    return error(BATON_UNSUPPORTED, "%s input is not supported; float32, int8 and uint8 are",
                 dtype_name(input.dtype()));
  }
  ctx.set_data(std::move(data));
  return {};
}

Status run(NodeContext& ctx) { return ctx.data<SoftmaxData>().run(ctx); }

int32_t min_version(const NodeContext& ctx) {
  switch (ctx.input(0).dtype()) {
    case BATON_FLOAT16:
      return 4;
    case BATON_INT16:
      return 3;
    case BATON_INT8:
      return 2;
    default:
      return 1;
  }
}

}  // namespace

extern const Operator softmax{
    .code = BATON_OP_SOFTMAX,
    .name = "SOFTMAX",
    .summary =
        "exp(beta * x) along the last dimension, divided by its sum; 8-bit outputs have "
        "scale 1/256 and the lowest value as zero point.",
    .max_version = 4,
    .dtypes = dtype_bit(BATON_FLOAT32) | dtype_bit(BATON_INT8) | dtype_bit(BATON_UINT8),
    .infer = infer_rows,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
