#include "delegates/cpu/byte_functions.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "baton/fixed_point.h"

namespace baton::cpu {
namespace {

// ---- A real function between the scales

template <float (*function)(float x, const void*)>
ByteTable fill_from_real(const NodeView& node) {
  const Operand &input = node.input(0), &output = node.output();
  return fill_byte_table(input.dtype(), [&](int32_t x) {
    return baton_lut8_entry(x, input.scale(), input.zero_point(), output.scale(),
                            output.zero_point(), lowest_of(output.dtype()),
                            highest_of(output.dtype()), function, nullptr);
  });
}

float elu(float x, const void*) { return x < 0.0f ? std::expm1(x) : x; }

// erfc and tanh are taken in double, so that tables do not depend on the platform's library.
float gelu(float x, const void*) {
  constexpr float kMinusRootHalf = -1 / std::numbers::sqrt2_v<float>;
  return 0.5f * x * static_cast<float>(std::erfc(static_cast<double>(x * kMinusRootHalf)));
}

float gelu_tanh(float x, const void*) {
  constexpr auto kRootTwoOverPi =
      static_cast<float>(std::numbers::sqrt2 * std::numbers::inv_sqrtpi);
  const float inner = kRootTwoOverPi * (x + 0.044715f * x * x * x);
  return 0.5f * x * (1.0f + static_cast<float>(std::tanh(static_cast<double>(inner))));
}

ByteTable fill_gelu(const NodeView& node) {
  return node.attributes<baton_gelu_attributes>().approximate ? fill_from_real<gelu_tanh>(node)
                                                              : fill_from_real<gelu>(node);
}

Refusal check_logistic(const NodeView& node) {
  if (node.output().scale() == 1.0f / 256) return {};
  return {BATON_REASON_QUANTIZATION, "the output's scale must be 1/256"};
}

// ---- A rescale and limits

struct Rescale {
  int32_t multiplier = 0, shift = 0;

  // The quotient is taken in float, which decides the multiplier's last bits.
  explicit Rescale(float quotient) {
    baton_quantize_multiplier(static_cast<double>(quotient), &multiplier, &shift);
  }
  int32_t operator()(int32_t x) const {
    return baton_multiply_by_quantized_multiplier(x, multiplier, shift);
  }
};

template <int32_t activation, bool from_zero = false>
ByteTable fill_relu(const NodeView& node) {
  const Operand &input = node.input(0), &output = node.output();
  ByteRange range = activation_range(activation, output);
  if (from_zero) range.low = output.zero_point();
  const Rescale rescale(input.scale() / output.scale());
  return fill_byte_table(input.dtype(), [&](int32_t x) {
    const int32_t y = baton_saturating_add(rescale(x - input.zero_point()), output.zero_point());
    return baton_clamp(y, range.low, range.high);
  });
}

template <int32_t activation>
Refusal check_relu(const NodeView& node) {
  return require_activation_range(activation, node.output());
}

ByteTable fill_leaky_relu(const NodeView& node) {
  const Operand &input = node.input(0), &output = node.output();
  const Rescale positive(input.scale() / output.scale());
  const float alpha_scale = input.scale() * node.attributes<baton_leaky_relu_attributes>().alpha;
  Rescale negative(alpha_scale / output.scale());
  const bool falls = negative.multiplier < 0;
  if (falls) negative.multiplier = -negative.multiplier;
  return fill_byte_table(input.dtype(), [&](int32_t value) {
    const int32_t x = value - input.zero_point();
    int32_t y = x >= 0 ? positive(x) : negative(x);
    if (x < 0 && falls) y = baton_wrapping_sub(0, y);
    return baton_clamp(baton_saturating_add(y, output.zero_point()), lowest_of(output.dtype()),
                       highest_of(output.dtype()));
  });
}

// ---- HARD_SWISH, in 16 bits

int16_t saturating_shift_left(int16_t x, int32_t shift) {
  const int64_t shifted = int64_t{x} * (int64_t{1} << std::min(shift, 31));
  return static_cast<int16_t>(std::clamp<int64_t>(shifted, INT16_MIN, INT16_MAX));
}

// a * b / 2^15, to nearest.
int16_t rounding_high_mul(int16_t a, int16_t b) {
  if (a == INT16_MIN && b == INT16_MIN) return INT16_MAX;
  const int32_t product = int32_t{a} * b;
  return static_cast<int16_t>((product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15));
}

// The same towards zero.
int16_t truncating_high_mul(int16_t a, int16_t b) {
  if (a == INT16_MIN && b == INT16_MIN) return INT16_MAX;
  return static_cast<int16_t>(int32_t{a} * b / (1 << 15));
}

struct HardSwish {
  int16_t multiplier, gate_multiplier;
  int32_t shift, gate_shift;

  explicit HardSwish(const NodeView& node) {
    // The input is taken with 7 more bits; 3.0 becomes 2^15.
    const float fine_scale = 1.0f / 128.0f * node.input(0).scale();
    const Rescale output(fine_scale / node.output().scale());
    const Rescale gate(fine_scale / (3.0f / 32768.0f));
    multiplier = baton_reduce_multiplier_to_int16(output.multiplier);
    gate_multiplier = baton_reduce_multiplier_to_int16(gate.multiplier);
    shift = output.shift;
    gate_shift = gate.shift;
  }

  int16_t operator()(int32_t x) const {
    const auto fine = static_cast<int16_t>(x * (1 << 7));
    // x / 3 limited to [-1, 1]. One bit of a left shift comes after the multiplication, so that
    // any saturation is final.
    int16_t gate = fine;
    if (gate_shift > 0) gate = saturating_shift_left(gate, gate_shift - 1);
    gate = rounding_high_mul(gate, gate_multiplier);
    if (gate_shift > 0) gate = saturating_shift_left(gate, 1);
    gate = static_cast<int16_t>(baton_rounding_shift_right(gate, -gate_shift));
    gate = static_cast<int16_t>((gate + (1 << 15)) >> 1);  // to [0, 1]
    const int16_t product = truncating_high_mul(gate, rounding_high_mul(fine, multiplier));
    return static_cast<int16_t>(baton_rounding_shift_right(product, -shift));
  }
};

Refusal check_hard_swish(const NodeView& node) {
  if (HardSwish(node).shift <= 0) return {};
  return {BATON_REASON_QUANTIZATION, "the input's scale is more than 128 times the output's"};
}

ByteTable fill_hard_swish(const NodeView& node) {
  const Operand &input = node.input(0), &output = node.output();
  const HardSwish hard_swish(node);
  return fill_byte_table(input.dtype(), [&](int32_t x) {
    const auto y = static_cast<int16_t>(hard_swish(x - input.zero_point()) + output.zero_point());
    return baton_clamp(y, lowest_of(output.dtype()), highest_of(output.dtype()));
  });
}

// ---- RSQRT: the root of the whole number first, then both scales in one factor

ByteTable fill_rsqrt(const NodeView& node) {
  constexpr int32_t kBits = 20;  // of fraction, between the two factors
  const Operand &input = node.input(0), &output = node.output();
  int32_t multiplier, shift;
  // In float, which decides the multiplier's last bits.
  const float product = std::sqrt(input.scale()) * output.scale();
  baton_quantize_multiplier(1 / static_cast<double>(product), &multiplier, &shift);
  return fill_byte_table(BATON_INT8, [&](int32_t x) -> int32_t {
    if (x <= input.zero_point()) return INT8_MAX;
    int32_t root, root_shift;
    baton_inverse_sqrt(x - input.zero_point(), &root, &root_shift);
    const int32_t inverse = baton_multiply_by_quantized_multiplier(1, root, root_shift + kBits);
    const int32_t scaled =
        baton_multiply_by_quantized_multiplier(inverse, multiplier, shift - kBits);
    return baton_clamp(baton_saturating_add(scaled, output.zero_point()), INT8_MIN, INT8_MAX);
  });
}

constexpr ByteFunction kFunctions[] = {
    {BATON_OP_ELU, true, false, nullptr, fill_from_real<elu>},
    {BATON_OP_GELU, true, true, nullptr, fill_gelu},
    {BATON_OP_HARD_SWISH, true, true, check_hard_swish, fill_hard_swish},
    {BATON_OP_LEAKY_RELU, true, true, nullptr, fill_leaky_relu},
    {BATON_OP_LOGISTIC, true, true, check_logistic, fill_from_real<baton_transform_logistic>},
    {BATON_OP_RELU, true, true, check_relu<BATON_ACTIVATION_RELU>,
     fill_relu<BATON_ACTIVATION_RELU>},
    {BATON_OP_RELU6, true, true, check_relu<BATON_ACTIVATION_RELU6>,
     fill_relu<BATON_ACTIVATION_RELU6>},
    {BATON_OP_RELU_N1_TO_1, true, true, check_relu<BATON_ACTIVATION_RELU_N1_TO_1>,
     fill_relu<BATON_ACTIVATION_RELU_N1_TO_1>},
    {BATON_OP_RELU_0_TO_1, true, true, check_relu<BATON_ACTIVATION_RELU_N1_TO_1>,
     fill_relu<BATON_ACTIVATION_RELU_N1_TO_1, true>},
    {BATON_OP_RSQRT, true, false, nullptr, fill_rsqrt},
    {BATON_OP_TANH, true, true, nullptr, fill_from_real<baton_transform_tanh>},
};

}  // namespace

const ByteFunction* find_byte_function(int32_t op) {
  for (const ByteFunction& function : kFunctions) {
    if (function.op == op) return &function;
  }
  return nullptr;
}

Refusal check_byte_function(const NodeView& node) {
  const ByteFunction* function = find_byte_function(node.op());
  const baton_dtype dtype = node.input(0).dtype();
  if (function == nullptr || !(dtype == BATON_INT8 ? function->int8 : function->uint8)) {
    return {BATON_REASON_DTYPE,
            std::string("the input has type ") + dtype_name(dtype) + ", which it cannot have"};
  }
  if (const Refusal refusal = first_of({require_quantized("input", node.input(0)),
                                        require_quantized("output", node.output())})) {
    return refusal;
  }
  return function->check != nullptr ? function->check(node) : Refusal{};
}

}  // namespace baton::cpu
