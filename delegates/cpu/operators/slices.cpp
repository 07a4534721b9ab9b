// Boxes of a tensor: SLICE reads one, DYNAMIC_UPDATE_SLICE replaces one.
#include <algorithm>

#include "delegates/cpu/move.h"

namespace baton::cpu {
namespace {

Refusal check_slice(const NodeView& node) {
  return first_of({check_move(node), require_integers("begin", node.input(1)),
                   require_integers("size", node.input(2))});
}

std::unique_ptr<Step> compile_slice(const NodeView& node, const Compiler& compiler) {
  // The output's shape says what the sizes are.
  return make_move(node, compiler, {1}, [](const MoveFacts& facts, Moves* moves) {
    const Dims &whole = facts.inputs[0], &part = facts.outputs[0];
    const Dims& begin = facts.integers[1];
    for (size_t i = 0; i < whole.size(); ++i) {
      if (begin[i] < 0 || begin[i] > whole[i] - part[i]) {
        refuse_values("begin " + std::to_string(begin[i]) + " and size " + std::to_string(part[i]) +
                      " leave dimension " + std::to_string(i) + ", which has size " +
                      std::to_string(whole[i]));
      }
    }
    StridedCopy& copy = moves->copy(0);
    copy.start(offset_of(whole, begin), 0);
    add_box(&copy, part, whole, part);
  });
}

Refusal check_update(const NodeView& node) {
  return first_of({check_move(node), require_plain("update", node.input(1)),
                   require_same_dtype("operand", node.input(0), "update", node.input(1)),
                   require_integers("start", node.input(2))});
}

std::unique_ptr<Step> compile_update(const NodeView& node, const Compiler& compiler) {
  return make_move(node, compiler, {2}, [](const MoveFacts& facts, Moves* moves) {
    const Dims &whole = facts.outputs[0], &part = facts.inputs[1];
    Dims begin = facts.integers[2];
    // Moved so far that the update fits.
    for (size_t i = 0; i < whole.size(); ++i) {
      begin[i] = std::clamp<int64_t>(begin[i], 0, whole[i] - part[i]);
    }
    StridedCopy& update = moves->copy(1);
    update.start(0, offset_of(whole, begin));
    add_box(&update, part, part, whole);
    around_box(whole, begin, part, [&](const Dims& at, const Dims& size) {
      const int64_t offset = offset_of(whole, at);
      StridedCopy& rest = moves->copy(0);
      rest.start(offset, offset);
      add_box(&rest, size, whole, whole);
    });
  });
}

constexpr Operator kOperators[] = {
    {BATON_OP_DYNAMIC_UPDATE_SLICE, 6, check_update, compile_update},
    {BATON_OP_SLICE, 8, check_slice, compile_slice},
};

}  // namespace

sdk::Span<const Operator> slices_operators() { return kOperators; }

}  // namespace baton::cpu
