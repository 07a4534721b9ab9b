// Tensors side by side along one axis: CONCATENATION and PACK write such a tensor, SPLIT, SPLIT_V
// and UNPACK read one.
#include "delegates/cpu/move.h"
#include "delegates/cpu/operators/rescaled_concatenation.h"

namespace baton::cpu {
namespace {

Refusal check_inputs(const NodeView& node) {
  if (const Refusal refusal = check_move(node)) return refusal;
  for (size_t i = 1; i < node.input_count(); ++i) {
    if (const Refusal refusal =
            first_of({require_plain("input", node.input(i)),
                      require_same_dtype("input", node.input(i), "output", node.output())})) {
      return refusal;
    }
  }
  return {};
}

Refusal check_outputs(const NodeView& node, size_t whole) {
  if (const Refusal refusal = check_move(node, whole)) return refusal;
  for (size_t i = 1; i < node.output_count(); ++i) {
    if (const Refusal refusal =
            require_same_dtype("input", node.input(whole), "output", node.output(i))) {
      return refusal;
    }
  }
  return {};
}

// ---- CONCATENATION ------------------------------------------------------------------------------

Refusal check_concatenation(const NodeView& node) {
  if (const Refusal refusal = check_inputs(node)) return refusal;
  const auto& attributes = node.attributes<baton_concatenation_attributes>();
  if (attributes.fused_activation_function != BATON_ACTIVATION_NONE) {
    return {BATON_REASON_ATTRIBUTE, "a fused activation is not supported"};
  }
  const Operand& output = node.output();
  for (size_t i = 0; i < node.input_count(); ++i) {
    const Operand& input = node.input(i);
    if (output.dtype() == BATON_INT8 && !same_quantization(input, output)) {
      return {BATON_REASON_QUANTIZATION,
              "an int8 input has another scale or zero point than the output"};
    }
    if (output.dtype() == BATON_INT16 && (input.zero_point() | output.zero_point()) != 0) {
      return {BATON_REASON_QUANTIZATION, "the zero points of int16 tensors must be 0"};
    }
    if (output.dtype() == BATON_UINT8 && !same_quantization(input, output)) {
      if (const Refusal refusal = check_rescaled(input, output)) return refusal;
    }
  }
  return {};
}

std::unique_ptr<Step> compile_concatenation(const NodeView& node, const Compiler& compiler) {
  const int32_t axis_attribute = node.attributes<baton_concatenation_attributes>().axis;
  for (size_t i = 0; i < node.input_count(); ++i) {
    if (node.output().dtype() == BATON_UINT8 && !same_quantization(node.input(i), node.output())) {
      return make_rescaled_concatenation(node, axis_attribute, compiler);
    }
  }
  return make_move(node, compiler, {}, [=](const MoveFacts& facts, Moves* moves) {
    const Dims& whole = facts.outputs[0];
    const size_t axis = resolve_axis(axis_attribute, whole.size());
    int64_t at = 0;
    for (size_t i = 0; i < facts.inputs.size(); ++i) {
      // Scalars make a vector.
      const Dims part = facts.inputs[i].empty() ? Dims{1} : facts.inputs[i];
      StridedCopy& copy = moves->copy(static_cast<int>(i));
      copy.start(0, at * step_of(whole, axis));
      add_box(&copy, part, part, whole);
      at += part[axis];
    }
  });
}

// ---- PACK, UNPACK -------------------------------------------------------------------------------

std::unique_ptr<Step> compile_pack(const NodeView& node, const Compiler& compiler) {
  const int32_t axis_attribute = node.attributes<baton_pack_attributes>().axis;
  return make_move(node, compiler, {}, [=](const MoveFacts& facts, Moves* moves) {
    const Dims& whole = facts.outputs[0];
    const size_t axis = resolve_axis(axis_attribute, whole.size());
    const int64_t inner = step_of(whole, axis);
    for (int64_t i = 0; i < whole[axis]; ++i) {
      moves->copy(static_cast<int>(i))
          .start(0, i * inner)
          .add(product(whole, 0, axis), inner, inner * whole[axis])
          .add(inner, 1, 1);
    }
  });
}

Refusal check_unpack(const NodeView& node) { return check_outputs(node, 0); }

std::unique_ptr<Step> compile_unpack(const NodeView& node, const Compiler& compiler) {
  const int32_t axis_attribute = node.attributes<baton_unpack_attributes>().axis;
  return make_move(node, compiler, {}, [=](const MoveFacts& facts, Moves* moves) {
    const Dims& whole = facts.inputs[0];
    const size_t axis = resolve_axis(axis_attribute, whole.size());
    const int64_t inner = step_of(whole, axis);
    for (int64_t i = 0; i < whole[axis]; ++i) {
      moves->copy(0, static_cast<int>(i))
          .start(i * inner, 0)
          .add(product(whole, 0, axis), inner * whole[axis], inner)
          .add(inner, 1, 1);
    }
  });
}

// ---- SPLIT, SPLIT_V -----------------------------------------------------------------------------

Refusal check_axis(const Operand& axis) {
  if (const Refusal refusal = require_dtype("axis", axis, {BATON_INT32})) return refusal;
  if (axis.count() == 1) return {};
  return {BATON_REASON_SHAPE, "the axis must be one int32"};
}

Refusal check_split(const NodeView& node) {
  return first_of({check_outputs(node, 1), check_axis(node.input(0))});
}

Refusal check_split_v(const NodeView& node) {
  return first_of({check_outputs(node, 0), check_axis(node.input(2)),
                   require_integers("sizes", node.input(1))});
}

// The outputs' shapes say how large the parts are.
Describe describe_split(size_t whole_input, size_t axis_input) {
  return [=](const MoveFacts& facts, Moves* moves) {
    const Dims& whole = facts.inputs[whole_input];
    const size_t axis = resolve_axis(facts.integers[axis_input][0], whole.size());
    int64_t at = 0;
    for (size_t i = 0; i < facts.outputs.size(); ++i) {
      const Dims& part = facts.outputs[i];
      StridedCopy& copy = moves->copy(static_cast<int>(whole_input), static_cast<int>(i));
      copy.start(at * step_of(whole, axis), 0);
      add_box(&copy, part, whole, part);
      at += part[axis];
    }
  };
}

std::unique_ptr<Step> compile_split(const NodeView& node, const Compiler& compiler) {
  return make_move(node, compiler, {0}, describe_split(1, 0));
}

std::unique_ptr<Step> compile_split_v(const NodeView& node, const Compiler& compiler) {
  return make_move(node, compiler, {1, 2}, describe_split(0, 2));
}

constexpr Operator kOperators[] = {
    {BATON_OP_CONCATENATION, 6, check_concatenation, compile_concatenation},
    {BATON_OP_PACK, 4, check_inputs, compile_pack},
    {BATON_OP_SPLIT, 4, check_split, compile_split},
    {BATON_OP_SPLIT_V, 2, check_split_v, compile_split_v},
    {BATON_OP_UNPACK, 5, check_unpack, compile_unpack},
};

}  // namespace

sdk::Span<const Operator> joins_operators() { return kOperators; }

}  // namespace baton::cpu
