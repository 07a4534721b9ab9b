// FILL and ZEROS_LIKE: tensors of one value.
#include "delegates/cpu/move.h"

namespace baton::cpu {
namespace {

Refusal check_fill(const NodeView& node) {
  return first_of({require_plain("value", node.input(1)),
                   require_same_dtype("value", node.input(1), "output", node.output())});
}

std::unique_ptr<Step> compile_fill(const NodeView& node, const Compiler& compiler) {
  auto step = make_move(node, compiler, {}, [](const MoveFacts& facts, Moves* moves) {
    moves->copy(1).add(product(facts.outputs[0]), 0, 1);
  });
  step->inputs[0] = -1;  // the shape, which is known when this is prepared
  return step;
}

Refusal check_zeros_like(const NodeView& node) {
  return first_of({require_plain("input", node.input(0)),
                   require_same_dtype("input", node.input(0), "output", node.output())});
}

std::unique_ptr<Step> compile_zeros_like(const NodeView& node, const Compiler& compiler) {
  auto step = make_move(node, compiler, {}, [](const MoveFacts& facts, Moves* moves) {
    moves->copy(Moves::kPadding).add(product(facts.outputs[0]), 0, 1);
  });
  step->inputs.clear();  // only its shape counts
  return step;
}

constexpr Operator kOperators[] = {
    {BATON_OP_FILL, 4, check_fill, compile_fill},
    {BATON_OP_ZEROS_LIKE, 1, check_zeros_like, compile_zeros_like},
};

}  // namespace

sdk::Span<const Operator> fill_operators() { return kOperators; }

}  // namespace baton::cpu
