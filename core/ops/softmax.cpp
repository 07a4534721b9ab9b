// SOFTMAX along the last dimension: exp(beta * (x - largest)) / sum.
#include <algorithm>
#include <cmath>

#include "baton/fixed_point.h"
#include "core/ops/support/check.h"
#include "core/ops/support/rows.h"

namespace baton::ops {
namespace {

struct SoftmaxData : OpData, Rows {
  float beta = 1;
  baton_softmax_params params{};                     // 8-bit integers
  std::unique_ptr<baton_softmax16_params> params16;  // int16
  Status (*run)(NodeContext&) = nullptr;
};

Status run_float(NodeContext& ctx) {
  const auto& data = ctx.data<SoftmaxData>();
  for_each_row<float, float>(ctx, data, [&](const float* input, float* output) {
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

// `row_function` is one of the rows of <baton/fixed_point.h>.
template <typename In, typename Out, auto row_function>
Status run_8_bit(NodeContext& ctx) {
  const auto& data = ctx.data<SoftmaxData>();
  for_each_row<In, Out>(ctx, data, [&](const In* input, Out* output) {
    row_function(&data.params, input, output, static_cast<size_t>(data.depth));
  });
  return {};
}

Status run_int16(NodeContext& ctx) {
  const auto& data = ctx.data<SoftmaxData>();
  for_each_row<int16_t, int16_t>(ctx, data, [&](const int16_t* input, int16_t* output) {
    baton_softmax_row_int16(data.params16.get(), input, output, static_cast<size_t>(data.depth));
  });
  return {};
}

Status prepare_int16(const NodeContext& ctx, SoftmaxData* data) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  BATON_RETURN_IF_ERROR(check_per_tensor("input", input));
  BATON_RETURN_IF_ERROR(check_int16_zero_points(input, output));
  if (!(std::abs(output.scale() * 32768 - 1) <= 0.001f)) {
    return error(BATON_UNSUPPORTED, "the output scale is %g; it must be 1/32768",
                 static_cast<double>(output.scale()));
  }
  data->params16 = std::make_unique<baton_softmax16_params>();
  baton_softmax16_prepare(data->beta, input.scale(), data->params16.get());
  data->run = run_int16;
  return {};
}

Status prepare(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  BATON_RETURN_IF_ERROR(
      check_dtype("input", input.dtype(), dtypes_of<float, int8_t, uint8_t, int16_t>()));
  // Bytes may become int16, with scale 1/65536 and the lowest value as zero point.
  const bool widened = output.dtype() == BATON_INT16 &&
                       (input.dtype() == BATON_INT8 || input.dtype() == BATON_UINT8);
  if (!widened) BATON_RETURN_IF_ERROR(check_same_dtype("input", input, "output", output));
  auto data = std::make_unique<SoftmaxData>();
  static_cast<Rows&>(*data) = Rows(input);
  data->beta = ctx.attributes<baton_softmax_attributes>().beta;
  if (input.dtype() == BATON_FLOAT32) {
    data->run = run_float;
  } else if (input.dtype() == BATON_INT16) {
    BATON_RETURN_IF_ERROR(prepare_int16(ctx, data.get()));
  } else {
    BATON_RETURN_IF_ERROR(check_per_tensor("input", input));
    if (!baton_softmax_prepare(data->beta, input.scale(), &data->params)) {
      return error(BATON_INVALID_MODEL, "beta %g with input scale %g is too small to compute with",
                   static_cast<double>(data->beta), static_cast<double>(input.scale()));
    }
    if (input.dtype() == BATON_INT8) {
      data->run = widened ? run_8_bit<int8_t, int16_t, baton_softmax_row_int8_to_int16>
                          : run_8_bit<int8_t, int8_t, baton_softmax_row_int8>;
    } else {
      data->run = widened ? run_8_bit<uint8_t, int16_t, baton_softmax_row_uint8_to_int16>
                          : run_8_bit<uint8_t, uint8_t, baton_softmax_row_uint8>;
    }
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
        "exp(beta * x) along the last dimension, divided by its sum; 8-bit outputs have scale "
        "1/256 "
        "and the lowest value as zero point, int16 outputs scale 1/32768.",
    .max_version = 4,
    .dtypes = dtypes_of<float, int8_t, uint8_t, int16_t>(),
    .infer = infer_rows,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
