// Operators of one input: float32 kernels, tables of 8-bit types, and a few plain integers.
#include <algorithm>
#include <type_traits>

#include "delegates/cpu/byte_functions.h"
#include "delegates/cpu/elementwise.h"
#include "delegates/cpu/operator.h"
#include "delegates/kernels/elementwise.h"
#include "delegates/kernels/kernel.h"

namespace baton::cpu {
namespace {

// ---- float32

struct FloatKernel {
  int32_t op;
  const char* name;
  double ns;  // per element
};

constexpr double kArithmeticNs = 0.15, kFunctionNs = 0.5;
constexpr FloatKernel kFloatKernels[] = {
    {BATON_OP_ABS, "abs", kArithmeticNs},
    {BATON_OP_CEIL, "ceil", kArithmeticNs},
    {BATON_OP_COS, "cos", 2 * kFunctionNs},
    {BATON_OP_ELU, "elu", kFunctionNs},
    {BATON_OP_EXP, "exp", kFunctionNs},
    {BATON_OP_FLOOR, "floor", kArithmeticNs},
    {BATON_OP_HARD_SWISH, "hard_swish", kArithmeticNs},
    {BATON_OP_LEAKY_RELU, "leaky_relu", kArithmeticNs},
    {BATON_OP_LOG, "log", kFunctionNs},
    {BATON_OP_LOGISTIC, "logistic", kFunctionNs},
    {BATON_OP_NEG, "neg", kArithmeticNs},
    {BATON_OP_RELU, "relu", kArithmeticNs},
    {BATON_OP_RELU6, "relu6", kArithmeticNs},
    {BATON_OP_RELU_0_TO_1, "relu_0_to_1", kArithmeticNs},
    {BATON_OP_RELU_N1_TO_1, "relu_n1_to_1", kArithmeticNs},
    {BATON_OP_ROUND, "round", kArithmeticNs},
    {BATON_OP_RSQRT, "rsqrt", kFunctionNs},
    {BATON_OP_SIGN, "sign", kArithmeticNs},
    {BATON_OP_SIN, "sin", 2 * kFunctionNs},
    {BATON_OP_SQRT, "sqrt", kFunctionNs},
    {BATON_OP_SQUARE, "square", kArithmeticNs},
    {BATON_OP_TANH, "tanh", kFunctionNs},
};

FloatKernel float_kernel_of(const NodeView& node) {
  for (const FloatKernel& kernel : kFloatKernels) {
    if (kernel.op == node.op()) return kernel;
  }
  const bool approximate = node.attributes<baton_gelu_attributes>().approximate != 0;
  return {BATON_OP_GELU, approximate ? "gelu_tanh" : "gelu", 2 * kFunctionNs};
}

std::unique_ptr<Step> compile_float(const NodeView& node, const Compiler& compiler) {
  const FloatKernel kernel = float_kernel_of(node);
  const auto run = kernels::find<kernels::UnaryFunction>(kernel.name, "f32", compiler.isa());
  const float alpha = node.op() == BATON_OP_LEAKY_RELU
                          ? node.attributes<baton_leaky_relu_attributes>().alpha
                          : 0.0f;
  return make_flat_step(node, kernel.ns, [=](const Call& call, int64_t begin, int64_t end) {
    run({call.input<float>(0) + begin, call.output<float>(0) + begin,
         static_cast<size_t>(end - begin), alpha});
  });
}

// ---- 8 bits

std::unique_ptr<Step> compile_bytes(const NodeView& node, const Compiler& compiler) {
  const ByteTable table = find_byte_function(node.op())->fill(node);
  if (node.op() != BATON_OP_RSQRT) return make_table_step(node, table, compiler);
  const int32_t zero_point = node.input(0).zero_point();
  return make_table_step(node, table, compiler, [=](const uint8_t* begin, const uint8_t* end) {
    if (std::any_of(begin, end, [=](uint8_t x) { return static_cast<int8_t>(x) < zero_point; })) {
      throw sdk::Error(BATON_REASON_OTHER, "an element is negative and has no real square root",
                       BATON_INVALID_ARGUMENT);
    }
  });
}

Refusal check_float_or_bytes(const NodeView& node) {
  if (const Refusal refusal = require_unary(node, {BATON_FLOAT32, BATON_INT8, BATON_UINT8})) {
    return refusal;
  }
  return is_byte(node.input(0).dtype()) ? check_byte_function(node) : Refusal{};
}

std::unique_ptr<Step> compile_float_or_bytes(const NodeView& node, const Compiler& compiler) {
  return is_byte(node.input(0).dtype()) ? compile_bytes(node, compiler)
                                        : compile_float(node, compiler);
}

// ---- Plain integers

template <typename T, typename Fn>
std::unique_ptr<Step> make_plain_step(const NodeView& node, Fn fn) {
  return make_flat_step(node, 0.5, [fn](const Call& call, int64_t begin, int64_t end) {
    const T* in = call.input<T>(0);
    T* out = call.output<T>(0);
    for (int64_t i = begin; i < end; ++i) out[i] = fn(in[i]);
  });
}

// -x, where the smallest integer wraps.
template <typename T>
T negated(T x) {
  return static_cast<T>(0 - static_cast<std::make_unsigned_t<T>>(x));
}

Refusal check_float(const NodeView& node) { return require_unary(node, {BATON_FLOAT32}); }
Refusal check_float_or_int32(const NodeView& node) {
  return require_unary(node, {BATON_FLOAT32, BATON_INT32});
}
Refusal check_neg(const NodeView& node) {
  return require_unary(node, {BATON_FLOAT32, BATON_INT32, BATON_INT64});
}
Refusal check_logical_not(const NodeView& node) { return require_unary(node, {BATON_BOOL}); }

std::unique_ptr<Step> compile_abs(const NodeView& node, const Compiler& compiler) {
  if (node.input(0).dtype() == BATON_FLOAT32) return compile_float(node, compiler);
  return make_plain_step<int32_t>(node, [](int32_t x) { return x < 0 ? negated(x) : x; });
}

std::unique_ptr<Step> compile_sign(const NodeView& node, const Compiler& compiler) {
  if (node.input(0).dtype() == BATON_FLOAT32) return compile_float(node, compiler);
  return make_plain_step<int32_t>(node, [](int32_t x) { return (x > 0) - (x < 0); });
}

std::unique_ptr<Step> compile_neg(const NodeView& node, const Compiler& compiler) {
  switch (node.input(0).dtype()) {
    case BATON_INT32:
      return make_plain_step<int32_t>(node, negated<int32_t>);
    case BATON_INT64:
      return make_plain_step<int64_t>(node, negated<int64_t>);
    default:
      return compile_float(node, compiler);
  }
}

std::unique_ptr<Step> compile_logical_not(const NodeView& node, const Compiler&) {
  // Whatever is not 0 is true.
  return make_plain_step<uint8_t>(node, [](uint8_t x) -> uint8_t { return x == 0; });
}

constexpr Operator kOperators[] = {
    {BATON_OP_ABS, 5, check_float_or_int32, compile_abs},
    {BATON_OP_CEIL, 1, check_float, compile_float},
    {BATON_OP_COS, 1, check_float, compile_float},
    {BATON_OP_ELU, 1, check_float_or_bytes, compile_float_or_bytes},
    {BATON_OP_EXP, 1, check_float, compile_float},
    {BATON_OP_FLOOR, 1, check_float, compile_float},
    {BATON_OP_GELU, 3, check_float_or_bytes, compile_float_or_bytes},
    {BATON_OP_HARD_SWISH, 1, check_float_or_bytes, compile_float_or_bytes},
    {BATON_OP_LEAKY_RELU, 2, check_float_or_bytes, compile_float_or_bytes},
    {BATON_OP_LOG, 1, check_float, compile_float},
    {BATON_OP_LOGICAL_NOT, 1, check_logical_not, compile_logical_not},
    {BATON_OP_LOGISTIC, 3, check_float_or_bytes, compile_float_or_bytes},
    {BATON_OP_NEG, 1, check_neg, compile_neg},
    {BATON_OP_RELU, 3, check_float_or_bytes, compile_float_or_bytes},
    {BATON_OP_RELU6, 3, check_float_or_bytes, compile_float_or_bytes},
    {BATON_OP_RELU_0_TO_1, 1, check_float_or_bytes, compile_float_or_bytes},
    {BATON_OP_RELU_N1_TO_1, 1, check_float_or_bytes, compile_float_or_bytes},
    {BATON_OP_ROUND, 1, check_float, compile_float},
    {BATON_OP_RSQRT, 3, check_float_or_bytes, compile_float_or_bytes},
    {BATON_OP_SIGN, 2, check_float_or_int32, compile_sign},
    {BATON_OP_SIN, 1, check_float, compile_float},
    {BATON_OP_SQRT, 1, check_float, compile_float},
    {BATON_OP_SQUARE, 1, check_float, compile_float},
    {BATON_OP_TANH, 3, check_float_or_bytes, compile_float_or_bytes},
};

}  // namespace

sdk::Span<const Operator> unary_operators() { return kOperators; }

}  // namespace baton::cpu
