// MATRIX_DIAG and MATRIX_SET_DIAG: a diagonal, and what lies between its elements: in a matrix of C
// columns, runs of C elements.
#include <algorithm>

#include "delegates/cpu/move.h"

namespace baton::cpu {
namespace {

// Copies the diagonals of all matrices, `length` elements each, from `input`.
void add_diagonals(int input, int64_t matrices, int64_t rows, int64_t columns, Moves* moves) {
  const int64_t length = std::min(rows, columns);
  moves->copy(input).add(matrices, length, rows * columns).add(length, 1, columns + 1);
}

Refusal check_diag(const NodeView& node) {
  return first_of({check_move(node), require_rank("input", node.input(0), 1, 7)});
}

std::unique_ptr<Step> compile_diag(const NodeView& node, const Compiler& compiler) {
  return make_move(node, compiler, {}, [](const MoveFacts& facts, Moves* moves) {
    const Dims& input = facts.inputs[0];
    const int64_t depth = input.back(), matrices = product(input, 0, input.size() - 1);
    add_diagonals(0, matrices, depth, depth, moves);
    moves->copy(Moves::kPadding)
        .start(0, 1)
        .add(matrices, 0, depth * depth)
        .add(depth - 1, 0, depth + 1)
        .add(depth, 0, 1);
  });
}

Refusal check_set_diag(const NodeView& node) {
  return first_of({check_move(node), require_rank("input", node.input(0), 2, 8),
                   require_plain("diagonal", node.input(1)),
                   require_same_dtype("input", node.input(0), "diagonal", node.input(1))});
}

std::unique_ptr<Step> compile_set_diag(const NodeView& node, const Compiler& compiler) {
  return make_move(node, compiler, {}, [](const MoveFacts& facts, Moves* moves) {
    const Dims& dims = facts.outputs[0];
    const size_t rank = dims.size();
    const int64_t rows = dims[rank - 2], columns = dims[rank - 1];
    const int64_t matrices = product(dims, 0, rank - 2), length = std::min(rows, columns);
    add_diagonals(1, matrices, rows, columns, moves);
    moves->copy(0)
        .start(1, 1)
        .add(matrices, rows * columns, rows * columns)
        .add(length - 1, columns + 1, columns + 1)
        .add(columns, 1, 1);
    const int64_t end = (length - 1) * (columns + 1) + 1;
    moves->copy(0)
        .start(end, end)
        .add(matrices, rows * columns, rows * columns)
        .add(rows * columns - end, 1, 1);
  });
}

constexpr Operator kOperators[] = {
    {BATON_OP_MATRIX_DIAG, 1, check_diag, compile_diag},
    {BATON_OP_MATRIX_SET_DIAG, 1, check_set_diag, compile_set_diag},
};

}  // namespace

sdk::Span<const Operator> diagonals_operators() { return kOperators; }

}  // namespace baton::cpu
