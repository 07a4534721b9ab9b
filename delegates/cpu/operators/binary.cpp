// Arithmetic of two broadcast inputs that has kernels: ADD, SUB, MUL, DIV, MAXIMUM, MINIMUM,
// SQUARED_DIFFERENCE, PRELU.
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "baton/fixed_point.h"
#include "delegates/cpu/elementwise.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/plain_binary.h"
#include "delegates/cpu/quantized.h"
#include "delegates/cpu/types.h"
#include "delegates/kernels/elementwise.h"
#include "delegates/kernels/kernel.h"

namespace baton::cpu {
namespace {

using kernels::BinaryArgs;
using kernels::BinaryFunction;
using kernels::QuantizedBinaryArgs;
using kernels::QuantizedBinaryFunction;

// ---- Fused activations

int32_t activation_of(const NodeView& node) {
  if (node.activation) return *node.activation;
  switch (node.op()) {
    case BATON_OP_ADD:
      return node.attributes<baton_add_attributes>().fused_activation_function;
    case BATON_OP_SUB:
      return node.attributes<baton_sub_attributes>().fused_activation_function;
    case BATON_OP_MUL:
      return node.attributes<baton_mul_attributes>().fused_activation_function;
    case BATON_OP_DIV:
      return node.attributes<baton_div_attributes>().fused_activation_function;
    default:
      return BATON_ACTIVATION_NONE;
  }
}

// What is no clamp counts as none.
template <typename T>
void set_limits(int32_t activation, T* low, T* high) {
  *low = std::numeric_limits<T>::lowest();
  *high = std::numeric_limits<T>::max();
  if (activation == BATON_ACTIVATION_RELU || activation == BATON_ACTIVATION_RELU6) *low = 0;
  if (activation == BATON_ACTIVATION_RELU_N1_TO_1) *low = -1, *high = 1;
  if (activation == BATON_ACTIVATION_RELU6) *high = 6;
}

BinaryArgs limited(const NodeView& node) {
  BinaryArgs args;
  set_limits(activation_of(node), &args.low, &args.high);
  set_limits(activation_of(node), &args.integer_low, &args.integer_high);
  return args;
}

// ---- Steps

const char* operation_of(const NodeView& node) {
  switch (node.op()) {
    case BATON_OP_ADD:
      return "add";
    case BATON_OP_SUB:
      return "sub";
    case BATON_OP_MUL:
      return "mul";
    case BATON_OP_DIV:
      return "div";
    case BATON_OP_MAXIMUM:
      return "maximum";
    case BATON_OP_MINIMUM:
      return "minimum";
    case BATON_OP_SQUARED_DIFFERENCE:
      return "squared_difference";
    default:
      return "prelu";
  }
}

std::unique_ptr<Step> compile_plain(const NodeView& node, const Compiler& compiler) {
  constexpr double kNs = 0.2;
  const auto run = kernels::find<BinaryFunction>(
      operation_of(node), kernel_type(node.input(0).dtype()), compiler.isa());
  return make_binary_step(node, limited(node), run, kNs);
}

std::unique_ptr<Step> compile_quantized(const NodeView& node, const QuantizedBinaryArgs& args,
                                        const Compiler& compiler) {
  constexpr double kNs = 0.6;
  const auto run = kernels::find<QuantizedBinaryFunction>(
      operation_of(node), kernel_type(node.input(0).dtype()), compiler.isa());
  return make_binary_step(node, args, run, kNs);
}

// ---- Quantised parameters

Refusal check_quantized(const NodeView& node) {
  if (const Refusal refusal = first_of({require_quantized("first input", node.input(0)),
                                        require_quantized("second input", node.input(1)),
                                        require_quantized("output", node.output())})) {
    return refusal;
  }
  return require_activation_range(activation_of(node), node.output());
}

QuantizedBinaryArgs zeros_and_limits(const NodeView& node) {
  QuantizedBinaryArgs args;
  args.zero[0] = node.input(0).zero_point();
  args.zero[1] = node.input(1).zero_point();
  args.zero[2] = node.output().zero_point();
  const ByteRange range = activation_range(activation_of(node), node.output());
  args.low = range.low;
  args.high = range.high;
  return args;
}

void set_factor(double real, int i, QuantizedBinaryArgs* args) {
  baton_quantize_multiplier(real, &args->multiplier[i], &args->shift[i]);
}

double twice_largest_scale(const NodeView& node) {
  return 2.0 * static_cast<double>(std::max(node.input(0).scale(), node.input(1).scale()));
}

// Both inputs on one fine scale: ADD, SUB and SQUARED_DIFFERENCE. Inputs that many bits up still
// fit an int32.
QuantizedBinaryArgs on_one_scale(const NodeView& node, int32_t left_shift, double output_factor) {
  QuantizedBinaryArgs args = zeros_and_limits(node);
  args.left_shift = left_shift;
  const double twice_largest = twice_largest_scale(node);
  set_factor(static_cast<double>(node.input(0).scale()) / twice_largest, 0, &args);
  set_factor(static_cast<double>(node.input(1).scale()) / twice_largest, 1, &args);
  set_factor(output_factor, 2, &args);
  return args;
}

QuantizedBinaryArgs sum_args(const NodeView& node) {
  constexpr int32_t kLeftShift = 20;
  return on_one_scale(node, kLeftShift,
                      twice_largest_scale(node) / (std::ldexp(1.0, kLeftShift) *
                                                   static_cast<double>(node.output().scale())));
}

QuantizedBinaryArgs squared_difference_args(const NodeView& node) {
  constexpr int32_t kLeftShift = 7;  // squares still fit
  const double twice_largest = twice_largest_scale(node);
  return on_one_scale(
      node, kLeftShift,
      twice_largest * twice_largest /
          (std::ldexp(1.0, 2 * kLeftShift) * static_cast<double>(node.output().scale())));
}

// Products and quotients of scales are taken in float, which decides multipliers' last bits.
QuantizedBinaryArgs product_args(const NodeView& node) {
  QuantizedBinaryArgs args = zeros_and_limits(node);
  const float product = node.input(0).scale() * node.input(1).scale();
  set_factor(static_cast<double>(product / node.output().scale()), 2, &args);
  return args;
}

QuantizedBinaryArgs quotient_args(const NodeView& node) {
  QuantizedBinaryArgs args = zeros_and_limits(node);
  const float divisor = node.input(1).scale() * node.output().scale();
  set_factor(static_cast<double>(node.input(0).scale() / divisor), 2, &args);
  return args;
}

QuantizedBinaryArgs prelu_args(const NodeView& node) {
  QuantizedBinaryArgs args = zeros_and_limits(node);
  const float alpha_scale = node.input(0).scale() * node.input(1).scale();
  set_factor(static_cast<double>(node.input(0).scale() / node.output().scale()), 0, &args);
  set_factor(static_cast<double>(alpha_scale / node.output().scale()), 1, &args);
  return args;
}

// ---- ADD, SUB, MUL

template <int32_t op>
int64_t apply_int64(int64_t a, int64_t b) {
  const auto x = static_cast<uint64_t>(a), y = static_cast<uint64_t>(b);
  return static_cast<int64_t>(op == BATON_OP_ADD ? x + y : op == BATON_OP_SUB ? x - y : x * y);
}

template <int32_t op>
std::unique_ptr<Step> compile_int64(const NodeView& node) {
  int64_t low, high;
  set_limits(activation_of(node), &low, &high);
  return make_plain_binary_step<int64_t, int64_t>(node, [low, high](int64_t a, int64_t b) {
    return std::min(std::max(apply_int64<op>(a, b), low), high);
  });
}

Refusal check_arithmetic(const NodeView& node) {
  if (const Refusal refusal = require_binary(
          node, {BATON_FLOAT32, BATON_INT32, BATON_INT64, BATON_INT8, BATON_UINT8})) {
    return refusal;
  }
  return is_byte(node.input(0).dtype()) ? check_quantized(node) : Refusal{};
}

template <int32_t op>
std::unique_ptr<Step> compile_arithmetic(const NodeView& node, const Compiler& compiler) {
  const baton_dtype dtype = node.input(0).dtype();
  if (dtype == BATON_INT64) return compile_int64<op>(node);
  if (!is_byte(dtype)) return compile_plain(node, compiler);
  return compile_quantized(node, op == BATON_OP_MUL ? product_args(node) : sum_args(node),
                           compiler);
}

// ---- DIV

Refusal check_div(const NodeView& node) {
  if (const Refusal refusal =
          require_binary(node, {BATON_FLOAT32, BATON_INT32, BATON_INT8, BATON_UINT8})) {
    return refusal;
  }
  return is_byte(node.input(0).dtype()) ? check_quantized(node) : Refusal{};
}

// As a product with the reciprocal, which has as many bits as fit; b != 0.
int32_t quotient(int32_t a, int32_t b, int32_t multiplier, int32_t shift) {
  if (b < 0) {
    a = -a;
    b = -b;
  }
  int32_t reciprocal_shift;
  const int32_t reciprocal = baton_fixed_reciprocal(b, 31, &reciprocal_shift);
  const int32_t headroom =
      a == 0 ? 31 : baton_count_leading_zeros(static_cast<uint32_t>(a < 0 ? ~a : a)) - 1;
  const int32_t unscaled =
      baton_multiply_by_quantized_multiplier_greater_than_one(a, reciprocal, headroom);
  return baton_multiply_by_quantized_multiplier_smaller_than_one(
      unscaled, multiplier, shift - reciprocal_shift - headroom);
}

template <typename T>
std::unique_ptr<Step> compile_quantized_div(const NodeView& node) {
  const QuantizedBinaryArgs args = quotient_args(node);
  const auto divide = [args](T a, T b) -> T {
    if (b == args.zero[1]) return 0;  // refused before
    const int32_t scaled =
        quotient(a - args.zero[0], b - args.zero[1], args.multiplier[2], args.shift[2]);
    return static_cast<T>(
        baton_clamp(baton_saturating_add(scaled, args.zero[2]), args.low, args.high));
  };
  return make_plain_binary_step<T, T>(node, divide, refuse_zero_divisor<T>(args.zero[1]));
}

std::unique_ptr<Step> compile_int32_div(const NodeView& node) {
  int32_t low, high;
  set_limits(activation_of(node), &low, &high);
  const auto divide = [low, high](int32_t a, int32_t b) -> int32_t {
    if (b == 0) return 0;  // refused before
    // The smallest integer by -1 wraps.
    return baton_clamp(b == -1 ? baton_wrapping_sub(0, a) : a / b, low, high);
  };
  return make_plain_binary_step<int32_t, int32_t>(node, divide, refuse_zero_divisor<int32_t>(0));
}

std::unique_ptr<Step> compile_div(const NodeView& node, const Compiler& compiler) {
  switch (node.input(0).dtype()) {
    case BATON_INT8:
      return compile_quantized_div<int8_t>(node);
    case BATON_UINT8:
      return compile_quantized_div<uint8_t>(node);
    case BATON_INT32:
      return compile_int32_div(node);
    default:
      return compile_plain(node, compiler);
  }
}

// ---- MAXIMUM, MINIMUM

Refusal check_extreme(const NodeView& node) {
  return require_binary(
      node, {BATON_FLOAT32, BATON_INT8, BATON_UINT8, BATON_INT16, BATON_INT32, BATON_INT64});
}

template <typename T>
std::unique_ptr<Step> compile_plain_extreme(const NodeView& node) {
  if (node.op() == BATON_OP_MAXIMUM) {
    return make_plain_binary_step<T, T>(node, [](T a, T b) { return std::max(a, b); });
  }
  return make_plain_binary_step<T, T>(node, [](T a, T b) { return std::min(a, b); });
}

std::unique_ptr<Step> compile_extreme(const NodeView& node, const Compiler& compiler) {
  switch (node.input(0).dtype()) {
    case BATON_INT16:
      return compile_plain_extreme<int16_t>(node);
    case BATON_INT64:
      return compile_plain_extreme<int64_t>(node);
    default:
      return compile_plain(node, compiler);
  }
}

// ---- SQUARED_DIFFERENCE, PRELU

Refusal check_squared_difference(const NodeView& node) {
  if (const Refusal refusal = require_binary(node, {BATON_FLOAT32, BATON_INT32, BATON_INT8})) {
    return refusal;
  }
  return is_byte(node.input(0).dtype()) ? check_quantized(node) : Refusal{};
}

std::unique_ptr<Step> compile_squared_difference(const NodeView& node, const Compiler& compiler) {
  if (!is_byte(node.input(0).dtype())) return compile_plain(node, compiler);
  return compile_quantized(node, squared_difference_args(node), compiler);
}

Refusal check_prelu(const NodeView& node) {
  if (const Refusal refusal = require_binary(node, {BATON_FLOAT32, BATON_INT8, BATON_UINT8})) {
    return refusal;
  }
  return is_byte(node.input(0).dtype()) ? check_quantized(node) : Refusal{};
}

std::unique_ptr<Step> compile_prelu(const NodeView& node, const Compiler& compiler) {
  if (!is_byte(node.input(0).dtype())) return compile_plain(node, compiler);
  return compile_quantized(node, prelu_args(node), compiler);
}

constexpr Operator kOperators[] = {
    {BATON_OP_ADD, 4, check_arithmetic, compile_arithmetic<BATON_OP_ADD>},
    {BATON_OP_DIV, 2, check_div, compile_div},
    {BATON_OP_MAXIMUM, 4, check_extreme, compile_extreme},
    {BATON_OP_MINIMUM, 4, check_extreme, compile_extreme},
    {BATON_OP_MUL, 5, check_arithmetic, compile_arithmetic<BATON_OP_MUL>},
    {BATON_OP_PRELU, 1, check_prelu, compile_prelu},
    {BATON_OP_SQUARED_DIFFERENCE, 2, check_squared_difference, compile_squared_difference},
    {BATON_OP_SUB, 5, check_arithmetic, compile_arithmetic<BATON_OP_SUB>},
};

}  // namespace

sdk::Span<const Operator> binary_operators() { return kOperators; }

}  // namespace baton::cpu
