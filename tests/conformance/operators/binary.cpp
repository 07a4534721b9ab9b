// Operators of two inputs that are broadcast to each other.
#include <algorithm>
#include <cmath>

#include "tests/conformance/operators/activation.h"
#include "tests/conformance/operators/recipe.h"

namespace baton::conformance {
namespace {

// The tensors of a node. Constants stand in either place, or one tensor in both.
struct Operands {
  TensorId x;
  TensorId y;
};

struct Side {
  Quantization quantization;
  Content content;
};

Operands make_operands(Draft& d, const Side& x, const Side& y) {
  const auto [x_shape, y_shape] =
      d.broadcast_pair(d.shape_or_empty(d.pick({4u, 1u, 2u, 3u, 0u, 4u, 5u})));
  const uint32_t place = d.pick_index(5);
  if (place == 4) {
    const TensorId both = d.input(d.dtype(), y_shape, y.quantization, y.content);
    return {both, both};
  }
  const auto make = [&](bool constant, const Shape& shape, const Side& side) {
    return constant ? d.constant(d.dtype(), shape, side.quantization, side.content)
                    : d.input(d.dtype(), shape, side.quantization, side.content);
  };
  const TensorId first = make(place == 2, x_shape, x);
  return {first, make(place == 3, y_shape, y)};
}

// Reals within `spread`, integers within `integers`.
Side operand_side(Draft& d, double spread, double integers) {
  const double limit = d.dtype() == BATON_FLOAT32 ? spread : integers;
  return {d.quantization(spread), {.low = -limit, .high = limit}};
}

// All results that two ranges of operands can have.
template <typename Function>
Range results(Draft& d, const Operands& operands, const Function& function) {
  const Range a = d.range_of(operands.x);
  const Range b = d.range_of(operands.y);
  const auto [low, high] = std::minmax({function(a.low, b.low), function(a.low, b.high),
                                        function(a.high, b.low), function(a.high, b.high)});
  return {low, high};
}

void add_or_sub(Draft& d) {
  const int32_t activation = d.pick(kClamps);
  const double spread = clamp_spread(d, activation);
  // int16 with scales that are powers of two: one input has the output's.
  const bool powers = d.dtype() == BATON_INT16 && d.pick_bool();
  const double integers = d.pick({8.0, 1000.0, 1e9});
  Side x = operand_side(d, spread, integers);
  Side y = operand_side(d, spread * d.pick({1.0, 0.3, 0.02}), integers);
  if (powers) {
    x.quantization = tflite::per_tensor(std::ldexp(1.0f, -12));
    y.quantization = tflite::per_tensor(std::ldexp(1.0f, -12 - d.random().between(0, 3)));
  }
  const Operands operands = make_operands(d, x, y);
  const bool sum = d.op().code == BATON_OP_ADD;
  const Quantization output =
      powers ? x.quantization : d.covering(results(d, operands, [&](double a, double b) {
        return sum ? a + b : a - b;
      }));
  if (powers && operands.x == operands.y) d.b.at(operands.x).quantization = x.quantization;
  d.node(d.op().code, {operands.x, operands.y}, output,
         d.attributes({{"fused_activation_function", static_cast<double>(activation)},
                       {"pot_scale_int16", powers ? 1.0 : 0.0}}));
}

void mul(Draft& d) {
  const int32_t activation = d.pick(kClamps);
  const double spread = clamp_spread(d, activation);
  const double other = d.pick({1.0, 0.04, 9.0});
  const double integers = d.pick({8.0, 300.0, 40000.0});
  const Operands operands =
      make_operands(d, operand_side(d, spread / other, integers), operand_side(d, other, integers));
  const Range all = results(d, operands, [](double a, double b) { return a * b; });
  // Most products are small. Now and then the output's scale is so fine that the fixed-point
  // arithmetic wraps, for which <baton/fixed_point.h> has a rule.
  const bool bytes = d.dtype() == BATON_INT8 || d.dtype() == BATON_UINT8;
  const bool fine = d.pick_index(8) == 7 && bytes && activation <= BATON_ACTIVATION_RELU;
  const double factor = fine ? std::ldexp(1.0, -25) : 0.5;
  const Quantization output = d.covering({all.low * factor, all.high * factor});
  d.node(BATON_OP_MUL, {operands.x, operands.y}, output,
         d.attributes({{"fused_activation_function", static_cast<double>(activation)}}));
}

void div(Draft& d) {
  const int32_t activation = d.pick(kClamps);
  const double spread = clamp_spread(d, activation);
  const double divisor = d.pick({1.0, 0.25, 6.0});
  Side x = operand_side(d, spread * divisor, 1000);
  Side y = operand_side(d, divisor, 12);
  y.content.without_zero = true;
  // Far from zero, so that results are of one size.
  if (d.dtype() == BATON_FLOAT32) y.content.low = divisor / 4;
  const Operands operands = make_operands(d, x, y);
  const Range a = d.range_of(operands.x);
  const double least = d.range_of(operands.y).root_mean_square() / 2;
  const double limit = std::max(-a.low, a.high) / least;
  d.node(BATON_OP_DIV, {operands.x, operands.y}, d.covering({-limit, limit}),
         d.attributes({{"fused_activation_function", static_cast<double>(activation)}}));
}

void squared_difference(Draft& d) {
  const double spread = d.pick({2.0, 0.1, 11.0});
  const double integers = d.pick({8.0, 20000.0});
  const Operands operands =
      make_operands(d, operand_side(d, spread, integers), operand_side(d, spread, integers));
  const Range all = results(d, operands, [](double a, double b) { return (a - b) * (a - b); });
  d.node(BATON_OP_SQUARED_DIFFERENCE, {operands.x, operands.y}, d.covering({0, all.high / 2}));
}

// The larger or smaller of elements that are compared as they are: all of one scale.
void extreme(Draft& d) {
  Side side = operand_side(d, d.pick({2.0, 0.1, 11.0}), d.pick({8.0, 1e9}));
  const Operands operands = make_operands(d, side, side);
  d.node(d.op().code, {operands.x, operands.y}, side.quantization);
}

void comparison(Draft& d) {
  // Few values, so that some are equal.
  const double integers = d.pick({2.0, 5.0});
  const double spread = d.pick({3.0, 0.5});
  const Side x = operand_side(d, spread, integers);
  Side y = d.pick_bool() ? x : operand_side(d, spread * 0.7, integers);
  const Operands operands = make_operands(d, x, y);
  const std::vector<Draft::OutputSpec> output = {{BATON_BOOL, {}}};
  d.node(d.op().code, {operands.x, operands.y}, output);
}

void logical(Draft& d) {
  const Operands operands = make_operands(d, {}, {});
  d.node(d.op().code, {operands.x, operands.y}, Quantization{});
}

// Integers that are no quantised reals.
Content integers(Draft& d, double limit) {
  const bool is_unsigned =
      d.dtype() == BATON_UINT8 || d.dtype() == BATON_UINT16 || d.dtype() == BATON_UINT32;
  const bool byte = d.dtype() == BATON_INT8 || d.dtype() == BATON_UINT8;
  if (byte) limit = std::min(limit, 127.0);
  return {.low = is_unsigned ? 0 : -limit, .high = limit};
}

void bits(Draft& d) {
  const bool shift = d.op().code == BATON_OP_RIGHT_SHIFT;
  const Side x{{}, integers(d, d.pick({20.0, 30000.0}))};
  const Side y = shift ? Side{{}, {.low = 0, .high = 9}} : x;
  const Operands operands = make_operands(d, x, y);
  d.node(d.op().code, {operands.x, operands.y}, Quantization{});
}

void floor_division(Draft& d) {
  const bool real = d.dtype() == BATON_FLOAT32;
  const Side x{{}, real ? Content{.low = -50, .high = 50} : integers(d, d.pick({12.0, 30000.0}))};
  Side y{{}, real ? Content{.low = -7, .high = 7} : integers(d, d.pick({5.0, 100.0}))};
  y.content.without_zero = true;
  const Operands operands = make_operands(d, x, y);
  d.node(d.op().code, {operands.x, operands.y}, Quantization{});
}

void pow(Draft& d) {
  const bool real = d.dtype() == BATON_FLOAT32;
  // No base below zero, no exponent below zero of integers.
  const Side side{{}, {.low = real ? 0.1 : 0.0, .high = real ? 3.0 : 5.0}};
  const Operands operands = make_operands(d, side, side);
  d.node(BATON_OP_POW, {operands.x, operands.y}, Quantization{});
}

void atan2(Draft& d) {
  const Side side{{}, {.low = -3, .high = 3, .bounded = false, .without_zero = true}};
  const Operands operands = make_operands(d, side, side);
  d.node(BATON_OP_ATAN2, {operands.x, operands.y}, Quantization{});
}

// Any number of tensors of one shape.
void add_n(Draft& d) {
  const Shape shape = d.shape_or_empty(d.pick({4u, 1u, 2u, 3u, 0u}));
  std::vector<TensorId> inputs;
  const uint32_t count = d.pick({2u, 3u, 5u});
  for (uint32_t i = 0; i < count; ++i) {
    inputs.push_back(i == 1 ? d.operand(shape, {.low = -9, .high = 9})
                            : d.input(shape, {.low = -9, .high = 9}));
  }
  if (d.pick_bool()) inputs.back() = inputs.front();
  d.node(BATON_OP_ADD_N, inputs, Quantization{});
}

constexpr Recipe kRecipes[] = {
    {BATON_OP_ADD, add_or_sub, 64},
    {BATON_OP_SUB, add_or_sub, 64},
    {BATON_OP_MUL, mul, 64},
    {BATON_OP_DIV, div, 48},
    {BATON_OP_SQUARED_DIFFERENCE, squared_difference, 48},
    {BATON_OP_MAXIMUM, extreme, 48},
    {BATON_OP_MINIMUM, extreme, 48},
    {BATON_OP_EQUAL, comparison, 48},
    {BATON_OP_NOT_EQUAL, comparison, 48},
    {BATON_OP_LESS, comparison, 48},
    {BATON_OP_LESS_EQUAL, comparison, 48},
    {BATON_OP_GREATER, comparison, 48},
    {BATON_OP_GREATER_EQUAL, comparison, 48},
    {BATON_OP_LOGICAL_AND, logical},
    {BATON_OP_LOGICAL_OR, logical},
    {BATON_OP_BITWISE_XOR, bits},
    {BATON_OP_RIGHT_SHIFT, bits},
    {BATON_OP_FLOOR_DIV, floor_division},
    {BATON_OP_FLOOR_MOD, floor_division},
    {BATON_OP_POW, pow},
    {BATON_OP_ATAN2, atan2},
    {BATON_OP_ADD_N, add_n},
};

}  // namespace

extern const Recipes binary_recipes{kRecipes};

}  // namespace baton::conformance
