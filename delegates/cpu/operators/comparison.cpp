// EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL.
#include <array>
#include <utility>

#include "baton/fixed_point.h"
#include "delegates/cpu/elementwise.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/plain_binary.h"
#include "delegates/cpu/quantized.h"
#include "delegates/kernels/elementwise.h"
#include "delegates/kernels/kernel.h"

namespace baton::cpu {
namespace {

enum class Predicate : uint8_t { kEqual, kNotEqual, kLess, kLessEqual };

struct Form {
  int32_t op;
  const char* kernel;
  Predicate predicate;
  bool swaps;  // the inputs: a > b is b < a
};

constexpr Form kForms[] = {
    {BATON_OP_EQUAL, "equal", Predicate::kEqual, false},
    {BATON_OP_NOT_EQUAL, "not_equal", Predicate::kNotEqual, false},
    {BATON_OP_LESS, "less", Predicate::kLess, false},
    {BATON_OP_LESS_EQUAL, "less_equal", Predicate::kLessEqual, false},
    {BATON_OP_GREATER, "less", Predicate::kLess, true},
    {BATON_OP_GREATER_EQUAL, "less_equal", Predicate::kLessEqual, true},
};

const Form& form_of(const NodeView& node) {
  for (const Form& form : kForms) {
    if (form.op == node.op()) return form;
  }
  return kForms[0];
}

template <typename T>
bool holds(Predicate predicate, T a, T b) {
  switch (predicate) {
    case Predicate::kEqual:
      return a == b;
    case Predicate::kNotEqual:
      return a != b;
    case Predicate::kLess:
      return a < b;
    default:
      return a <= b;
  }
}

bool is_equality(const NodeView& node) {
  return node.op() == BATON_OP_EQUAL || node.op() == BATON_OP_NOT_EQUAL;
}

// 8-bit inputs are compared as real numbers where they are quantised.
bool is_quantized(const NodeView& node) {
  return is_byte(node.input(0).dtype()) && node.input(0).quantized();
}

Refusal check(const NodeView& node) {
  if (node.input(0) && node.input(0).dtype() == BATON_BOOL && !is_equality(node)) {
    return {BATON_REASON_DTYPE, "the inputs have type bool, which has no order"};
  }
  if (const Refusal refusal = first_of(
          {require_dtype(
               "first input", node.input(0),
               {BATON_FLOAT32, BATON_INT32, BATON_INT64, BATON_INT8, BATON_UINT8, BATON_BOOL}),
           require_same_dtype("first input", node.input(0), "second", node.input(1)),
           require_dtype("output", node.output(), {BATON_BOOL}), require_broadcast(node)})) {
    return refusal;
  }
  if (!is_quantized(node)) return {};
  return first_of({require_quantized("first input", node.input(0)),
                   require_quantized("second input", node.input(1))});
}

// Each value times its scale, by the value's bits.
using ScaledValues = std::array<int32_t, 256>;

ScaledValues scaled_values(const Operand& input) {
  constexpr int32_t kLeftShift = 8;
  int32_t multiplier, shift;
  baton_quantize_multiplier(static_cast<double>(input.scale()), &multiplier, &shift);
  ScaledValues values{};
  for (int32_t x = lowest_of(input.dtype()); x <= highest_of(input.dtype()); ++x) {
    values[static_cast<uint8_t>(x)] = baton_multiply_by_quantized_multiplier(
        (x - input.zero_point()) * (1 << kLeftShift), multiplier, shift);
  }
  return values;
}

template <typename T, typename Fn>
std::unique_ptr<Step> make_predicate_step(const NodeView& node, Fn fn) {
  return make_plain_binary_step<T, uint8_t>(node,
                                            [fn](T a, T b) -> uint8_t { return fn(a, b) ? 1 : 0; });
}

std::unique_ptr<Step> compile_quantized(const NodeView& node) {
  const Form& form = form_of(node);
  const ScaledValues left = scaled_values(node.input(0)), right = scaled_values(node.input(1));
  const auto compare = [=, predicate = form.predicate, swaps = form.swaps](uint8_t a, uint8_t b) {
    return swaps ? holds(predicate, right[b], left[a]) : holds(predicate, left[a], right[b]);
  };
  return make_predicate_step<uint8_t>(node, compare);
}

std::unique_ptr<Step> compile_kernel(const NodeView& node, const char* types,
                                     const Compiler& compiler) {
  constexpr double kNs = 0.2;
  const Form& form = form_of(node);
  const auto run = kernels::find<kernels::BinaryFunction>(form.kernel, types, compiler.isa());
  if (!form.swaps) return make_binary_step(node, kernels::BinaryArgs{}, run, kNs);
  NodeView swapped = node;
  swapped.set_input(0, node.input(1));
  swapped.set_input(1, node.input(0));
  return make_binary_step(swapped, kernels::BinaryArgs{}, run, kNs);
}

template <typename T>
std::unique_ptr<Step> compile_plain(const NodeView& node) {
  const Form& form = form_of(node);
  return make_predicate_step<T>(node, [predicate = form.predicate, swaps = form.swaps](T a, T b) {
    return swaps ? holds(predicate, b, a) : holds(predicate, a, b);
  });
}

std::unique_ptr<Step> compile(const NodeView& node, const Compiler& compiler) {
  if (is_quantized(node)) return compile_quantized(node);
  const bool equal = node.op() == BATON_OP_EQUAL;
  switch (node.input(0).dtype()) {
    case BATON_FLOAT32:
      return compile_kernel(node, "f32", compiler);
    case BATON_INT32:
      return compile_kernel(node, "s32", compiler);
    case BATON_UINT8:
      return compile_kernel(node, "u8", compiler);
    case BATON_INT64:
      return compile_plain<int64_t>(node);
    case BATON_INT8:
      return compile_plain<int8_t>(node);
    default:
      // Whatever byte is not 0 is true.
      return make_predicate_step<uint8_t>(
          node, [equal](uint8_t a, uint8_t b) { return ((a != 0) == (b != 0)) == equal; });
  }
}

constexpr Operator kOperators[] = {
    {BATON_OP_EQUAL, 2, check, compile},         {BATON_OP_GREATER, 2, check, compile},
    {BATON_OP_GREATER_EQUAL, 2, check, compile}, {BATON_OP_LESS, 2, check, compile},
    {BATON_OP_LESS_EQUAL, 2, check, compile},    {BATON_OP_NOT_EQUAL, 2, check, compile},
};

}  // namespace

sdk::Span<const Operator> comparison_operators() { return kOperators; }

}  // namespace baton::cpu
