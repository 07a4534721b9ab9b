#include <algorithm>
#include <cmath>

#include "core/ops/support/unary.h"

namespace baton::ops {
namespace {

// int16; where there is no root, the largest output.
float inverse_root(float x, const void* output_scale) {
  if (!(x > 0)) return 32767 * *static_cast<const float*>(output_scale);
  return 1.0f / std::sqrt(x);
}

// int8: the root of the whole number first, then both scales in one factor.
void fill_int8(const Value& input, const Value& output, uint8_t table[256]) {
  constexpr int32_t kBits = 20;  // of fraction, between the two factors
  int32_t multiplier, shift;
  // In float, as TensorFlow Lite has it: this decides the multiplier's last bits.
  const float product = std::sqrt(input.scale()) * output.scale();
  baton_quantize_multiplier(1 / static_cast<double>(product), &multiplier, &shift);
  for (int32_t x = INT8_MIN; x <= INT8_MAX; ++x) {
    int32_t result = INT8_MAX;
    if (x > input.zero_point()) {
      int32_t root, root_shift;
      baton_inverse_sqrt(x - input.zero_point(), &root, &root_shift);
      const int32_t inverse = baton_multiply_by_quantized_multiplier(1, root, root_shift + kBits);
      const int32_t scaled =
          baton_multiply_by_quantized_multiplier(inverse, multiplier, shift - kBits);
      result = baton_clamp(baton_saturating_add(scaled, output.zero_point()), INT8_MIN, INT8_MAX);
    }
    table[static_cast<uint8_t>(x)] = static_cast<uint8_t>(result);
  }
}

Status prepare(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  BATON_RETURN_IF_ERROR(check_float_or_quantized(ctx, dtypes_of<int8_t, int16_t>()));
  if (input.dtype() == BATON_FLOAT32) return {};
  auto data = std::make_unique<TableData>();
  const float output_scale = output.scale();
  if (input.dtype() == BATON_INT8) {
    fill_int8(input, output, data->table);
  } else {
    fill_table(input, output, inverse_root, &output_scale, data.get());
  }
  ctx.set_data(std::move(data));
  return {};
}

template <typename T>
Status run_quantized(const NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const T* x = input.as<const T>();
  const T* negative =
      std::find_if(x, x + input.count(), [&](T each) { return each < input.zero_point(); });
  if (negative != x + input.count()) {
    return error(BATON_INVALID_ARGUMENT, "element %lld is negative and has no real square root",
                 static_cast<long long>(negative - x));
  }
  run_table(ctx);
  return {};
}

Status run(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  if (input.dtype() == BATON_INT8) return run_quantized<int8_t>(ctx);
  if (input.dtype() == BATON_INT16) return run_quantized<int16_t>(ctx);
  map_elements(ctx, input.as<const float>(), ctx.output(0).as<float>(), input.count(),
               [](float x) { return 1.0f / std::sqrt(x); });
  return {};
}

}  // namespace

extern const Operator rsqrt{
    .code = BATON_OP_RSQRT,
    .name = "RSQRT",
    .summary = "1 / sqrt(x); a quantised 0 gives the largest output, less is an error.",
    .max_version = 3,
    .flags = kInPlace,
    .dtypes = dtypes_of<float, int8_t, int16_t>(),
    .infer = infer_same_shape,
    .prepare = prepare,
    .run = run,
    .min_version = version_by_integer_type,
};

}  // namespace baton::ops
