// LSTM, full and basic kernel, and UNIDIRECTIONAL_SEQUENCE_LSTM.
#include "delegates/cpu/lstm_basic.h"
#include "delegates/cpu/lstm_work.h"

namespace baton::cpu {
namespace {

bool basic(const NodeView& node) {
  return node.op() == BATON_OP_LSTM &&
         node.attributes<baton_lstm_attributes>().kernel_type == BATON_LSTM_KERNEL_TYPE_BASIC;
}

Refusal check(const NodeView& node) {
  if (basic(node)) return check_basic_lstm(node);
  LstmCell cell;
  return read_lstm(node, &cell);
}

std::unique_ptr<Step> compile(const NodeView& node, const Compiler& compiler) {
  if (basic(node)) return compile_basic_lstm(node, compiler);
  LstmCell cell;
  read_lstm(node, &cell);
  return cell.kind == LstmKind::kInteger ? compile_integer_lstm(cell, compiler)
                                         : compile_real_lstm(cell, compiler);
}

constexpr Operator kOperators[] = {
    {BATON_OP_LSTM, 4, check, compile},
    {BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, 4, check, compile},
};

}  // namespace

sdk::Span<const Operator> lstm_operators() { return kOperators; }

}  // namespace baton::cpu
