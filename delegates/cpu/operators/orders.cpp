// The same elements in another order of dimensions or indices, or again and again: TRANSPOSE,
// REVERSE_V2, TILE, BROADCAST_TO.
#include "delegates/cpu/move.h"

namespace baton::cpu {
namespace {

Refusal check_transpose(const NodeView& node) {
  return first_of({check_move(node), require_dtype("permutation", node.input(1), {BATON_INT32})});
}

std::unique_ptr<Step> compile_transpose(const NodeView& node, const Compiler& compiler) {
  return make_move(node, compiler, {1}, [](const MoveFacts& facts, Moves* moves) {
    const Dims &input = facts.inputs[0], &output = facts.outputs[0];
    StridedCopy& copy = moves->copy(0);
    for (size_t i = 0; i < output.size(); ++i) {
      const size_t axis = resolve_axis(facts.integers[1][i], input.size());
      if (input[axis] != output[i]) refuse_values("the permutation does not give the output");
      copy.add(output[i], step_of(input, axis), step_of(output, i));
    }
  });
}

Refusal check_reverse(const NodeView& node) {
  return first_of({check_move(node), require_dtype("axes", node.input(1), {BATON_INT32})});
}

std::unique_ptr<Step> compile_reverse(const NodeView& node, const Compiler& compiler) {
  return make_move(node, compiler, {1}, [](const MoveFacts& facts, Moves* moves) {
    const Dims& dims = facts.inputs[0];
    std::vector<bool> reversed(dims.size(), false);
    for (const int64_t listed : facts.integers[1]) {
      const size_t axis = resolve_axis(listed, dims.size());
      if (reversed[axis]) refuse_values("axis " + std::to_string(axis) + " is listed twice");
      reversed[axis] = true;
    }
    StridedCopy& copy = moves->copy(0);
    int64_t first = 0;
    for (size_t i = 0; i < dims.size(); ++i) {
      const int64_t step = step_of(dims, i);
      if (reversed[i]) first += (dims[i] - 1) * step;
      copy.add(dims[i], reversed[i] ? -step : step, step);
    }
    copy.start(first, 0);
  });
}

Refusal check_tile(const NodeView& node) {
  return first_of({check_move(node), require_integers("multiples", node.input(1))});
}

// The shapes say how often, whatever the second input has.
std::unique_ptr<Step> compile_tile(const NodeView& node, const Compiler& compiler) {
  auto step = make_move(node, compiler, {}, [](const MoveFacts& facts, Moves* moves) {
    const Dims &input = facts.inputs[0], &output = facts.outputs[0];
    StridedCopy& copy = moves->copy(0);
    for (size_t i = 0; i < input.size(); ++i) {
      copy.add(output[i] / input[i], 0, input[i] * step_of(output, i));
      copy.add(input[i], step_of(input, i), step_of(output, i));
    }
  });
  step->inputs.resize(1);
  return step;
}

Refusal check_broadcast(const NodeView& node) {
  return first_of({check_move(node), require_integers("shape", node.input(1))});
}

std::unique_ptr<Step> compile_broadcast(const NodeView& node, const Compiler& compiler) {
  auto step = make_move(node, compiler, {}, [](const MoveFacts& facts, Moves* moves) {
    const Dims &input = facts.inputs[0], &output = facts.outputs[0];
    const size_t extra = output.size() - input.size();
    StridedCopy& copy = moves->copy(0);
    for (size_t i = 0; i < output.size(); ++i) {
      const bool repeated = i < extra || input[i - extra] == 1;
      copy.add(output[i], repeated ? 0 : step_of(input, i - extra), step_of(output, i));
    }
  });
  step->inputs.resize(1);
  return step;
}

constexpr Operator kOperators[] = {
    {BATON_OP_BROADCAST_TO, 3, check_broadcast, compile_broadcast},
    {BATON_OP_REVERSE_V2, 4, check_reverse, compile_reverse},
    {BATON_OP_TILE, 3, check_tile, compile_tile},
    {BATON_OP_TRANSPOSE, 9, check_transpose, compile_transpose},
};

}  // namespace

sdk::Span<const Operator> orders_operators() { return kOperators; }

}  // namespace baton::cpu
