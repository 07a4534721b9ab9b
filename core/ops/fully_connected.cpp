// FULLY_CONNECTED: input of any shape, read as rows of `depth` elements; filter [units, depth],
// bias [units]; output [rows, units], or the input's shape with the last size replaced when
// keep_num_dims is set.
#include <algorithm>
#include <cmath>

#include "core/ops/operator.h"
#include "core/ops/support/dot.h"
#include "core/ops/support/grain.h"
#include "core/ops/support/hybrid.h"
#include "core/ops/support/requantize.h"

namespace baton::ops {
namespace {

struct FullyConnectedData : OpData {
  int64_t rows = 0;
  int64_t depth = 0;
  int64_t units = 0;
  Requantization requantization;  // integers
  int32_t filter_zero = 0;
  float low = 0;  // float and hybrid
  float high = 0;
  Status (*run)(NodeContext&) = nullptr;
};

Status infer(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_fully_connected_attributes>();
  const Value& input = ctx.input(0);
  const Value& filter = ctx.input(1);
  if (attributes.weights_format != BATON_FULLY_CONNECTED_WEIGHTS_FORMAT_DEFAULT) {
    return error(BATON_UNSUPPORTED, "weights format %d (shuffled) is not supported; 0 is",
                 attributes.weights_format);
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

// Calls dots(row, unit, count) for blocks of at most kDotRows units, units [begin, end). Rows are
// the inner loop, so that weights are read once.
template <typename Dots>
void for_each_block(int64_t rows, int64_t begin, int64_t end, const Dots& dots) {
  for (int64_t unit = begin; unit < end;) {
    const int64_t count = end - unit >= kDotRows ? kDotRows : 1;
    for (int64_t row = 0; row < rows; ++row) dots(row, unit, count);
    unit += count;
  }
}

Status run_float(NodeContext& ctx) {
  const auto& data = ctx.data<FullyConnectedData>();
  const Value* bias_value = ctx.optional_input(2);
  const float* bias = bias_value ? bias_value->as<float>() : nullptr;
  const float* input = ctx.input(0).as<float>();
  const float* filter = ctx.input(1).as<float>();
  float* output = ctx.output(0).as<float>();
  ctx.parallel_for(
      data.units, grain_of(data.depth, data.rows), [&](uint32_t, int64_t begin, int64_t end) {
        for_each_block(data.rows, begin, end, [&](int64_t row, int64_t unit, int64_t count) {
          float sums[kDotRows] = {};
          const float* x = input + row * data.depth;
          const float* w = filter + unit * data.depth;
          if (count == kDotRows) {
            accumulate_dots<kDotRows>(x, w, data.depth, data.depth, sums);
          } else {
            accumulate_dots<1>(x, w, data.depth, data.depth, sums);
          }
          for (int64_t i = 0; i < count; ++i) {
            const float sum = bias ? sums[i] + bias[unit + i] : sums[i];
            output[row * data.units + unit + i] = std::min(std::max(sum, data.low), data.high);
          }
        });
      });
  return {};
}

// Integer sums of all rows and units; finish(sum, row, unit) writes the output element.
template <typename T, typename ZeroPoint, typename Finish>
void for_each_sum(const NodeContext& ctx, const FullyConnectedData& data, const T* input,
                  const ZeroPoint& input_zero, const T* filter, const Finish& finish) {
  ctx.parallel_for(
      data.units, grain_of(data.depth, data.rows), [&](uint32_t, int64_t begin, int64_t end) {
        for_each_block(data.rows, begin, end, [&](int64_t row, int64_t unit, int64_t count) {
          int32_t sums[kDotRows] = {};
          const T* x = input + row * data.depth;
          const T* w = filter + unit * data.depth;
          if (count == kDotRows) {
            accumulate_dots<kDotRows>(x, input_zero(row), w, data.depth, data.filter_zero,
                                      data.depth, sums);
          } else {
            accumulate_dots<1>(x, input_zero(row), w, data.depth, data.filter_zero, data.depth,
                               sums);
          }
          for (int64_t i = 0; i < count; ++i) finish(sums[i], row, unit + i);
        });
      });
}

template <typename T>
Status run_integer(NodeContext& ctx) {
  const auto& data = ctx.data<FullyConnectedData>();
  const Value* bias = ctx.optional_input(2);
  const int32_t* bias_data = bias ? bias->as<int32_t>() : nullptr;
  const int32_t zero_point = ctx.input(0).zero_point();
  T* output = ctx.output(0).as<T>();
  for_each_sum(
      ctx, data, ctx.input(0).as<T>(), [&](int64_t) { return zero_point; }, ctx.input(1).as<T>(),
      [&](int32_t sum, int64_t row, int64_t unit) {
        output[row * data.units + unit] =
            static_cast<T>(data.requantization.apply(sum, bias_data, unit));
      });
  return {};
}

// Hybrid layers know the activations that are no limits, too.
float activate(int32_t activation, float value, float low, float high) {
  if (activation == BATON_ACTIVATION_TANH) return std::tanh(value);
  if (activation == BATON_ACTIVATION_SIGN_BIT) return std::signbit(value) ? 1 : 0;
  return std::min(std::max(value, low), high);
}

// The input is quantised anew in each run, row by row.
Status run_hybrid(NodeContext& ctx) {
  const auto& data = ctx.data<FullyConnectedData>();
  const auto& attributes = ctx.attributes<baton_fully_connected_attributes>();
  const Value& filter = ctx.input(1);
  const Value* bias_value = ctx.optional_input(2);
  const float* bias = bias_value ? bias_value->as<float>() : nullptr;
  const float* filter_scales = filter.quantization().scales;
  const bool one_scale = filter.quantization().count == 1;

  auto* scales = ctx.scratch<HybridScale>();
  auto* quantized = reinterpret_cast<int8_t*>(scales + data.rows);
  const auto quantize =
      attributes.asymmetric_quantize_inputs ? quantize_asymmetric : quantize_symmetric;
  for (int64_t row = 0; row < data.rows; ++row) {
    scales[row] = quantize(ctx.input(0).as<float>() + row * data.depth, data.depth,
                           quantized + row * data.depth);
  }

  float* output = ctx.output(0).as<float>();
  for_each_sum(
      ctx, data, quantized, [&](int64_t row) { return scales[row].zero_point; },
      filter.as<int8_t>(),
      [&](int32_t sum, int64_t row, int64_t unit) {
        const float scale = scales[row].scale * filter_scales[one_scale ? 0 : unit];
        const float start = bias ? bias[unit] : 0.0f;
        output[row * data.units + unit] =
            activate(attributes.fused_activation_function, start + static_cast<float>(sum) * scale,
                     data.low, data.high);
      });
  return {};
}

Status prepare(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_fully_connected_attributes>();
  const Value& input = ctx.input(0);
  const Value& filter = ctx.input(1);
  const Value& output = ctx.output(0);
  const Value* bias = ctx.optional_input(2);
  auto data = std::make_unique<FullyConnectedData>();
  data->units = filter.dim(0);
  data->depth = filter.dim(1);
  data->rows = data->units == 0 ? 0 : output.count() / data->units;
  const auto units = filter.dim(0);
  const int32_t activation = attributes.fused_activation_function;
  const baton_dtype x = input.dtype();
  const baton_dtype w = filter.dtype();
  if (output.dtype() != x) {
    return error(BATON_UNSUPPORTED, "%s input with %s output is not supported; equal types are",
                 dtype_name(x), dtype_name(output.dtype()));
  }
  const bool hybrid = x == BATON_FLOAT32 && (w == BATON_INT8 || w == BATON_UINT8);
  if (!hybrid && (activation < BATON_ACTIVATION_NONE || activation > BATON_ACTIVATION_RELU6)) {
    return error(BATON_INVALID_MODEL, "fused activation %d is not one of NONE and the RELUs",
                 activation);
  }
  if (hybrid || (x == BATON_FLOAT32 && w == BATON_FLOAT32)) {
    BATON_RETURN_IF_ERROR(check_bias(bias, BATON_FLOAT32, units));
    baton_activation_range_float(activation, &data->low, &data->high);
    data->run = hybrid ? run_hybrid : run_float;
    if (hybrid) {
      BATON_RETURN_IF_ERROR(check_weight_scales(filter, units));
      ctx.request_scratch(static_cast<uint64_t>(data->rows) * sizeof(HybridScale) +
                          static_cast<uint64_t>(input.count()));
    }
  } else if ((x == BATON_INT8 || x == BATON_UINT8) && w == x) {
    BATON_RETURN_IF_ERROR(check_bias(bias, BATON_INT32, units));
    BATON_RETURN_IF_ERROR(check_weight_scales(filter, units));
    const bool one_scale = filter.quantization().count == 1;
    BATON_RETURN_IF_ERROR(make_requantization(
        input, filter, bias, output, activation,
        one_scale || x == BATON_UINT8 ? ScaleRule::kPerTensor : ScaleRule::kPerChannel,
        &data->requantization));
    // Filters with a scale per unit are taken as symmetric.
    data->filter_zero = one_scale ? filter.zero_point() : 0;
    data->run = x == BATON_INT8 ? run_integer<int8_t> : run_integer<uint8_t>;
  } else {
    return error(BATON_UNSUPPORTED,
                 "%s input with a %s filter is not supported; float32 with float32, int8 or uint8, "
                 "int8 with int8, and uint8 with uint8 are",
                 dtype_name(x), dtype_name(w));
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
    .dtypes = dtype_bit(BATON_FLOAT32) | dtype_bit(BATON_INT8) | dtype_bit(BATON_UINT8),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
    .work = work,
};

}  // namespace baton::ops
