#include <limits>

#include "core/ops/support/strided_copy.h"
#include "core/ops/support/unary.h"

namespace baton::ops {
namespace {

struct RequantizeData : OpData {
  int32_t multiplier = 0;
  int32_t shift = 0;
};

// Output types that TensorFlow Lite allows for an input type.
uint32_t output_dtypes(baton_dtype input) {
  switch (input) {
    case BATON_FLOAT32:
      return dtypes_of<int8_t, uint8_t, int16_t>();
    case BATON_INT16:
      return dtypes_of<int8_t, int16_t, int32_t>();
    case BATON_INT32:
      return dtypes_of<int8_t, int16_t>();
    default:
      return dtypes_of<int8_t, uint8_t>();
  }
}

bool per_axis(const Value& value) {
  return value.quantization().kind == BATON_QUANTIZATION_PER_AXIS && value.quantization().count > 1;
}

Status prepare(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  BATON_RETURN_IF_ERROR(
      check_dtype("input", input.dtype(), dtypes_of<float, int8_t, uint8_t, int16_t, int32_t>()));
  BATON_RETURN_IF_ERROR(check_dtype("output", output.dtype(), output_dtypes(input.dtype())));
  if (!output.quantized() || output.quantization().kind == BATON_QUANTIZATION_BLOCK) {
    return error(BATON_UNSUPPORTED, "the output must have a scale for the tensor or for an axis");
  }
  if (input.dtype() == BATON_FLOAT32) {
    if (!per_axis(output)) return {};
    const baton_quantization& quantization = output.quantization();
    if (quantization.axis >= 0 && quantization.axis < output.rank() &&
        static_cast<uint32_t>(output.dim(quantization.axis)) == quantization.count) {
      return {};
    }
    return error(BATON_INVALID_MODEL, "the output has %u scales, which do not fit its axis %d",
                 quantization.count, quantization.axis);
  }
  if (!input.quantized()) {
    return error(BATON_UNSUPPORTED, "the input has no quantisation parameters");
  }
  auto data = std::make_unique<RequantizeData>();
  baton_quantize_multiplier(
      static_cast<double>(input.scale()) / static_cast<double>(output.scale()), &data->multiplier,
      &data->shift);
  ctx.set_data(std::move(data));
  return {};
}

template <typename T>
void quantize_float(const NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  const auto* from = input.as<const float>();
  T* to = output.as<T>();
  constexpr int32_t kLow = std::numeric_limits<T>::min();
  constexpr int32_t kHigh = std::numeric_limits<T>::max();
  if (!per_axis(output)) {
    const float scale = output.scale();
    const int32_t zero_point = output.zero_point();
    map_elements(ctx, from, to, input.count(), [=](float x) {
      return static_cast<T>(baton_quantize(x, scale, zero_point, kLow, kHigh));
    });
    return;
  }
  const baton_quantization& quantization = output.quantization();
  const int64_t channels = output.dim(quantization.axis);
  const int64_t inner = product_of_dims(output, quantization.axis + 1, output.rank());
  ctx.parallel_for(input.count(), 16384, [&](uint32_t, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t channel = i / inner % channels;
      const int64_t zero_point = quantization.zero_points ? quantization.zero_points[channel] : 0;
      to[i] = static_cast<T>(baton_quantize(from[i], quantization.scales[channel],
                                            static_cast<int32_t>(zero_point), kLow, kHigh));
    }
  });
}

template <typename From, typename To>
void requantize(const NodeContext& ctx) {
  const auto& data = ctx.data<RequantizeData>();
  const int32_t input_zero_point = ctx.input(0).zero_point();
  const int32_t output_zero_point = ctx.output(0).zero_point();
  map_elements(ctx, ctx.input(0).as<const From>(), ctx.output(0).as<To>(), ctx.input(0).count(),
               [&](From x) {
                 const int32_t scaled = baton_multiply_by_quantized_multiplier(
                     baton_wrapping_sub(x, input_zero_point), data.multiplier, data.shift);
                 return static_cast<To>(baton_clamp(baton_saturating_add(scaled, output_zero_point),
                                                    std::numeric_limits<To>::min(),
                                                    std::numeric_limits<To>::max()));
               });
}

template <typename From>
Status run_requantize(const NodeContext& ctx) {
  return for_type<int8_t, uint8_t, int16_t, int32_t>(
      ctx.output(0).dtype(), [&]<typename To>() { requantize<From, To>(ctx); });
}

Status run(NodeContext& ctx) {
  switch (ctx.input(0).dtype()) {
    case BATON_INT8:
      return run_requantize<int8_t>(ctx);
    case BATON_UINT8:
      return run_requantize<uint8_t>(ctx);
    case BATON_INT16:
      return run_requantize<int16_t>(ctx);
    case BATON_INT32:
      return run_requantize<int32_t>(ctx);
    default:
      return for_type<int8_t, uint8_t, int16_t>(ctx.output(0).dtype(),
                                                [&]<typename T>() { quantize_float<T>(ctx); });
  }
}

int32_t min_version(const NodeContext& ctx) {
  if (per_axis(ctx.output(0))) return 3;
  return ctx.output(0).dtype() == BATON_INT16 ? 2 : 1;
}

}  // namespace

extern const Operator quantize{
    .code = BATON_OP_QUANTIZE,
    .name = "QUANTIZE",
    .summary = "Real numbers to integers of the output's scale, or integers to another scale.",
    .max_version = 3,
    .dtypes = dtypes_of<float, int8_t, uint8_t, int16_t, int32_t>(),
    .infer = infer_same_shape,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
