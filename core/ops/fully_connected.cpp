// FULLY_CONNECTED: input of any shape, read as rows of `depth` elements; filter [units, depth],
// bias [units]; output [rows, units], or the input's shape with the last size replaced when
// keep_num_dims is set.
#include <algorithm>
#include <cmath>

#include "core/ops/support/check.h"
#include "core/ops/support/dot.h"
#include "core/ops/support/grain.h"
#include "core/ops/support/weighted_sum.h"

namespace baton::ops {
namespace {

struct FullyConnectedData : WeightedSumData {
  int64_t rows = 0;
  int64_t depth = 0;
  int64_t units = 0;
};

Status infer(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_fully_connected_attributes>();
  const Value& input = ctx.input(0);
  const Value& filter = ctx.input(1);
  if (attributes.weights_format != BATON_FULLY_CONNECTED_WEIGHTS_FORMAT_DEFAULT) {
    return error(BATON_UNSUPPORTED, "weights format %d (shuffled) is not supported; 0 is",
                 attributes.weights_format);
  }
  if (ctx.output_count() != 1) {
    return error(BATON_INVALID_MODEL, "there are two outputs; only shuffled weights have a second");
  }
  if (filter.rank() != 2) {
    return error(BATON_INVALID_MODEL, "the filter has rank %d, it must be 2", filter.rank());
  }
  const int32_t units = filter.dim(0);
  const int32_t depth = filter.dim(1);
  const Value* bias = ctx.optional_input(2);
  if (bias && bias->count() != units) {
    return error(BATON_INVALID_MODEL, "the bias has %lld elements, the filter has %d rows",
                 static_cast<long long>(bias->count()), units);
  }
  if (attributes.keep_num_dims) {
    if (input.rank() < 1 || input.dim(input.rank() - 1) != depth) {
      return error(BATON_INVALID_MODEL,
                   "the input's last dimension must be the filter's %d to keep the others", depth);
    }
    std::vector<int32_t> dims(input.dims().begin(), input.dims().end());
    dims.back() = units;
    return ctx.set_output_dims(0, dims);
  }
  int64_t rows = 1;
  if (depth > 0) {
    rows = input.count() / depth;
  } else if (input.rank() > 0) {
    // With nothing to add up, each row is the bias; the rows are the input's.
    const auto count = element_count(input.dims().first(static_cast<size_t>(input.rank() - 1)));
    rows = static_cast<int64_t>(count.value_or(UINT32_MAX));
  }
  if (rows > INT32_MAX) {
    return error(BATON_INVALID_MODEL, "the input has too many rows of %d elements", depth);
  }
  return ctx.set_output_dims(0, {static_cast<int32_t>(rows), units});
}

// Sums of units [begin, end) for all rows; finish(sum, row, unit) gives the output element. Rows
// are the inner loop, so that weights are read once. dot_of(row) is the row with all weights.
template <typename Output, typename DotOf, typename Finish>
void multiply(const NodeContext& ctx, const DotOf& dot_of, const Finish& finish) {
  const auto& data = ctx.data<FullyConnectedData>();
  auto* output = ctx.output(0).as<Output>();
  ctx.parallel_for(data.units, grain_of(data.depth, data.rows),
                   [&](uint32_t, int64_t begin, int64_t end) {
                     for (int64_t unit = begin; unit < end;) {
                       const int64_t count = end - unit >= kDotRows ? kDotRows : 1;
                       for (int64_t row = 0; row < data.rows; ++row) {
                         const auto dot = dot_of(row);
                         typename decltype(dot_of(row))::Sum sums[kDotRows] = {};
                         if (count == kDotRows) {
                           dot.template add<kDotRows>(0, unit * data.depth, data.depth, sums);
                         } else {
                           dot.template add<1>(0, unit * data.depth, data.depth, sums);
                         }
                         for (int64_t i = 0; i < count; ++i) {
                           output[row * data.units + unit + i] = finish(sums[i], row, unit + i);
                         }
                       }
                       unit += count;
                     }
                   });
}

Status run_float(NodeContext& ctx) {
  const auto& data = ctx.data<FullyConnectedData>();
  const float* input = ctx.input(0).as<float>();
  const float* filter = ctx.input(1).as<float>();
  multiply<float>(
      ctx,
      [&](int64_t row) {
        return FloatDot{input + row * data.depth, filter, data.depth};
      },
      FloatFinish{data, bias_data<float>(ctx)});
  return {};
}

template <typename T, typename Sum>
struct Finish {
  const WeightedSumData& data;
  const Sum* bias;

  T operator()(Sum sum, int64_t, int64_t unit) const {
    return static_cast<T>(data.requantization.apply_in_double(sum, bias, unit));
  }
};

template <typename T, typename W, typename Sum>
Status run_integer(NodeContext& ctx) {
  const auto& data = ctx.data<FullyConnectedData>();
  const T* input = ctx.input(0).as<T>();
  const int32_t zero_point = ctx.input(0).zero_point();
  const W* filter = data.filter<W>(ctx.input(1));
  multiply<T>(
      ctx,
      [&](int64_t row) {
        return IntegerDot<T, W, Sum>{input + row * data.depth, zero_point, filter, data.depth,
                                     data.filter_zero};
      },
      Finish<T, Sum>{data, bias_data<Sum>(ctx)});
  return {};
}

// Hybrid layers know the activations that are no limits, too.
float activate(int32_t activation, float value, float low, float high) {
  if (activation == BATON_ACTIVATION_TANH) return std::tanh(value);
  if (activation == BATON_ACTIVATION_SIGN_BIT) return std::signbit(value) ? 1 : 0;
  return std::min(std::max(value, low), high);
}

Status run_hybrid(NodeContext& ctx) {
  const auto& data = ctx.data<FullyConnectedData>();
  const auto& attributes = ctx.attributes<baton_fully_connected_attributes>();
  const float* bias = bias_data<float>(ctx);
  const float* filter_scales = ctx.input(1).quantization().scales;
  const bool one_scale = ctx.input(1).quantization().count == 1;
  const int8_t* filter = data.filter<int8_t>(ctx.input(1));
  const HybridImages rows = quantize_images(
      ctx, ctx.input(0), data.rows, data.depth,
      attributes.asymmetric_quantize_inputs ? quantize_asymmetric : quantize_symmetric);
  multiply<float>(
      ctx,
      [&](int64_t row) {
        return IntegerDot<int8_t, int8_t>{rows.values + row * data.depth,
                                          rows.scales[row].zero_point, filter, data.depth,
                                          data.filter_zero};
      },
      [&](int32_t sum, int64_t row, int64_t unit) {
        const float scale = rows.scales[row].scale * filter_scales[one_scale ? 0 : unit];
        const float start = bias ? bias[unit] : 0.0f;
        return activate(attributes.fused_activation_function,
                        start + static_cast<float>(sum) * scale, data.low, data.high);
      });
  return {};
}

constexpr WeightedSumKernel kKernels[] = {
    {BATON_FLOAT32, BATON_FLOAT32, BATON_FLOAT32, run_float},
    {BATON_FLOAT32, BATON_INT8, BATON_FLOAT32, run_hybrid},
    {BATON_FLOAT32, BATON_UINT8, BATON_FLOAT32, run_hybrid},
    {BATON_FLOAT32, BATON_INT4, BATON_FLOAT32, run_hybrid},
    {BATON_UINT8, BATON_UINT8, BATON_INT32, run_integer<uint8_t, uint8_t, int32_t>},
    {BATON_INT8, BATON_INT8, BATON_INT32, run_integer<int8_t, int8_t, int32_t>},
    {BATON_INT8, BATON_INT4, BATON_INT32, run_integer<int8_t, int8_t, int32_t>},
    {BATON_INT16, BATON_INT8, BATON_INT64, run_integer<int16_t, int8_t, int64_t>},
    {BATON_INT16, BATON_INT8, BATON_INT32, run_integer<int16_t, int8_t, int32_t>},
    {BATON_INT16, BATON_INT4, BATON_INT64, run_integer<int16_t, int8_t, int64_t>},
    {BATON_INT16, BATON_INT4, BATON_INT32, run_integer<int16_t, int8_t, int32_t>},
};

Status prepare(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_fully_connected_attributes>();
  auto data = std::make_unique<FullyConnectedData>();
  data->units = ctx.input(1).dim(0);
  data->depth = ctx.input(1).dim(1);
  data->rows = data->units == 0 ? 0 : ctx.output(0).count() / data->units;
  WeightedSumNode node{.kernels = kKernels};
  node.channels = ctx.input(1).dim(0);
  node.images = data->rows;
  node.activation = attributes.fused_activation_function;
  node.bias_type = attributes.quantized_bias_type;
  node.one_scale_has_zero_point = true;
  BATON_RETURN_IF_ERROR(prepare_weighted_sum(ctx, node, data.get()));
  if (data->run != run_hybrid &&
      (node.activation < BATON_ACTIVATION_NONE || node.activation > BATON_ACTIVATION_RELU6)) {
    return error(BATON_INVALID_MODEL, "fused activation %d is not one of NONE and the RELUs",
                 node.activation);
  }
  ctx.set_data(std::move(data));
  return {};
}

Status run(NodeContext& ctx) { return ctx.data<FullyConnectedData>().run(ctx); }

int32_t min_version(const NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_fully_connected_attributes>();
  const baton_dtype x = ctx.input(0).dtype();
  const baton_dtype w = ctx.input(1).dtype();
  if (w == BATON_INT2) return 14;
  if (x == BATON_INT16 && w == BATON_INT4) return 13;
  const bool hybrid = x == BATON_FLOAT32 && w == BATON_INT8;
  if (hybrid && ctx.input(1).quantization().count > 1) return 12;
  if (x == BATON_INT16 && attributes.quantized_bias_type != 0) return 11;
  if (w == BATON_INT4) return 10;
  if (hybrid && attributes.asymmetric_quantize_inputs) return 9;
  if (x == BATON_INT16) return 7;
  if (!ctx.has_input(2)) return 6;
  if (attributes.keep_num_dims) return 5;
  if (x == BATON_INT8) return 4;
  if (hybrid) return 3;
  return attributes.weights_format != BATON_FULLY_CONNECTED_WEIGHTS_FORMAT_DEFAULT ? 2 : 1;
}

uint64_t work(const NodeContext& ctx) {
  return static_cast<uint64_t>(ctx.output(0).count()) * static_cast<uint64_t>(ctx.input(1).dim(1));
}

}  // namespace

extern const Operator fully_connected{
    .code = BATON_OP_FULLY_CONNECTED,
    .name = "FULLY_CONNECTED",
    .summary =
        "Product of rows with a transposed matrix, with bias and fused activation; float "
        "activations are quantised for 8-bit filters.",
    .max_version = 14,
    .inputs = {2, 3},
    .outputs = {1, 2},
    .dtypes = dtypes_of<float, int8_t, uint8_t, int16_t>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
    .work = work,
};

}  // namespace baton::ops
