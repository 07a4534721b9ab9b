#include <algorithm>
#include <cmath>

#include "core/ops/support/join.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_concatenation_attributes>();
  const Value& first = ctx.input(0);
  if (attributes.fused_activation_function != BATON_ACTIVATION_NONE) {
    return error(BATON_UNSUPPORTED, "a fused activation is not supported");
  }
  // Scalars make a vector.
  const bool scalars = first.rank() == 0;
  BATON_ASSIGN_OR_RETURN(const int axis, resolve_axis(attributes.axis, scalars ? 1 : first.rank()));
  std::vector<int32_t> dims(first.dims().begin(), first.dims().end());
  if (scalars) dims.assign(1, 1);
  int64_t sum = dims[static_cast<size_t>(axis)];
  for (int i = 1; i < ctx.input_count(); ++i) {
    const Value& input = ctx.input(i);
    if (input.rank() != first.rank()) {
      return error(BATON_INVALID_MODEL, "input %d has rank %d, input 0 has rank %d", i,
                   input.rank(), first.rank());
    }
    for (int d = 0; d < input.rank(); ++d) {
      if (d != axis && input.dim(d) != first.dim(d)) {
        return error(BATON_INVALID_MODEL,
                     "dimension %d of input %d has size %d, that of input 0 %d", d, i, input.dim(d),
                     first.dim(d));
      }
    }
    sum += scalars ? 1 : input.dim(axis);
  }
  BATON_ASSIGN_OR_RETURN(dims[static_cast<size_t>(axis)], checked_dim(sum));
  return ctx.set_output_dims(0, dims);
}

bool same_quantization(const Value& a, const Value& b) {
  return a.scale() == b.scale() && a.zero_point() == b.zero_point();
}

Status prepare(NodeContext& ctx) {
  const Value& output = ctx.output(0);
  BATON_RETURN_IF_ERROR(check_plain("input", ctx.input(0)));
  for (int i = 0; i < ctx.input_count(); ++i) {
    const Value& input = ctx.input(i);
    BATON_RETURN_IF_ERROR(check_same_dtype("input", input, "output", output));
    if (output.dtype() == BATON_INT8 && !same_quantization(input, output)) {
      return error(BATON_UNSUPPORTED,
                   "int8 input %d has another scale or zero point than the output", i);
    }
    BATON_RETURN_IF_ERROR(check_int16_zero_points(input, output));
    if (output.dtype() == BATON_UINT8 && !same_quantization(input, output)) {
      BATON_RETURN_IF_ERROR(check_per_tensor("input", input));
      BATON_RETURN_IF_ERROR(check_per_tensor("output", output));
    }
  }
  return {};
}

// uint8 inputs with another scale than the output's are rescaled in float.
void copy_rescaled(const Value& input, const Value& output, uint8_t* to, int64_t outer,
                   int64_t pitch, int64_t run) {
  const float inverse_scale = 1.0f / output.scale();
  const float scale = input.scale() * inverse_scale;
  const float bias = static_cast<float>(-input.zero_point()) * scale;
  const auto* from = input.as<const uint8_t>();
  for (int64_t i = 0; i < outer; ++i) {
    for (int64_t j = 0; j < run; ++j) {
      const float value = std::round(static_cast<float>(from[i * run + j]) * scale + bias);
      // NaN, which scales at the ends of float can give, counts as 0.
      const float bounded = std::isnan(value) ? 0 : std::clamp(value, -65536.0f, 65536.0f);
      to[i * pitch + j] = static_cast<uint8_t>(
          std::clamp(static_cast<int32_t>(bounded) + output.zero_point(), 0, 255));
    }
  }
}

Status run(NodeContext& ctx) {
  const Value& output = ctx.output(0);
  BATON_ASSIGN_OR_RETURN(
      const int axis,
      resolve_axis(ctx.attributes<baton_concatenation_attributes>().axis, output.rank()));
  const int64_t outer = product_of_dims(output, 0, axis);
  const int64_t unit = product_of_dims(output, axis + 1, output.rank()) * element_bytes(output);
  const int64_t pitch = unit * output.dim(axis);
  auto* to = output.as<unsigned char>();
  for (int i = 0; i < ctx.input_count(); ++i) {
    const Value& input = ctx.input(i);
    const int64_t run = input.rank() == 0 ? unit : unit * input.dim(axis);
    if (output.dtype() == BATON_UINT8 && !same_quantization(input, output)) {
      copy_rescaled(input, output, to, outer, pitch, run);
    } else {
      copy_into(to, input.as<const unsigned char>(), outer, pitch, run);
    }
    to += run;
  }
  return {};
}

int32_t min_version(const NodeContext& ctx) {
  switch (ctx.input(0).dtype()) {
    case BATON_INT8:
      return 2;
    case BATON_INT16:
      return 3;
    case BATON_UINT32:
      return 4;
    case BATON_FLOAT16:
      return 6;
    default:
      return 1;
  }
}

}  // namespace

extern const Operator concatenation{
    .code = BATON_OP_CONCATENATION,
    .name = "CONCATENATION",
    .summary = "Tensors side by side along an axis; uint8 inputs are rescaled where they differ.",
    .max_version = 6,
    .inputs = {1, -1},
    .flags = kFoldable,
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
