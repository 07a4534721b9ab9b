#include "core/ops/support/half.h"
#include "core/ops/support/strided_copy.h"
#include "core/ops/support/unary.h"

namespace baton::ops {
namespace {

constexpr uint32_t kInputs = dtypes_of<uint8_t, int8_t, int16_t>() | dtype_bit(BATON_FLOAT16);

Status prepare(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  BATON_RETURN_IF_ERROR(check_dtype("input", input.dtype(), kInputs));
  BATON_RETURN_IF_ERROR(check_dtype("output", ctx.output(0).dtype(), dtypes_of<float>()));
  if (input.dtype() == BATON_FLOAT16) return {};
  const baton_quantization& quantization = input.quantization();
  if (!input.quantized() || quantization.kind == BATON_QUANTIZATION_BLOCK) {
    return error(BATON_UNSUPPORTED, "the input must have a scale for the tensor or for an axis");
  }
  if (quantization.kind == BATON_QUANTIZATION_PER_AXIS && quantization.count > 1 &&
      (quantization.axis < 0 || quantization.axis >= input.rank() ||
       static_cast<uint32_t>(input.dim(quantization.axis)) != quantization.count)) {
    return error(BATON_INVALID_MODEL, "the input has %u scales, which do not fit its axis %d",
                 quantization.count, quantization.axis);
  }
  return {};
}

template <typename T>
void dequantize_integers(const NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const auto* from = input.as<const T>();
  auto* to = ctx.output(0).as<float>();
  const baton_quantization& quantization = input.quantization();
  if (quantization.count == 1) {
    const float scale = input.scale();
    const int32_t zero_point = input.zero_point();
    map_elements(ctx, from, to, input.count(),
                 [=](T x) { return baton_dequantize(x, scale, zero_point); });
    return;
  }
  const int64_t channels = input.dim(quantization.axis);
  const int64_t inner = product_of_dims(input, quantization.axis + 1, input.rank());
  ctx.parallel_for(input.count(), 16384, [&](uint32_t, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t channel = i / inner % channels;
      const int64_t zero_point = quantization.zero_points ? quantization.zero_points[channel] : 0;
      to[i] =
          baton_dequantize(from[i], quantization.scales[channel], static_cast<int32_t>(zero_point));
    }
  });
}

Status run(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  if (input.dtype() == BATON_FLOAT16) {
    map_elements(ctx, input.as<const uint16_t>(), ctx.output(0).as<float>(), input.count(),
                 [](uint16_t x) { return float_from_half(x); });
    return {};
  }
  return for_type<uint8_t, int8_t, int16_t>(input.dtype(),
                                            [&]<typename T>() { dequantize_integers<T>(ctx); });
}

int32_t min_version(const NodeContext& ctx) {
  const Value& input = ctx.input(0);
  if (input.quantization().kind == BATON_QUANTIZATION_PER_AXIS) return 5;
  if (input.dtype() == BATON_INT16 || input.dtype() == BATON_FLOAT16) return 3;
  return input.dtype() == BATON_INT8 ? 2 : 1;
}

}  // namespace

extern const Operator dequantize{
    .code = BATON_OP_DEQUANTIZE,
    .name = "DEQUANTIZE",
    .summary = "Quantised integers, or float16, to float32.",
    .max_version = 5,
    // Not kFoldable: small weights of float16 would come to delegates as values that a run may
    // change, instead of as constants.
    .dtypes = kInputs,
    .infer = infer_same_shape,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
