// QUANTIZE and DEQUANTIZE, with one scale for the whole tensor.
#include "baton/fixed_point.h"
#include "delegates/cpu/byte_table.h"
#include "delegates/cpu/elementwise.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/quantized.h"
#include "delegates/kernels/elementwise.h"
#include "delegates/kernels/kernel.h"

namespace baton::cpu {
namespace {

constexpr double kNs = 0.25;  // per element

std::unique_ptr<Step> make_convert_step(const NodeView& node, const char* operation,
                                        const char* types, const Operand& quantized,
                                        const Compiler& compiler) {
  const auto run = kernels::find<kernels::ConvertFunction>(operation, types, compiler.isa());
  const auto from = static_cast<int64_t>(bytes_of(node.input(0).dtype()));
  const auto to = static_cast<int64_t>(bytes_of(node.output().dtype()));
  const float scale = quantized.scale();
  const int32_t zero = quantized.zero_point();
  return make_flat_step(node, kNs, [=](const Call& call, int64_t begin, int64_t end) {
    run({call.input<std::byte>(0) + begin * from, call.output<std::byte>(0) + begin * to,
         static_cast<size_t>(end - begin), scale, zero});
  });
}

// ---- QUANTIZE

Refusal check_quantize(const NodeView& node) {
  const Operand &input = node.input(0), &output = node.output();
  if (const Refusal refusal =
          require_dtype("input", input, {BATON_FLOAT32, BATON_INT8, BATON_UINT8})) {
    return refusal;
  }
  if (is_byte(input.dtype())) {
    return first_of({require_dtype("output", output, {BATON_INT8, BATON_UINT8}),
                     require_quantized("input", input), require_quantized("output", output)});
  }
  return first_of({require_dtype("output", output, {BATON_INT8, BATON_UINT8, BATON_INT16}),
                   require_quantized("output", output)});
}

ByteTable requantized(const Operand& input, const Operand& output) {
  int32_t multiplier, shift;
  baton_quantize_multiplier(
      static_cast<double>(input.scale()) / static_cast<double>(output.scale()), &multiplier,
      &shift);
  return fill_byte_table(input.dtype(), [&](int32_t x) {
    const int32_t y =
        baton_multiply_by_quantized_multiplier(x - input.zero_point(), multiplier, shift);
    return baton_clamp(baton_saturating_add(y, output.zero_point()), lowest_of(output.dtype()),
                       highest_of(output.dtype()));
  });
}

std::unique_ptr<Step> compile_quantize(const NodeView& node, const Compiler& compiler) {
  const Operand &input = node.input(0), &output = node.output();
  if (is_byte(input.dtype())) {
    return make_table_step(node, requantized(input, output), compiler);
  }
  const char* types = output.dtype() == BATON_INT16  ? "f32_s16"
                      : output.dtype() == BATON_INT8 ? "f32_s8"
                                                     : "f32_u8";
  return make_convert_step(node, "quantize", types, output, compiler);
}

// ---- DEQUANTIZE

Refusal check_dequantize(const NodeView& node) {
  const Operand& input = node.input(0);
  if (const Refusal refusal = first_of(
          {require_dtype("input", input, {BATON_FLOAT16, BATON_INT8, BATON_UINT8, BATON_INT16}),
           require_dtype("output", node.output(), {BATON_FLOAT32})})) {
    return refusal;
  }
  return input.dtype() == BATON_FLOAT16 ? Refusal{} : require_quantized("input", input);
}

const char* dequantize_types(baton_dtype dtype) {
  switch (dtype) {
    case BATON_FLOAT16:
      return "f16_f32";
    case BATON_INT8:
      return "s8_f32";
    case BATON_UINT8:
      return "u8_f32";
    default:
      return "s16_f32";
  }
}

std::unique_ptr<Step> compile_dequantize(const NodeView& node, const Compiler& compiler) {
  return make_convert_step(node, "dequantize", dequantize_types(node.input(0).dtype()),
                           node.input(0), compiler);
}

constexpr Operator kOperators[] = {
    {BATON_OP_DEQUANTIZE, 5, check_dequantize, compile_dequantize},
    {BATON_OP_QUANTIZE, 3, check_quantize, compile_quantize},
};

}  // namespace

sdk::Span<const Operator> quantize_operators() { return kOperators; }

}  // namespace baton::cpu
