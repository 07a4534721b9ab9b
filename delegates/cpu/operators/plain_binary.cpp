// Operators of two broadcast inputs that models use little: POW, FLOOR_DIV, FLOOR_MOD, ATAN2,
// BITWISE_XOR, RIGHT_SHIFT, LOGICAL_AND, LOGICAL_OR.
#include "delegates/cpu/plain_binary.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "delegates/cpu/operator.h"

namespace baton::cpu {
namespace {

// ---- POW

Refusal check_pow(const NodeView& node) {
  return require_binary(node, {BATON_FLOAT32, BATON_INT32});
}

// By squaring; wraps.
int32_t integer_pow(int32_t a, int32_t b) {
  auto base = static_cast<uint32_t>(a);
  uint32_t result = 1;
  for (auto rest = static_cast<uint32_t>(b); rest != 0; rest >>= 1) {
    if (rest & 1) result *= base;
    base *= base;
  }
  return static_cast<int32_t>(result);
}

// Without std::pow for exponents that models have.
float real_pow(float a, float b) {
  if (b == 2.0f) return a * a;
  if (b == 3.0f) return static_cast<float>(double{a} * a * a);
  // A root is NaN for -inf, and keeps the sign of -0.
  if (b == 0.5f && a >= 0) return std::sqrt(a) + 0.0f;
  return std::pow(a, b);
}

std::unique_ptr<Step> compile_pow(const NodeView& node, const Compiler&) {
  if (node.input(0).dtype() == BATON_FLOAT32) {
    return make_plain_binary_step<float, float>(node, real_pow);
  }
  const auto refuse_negative = [](const int32_t* begin, const int32_t* end) {
    if (std::any_of(begin, end, [](int32_t exponent) { return exponent < 0; })) {
      throw sdk::Error(BATON_REASON_OTHER, "an exponent is negative; integers need 0 or more",
                       BATON_INVALID_ARGUMENT);
    }
  };
  return make_plain_binary_step<int32_t, int32_t>(node, integer_pow, refuse_negative);
}

// ---- FLOOR_DIV, FLOOR_MOD

Refusal check_floor_div(const NodeView& node) {
  return require_binary(node, {BATON_FLOAT32, BATON_INT32, BATON_INT16, BATON_INT8});
}

Refusal check_floor_mod(const NodeView& node) {
  return require_binary(node, {BATON_FLOAT32, BATON_INT32, BATON_INT64, BATON_INT16, BATON_INT8});
}

template <typename T>
T floor_div(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    if (b == 0) return 0;  // refused before
    if (b == -1) return static_cast<T>(0 - static_cast<std::make_unsigned_t<T>>(a));  // wraps
    const bool rounded_up = a % b != 0 && (a < 0) != (b < 0);
    return static_cast<T>(a / b - (rounded_up ? 1 : 0));
  } else {
    return static_cast<T>(std::floor(static_cast<double>(a) / static_cast<double>(b)));
  }
}

template <typename T>
T floor_mod(T a, T b) {
  T remainder;
  if constexpr (std::is_integral_v<T>) {
    // 0 is refused before. By -1 nothing is left, and the smallest integer would overflow.
    if (b == 0 || b == -1) return 0;
    remainder = static_cast<T>(a % b);
  } else {
    remainder = std::fmod(a, b);
  }
  const bool other_sign = remainder != 0 && (b < 0) != (remainder < 0);
  return other_sign ? static_cast<T>(remainder + b) : remainder;
}

template <typename T>
std::unique_ptr<Step> compile_integer_division(const NodeView& node) {
  return make_plain_binary_step<T, T>(node,
                                      node.op() == BATON_OP_FLOOR_DIV ? floor_div<T> : floor_mod<T>,
                                      refuse_zero_divisor<T>(0));
}

// Zero divisors of reals are refused by FLOOR_DIV only, as the reference kernels have it.
std::unique_ptr<Step> compile_division(const NodeView& node, const Compiler&) {
  switch (node.input(0).dtype()) {
    case BATON_INT8:
      return compile_integer_division<int8_t>(node);
    case BATON_INT16:
      return compile_integer_division<int16_t>(node);
    case BATON_INT32:
      return compile_integer_division<int32_t>(node);
    case BATON_INT64:
      return compile_integer_division<int64_t>(node);
    default:
      break;
  }
  if (node.op() == BATON_OP_FLOOR_MOD) {
    return make_plain_binary_step<float, float>(node, floor_mod<float>);
  }
  return make_plain_binary_step<float, float>(node, floor_div<float>,
                                              refuse_zero_divisor<float>(0));
}

// ---- ATAN2

Refusal check_atan2(const NodeView& node) { return require_binary(node, {BATON_FLOAT32}); }

std::unique_ptr<Step> compile_atan2(const NodeView& node, const Compiler&) {
  return make_plain_binary_step<float, float>(node,
                                              [](float a, float b) { return std::atan2(a, b); });
}

// ---- Bits

Refusal check_bits(const NodeView& node) {
  return require_binary(
      node, {BATON_INT8, BATON_UINT8, BATON_INT16, BATON_UINT16, BATON_INT32, BATON_UINT32});
}

template <typename T>
T exclusive_or(T a, T b) {
  return static_cast<T>(a ^ b);
}

// The sign stays, and b is limited to the bits that there are.
template <typename T>
T shift_right(T a, T b) {
  constexpr int64_t kLargest = sizeof(T) * 8 - 1;
  return static_cast<T>(a >> std::clamp<int64_t>(b, 0, kLargest));
}

template <typename T>
std::unique_ptr<Step> compile_bits_of(const NodeView& node) {
  return make_plain_binary_step<T, T>(
      node, node.op() == BATON_OP_BITWISE_XOR ? exclusive_or<T> : shift_right<T>);
}

std::unique_ptr<Step> compile_bits(const NodeView& node, const Compiler&) {
  switch (node.input(0).dtype()) {
    case BATON_INT8:
      return compile_bits_of<int8_t>(node);
    case BATON_UINT8:
      return compile_bits_of<uint8_t>(node);
    case BATON_INT16:
      return compile_bits_of<int16_t>(node);
    case BATON_UINT16:
      return compile_bits_of<uint16_t>(node);
    case BATON_INT32:
      return compile_bits_of<int32_t>(node);
    default:
      return compile_bits_of<uint32_t>(node);
  }
}

// ---- Booleans: whatever byte is not 0 is true

Refusal check_logical(const NodeView& node) { return require_binary(node, {BATON_BOOL}); }

std::unique_ptr<Step> compile_and(const NodeView& node, const Compiler&) {
  return make_plain_binary_step<uint8_t, uint8_t>(
      node, [](uint8_t a, uint8_t b) -> uint8_t { return (a != 0) & (b != 0); });
}

std::unique_ptr<Step> compile_or(const NodeView& node, const Compiler&) {
  return make_plain_binary_step<uint8_t, uint8_t>(
      node, [](uint8_t a, uint8_t b) -> uint8_t { return (a | b) != 0; });
}

constexpr Operator kOperators[] = {
    {BATON_OP_ATAN2, 1, check_atan2, compile_atan2},
    {BATON_OP_BITWISE_XOR, 1, check_bits, compile_bits},
    {BATON_OP_FLOOR_DIV, 3, check_floor_div, compile_division},
    {BATON_OP_FLOOR_MOD, 2, check_floor_mod, compile_division},
    {BATON_OP_LOGICAL_AND, 1, check_logical, compile_and},
    {BATON_OP_LOGICAL_OR, 1, check_logical, compile_or},
    {BATON_OP_POW, 1, check_pow, compile_pow},
    {BATON_OP_RIGHT_SHIFT, 1, check_bits, compile_bits},
};

}  // namespace

sdk::Span<const Operator> plain_binary_operators() { return kOperators; }

}  // namespace baton::cpu
