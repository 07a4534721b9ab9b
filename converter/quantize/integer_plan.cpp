#include "converter/quantize/integer_plan.h"

#include <algorithm>

namespace baton::quantize {
namespace {

using tflite::Operator;
using tflite::Tensor;
using tflite::TensorId;

std::optional<Range>& at(Ranges& ranges, TensorId id) { return ranges[static_cast<size_t>(id)]; }

// Whether an integer form can do something with an input in this role.
bool usable(const Editor& editor, Ranges& ranges, TensorId id, Role role) {
  if (role == Role::kOther) return true;
  const Tensor& tensor = editor.tensor(id);
  if (!editor.is_float(id) || tensor.is_variable) return false;
  // The range of a constant is missing when a value is not finite.
  if (editor.is_constant(id)) return at(ranges, id).has_value();
  // Constants that cannot be read here are sparse, or elsewhere.
  const bool unreadable = tensor.buffer != 0 || tensor.external_buffer != 0;
  return !unreadable && role != Role::kWeights && role != Role::kBias;
}

IntegerNode plan_node(const Editor& editor, const Operator& op, baton_dtype dtype, Ranges& ranges) {
  const Rule* rule = find_rule(editor.code_of(op));
  if (rule == nullptr || !(dtype == BATON_INT8 ? rule->int8 : rule->uint8)) return {};
  IntegerNode node{.rule = rule, .activations = {}, .outputs = {}};
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    const TensorId id = op.inputs[i];
    if (id < 0) continue;
    const Role role = role_of(*rule, i, editor.tensor(id).shape.size());
    if (!usable(editor, ranges, id, role)) return {};
    if (role == Role::kActivation || role == Role::kTable) node.activations.push_back(i);
  }
  for (size_t i = 0; i < op.outputs.size(); ++i) {
    if (editor.is_float(op.outputs[i])) node.outputs.push_back(i);
  }
  return node.activations.empty() ? IntegerNode{} : node;
}

// How often each tensor is read.
std::vector<int> count_uses(const Editor& editor) {
  std::vector<int> uses(editor.graph().tensors.size());
  const auto use = [&](TensorId id) {
    if (id >= 0) ++uses[static_cast<size_t>(id)];
  };
  for (const Operator& op : editor.operators()) {
    std::for_each(op.inputs.begin(), op.inputs.end(), use);
  }
  std::for_each(editor.graph().outputs.begin(), editor.graph().outputs.end(), use);
  return uses;
}

// What all of an operator's activations and its output fit into.
std::optional<Range> joint_range(const Editor& editor, const Operator& op, const IntegerNode& node,
                                 Ranges& ranges) {
  std::optional<Range> joint = at(ranges, op.outputs[0]);
  std::optional<Range> constants;
  for (const size_t i : node.activations) {
    const std::optional<Range>& range = at(ranges, op.inputs[i]);
    std::optional<Range>& sum = editor.is_constant(op.inputs[i]) ? constants : joint;
    if (range) sum = sum ? unite(*sum, *range) : *range;
  }
  // What counts of a constant is in the output: MAXIMUM(x, -1e9) shows nothing of it.
  return joint ? joint : constants;
}

// From the last operator to the first: an operator with one scale widens the ranges of its inputs
// to what all of them need. An input that is used elsewhere, too, keeps its own, finer scale.
void share_scales(const Editor& editor, IntegerPlan& plan) {
  const std::vector<int> uses = count_uses(editor);
  for (size_t n = plan.nodes.size(); n-- > 0;) {
    const Operator& op = editor.operators()[n];
    const IntegerNode& node = plan.nodes[n];
    if (node.rule == nullptr || node.rule->output != OutputScale::kSame) continue;
    // Where there are several, the parts of a whole do not decide for it.
    if (op.outputs.size() != 1 || node.outputs.size() != 1) continue;
    const std::optional<Range> joint = joint_range(editor, op, node, plan.ranges);
    if (!joint) continue;
    at(plan.ranges, op.outputs[0]) = joint;
    for (const size_t i : node.activations) {
      const TensorId id = op.inputs[i];
      const bool only_here = uses[static_cast<size_t>(id)] == 1;
      if (only_here && !editor.is_constant(id)) at(plan.ranges, id) = joint;
    }
  }
}

}  // namespace

IntegerPlan plan_integers(const Editor& editor, baton_dtype dtype, const Ranges& ranges) {
  IntegerPlan plan{.nodes = {}, .ranges = ranges};
  plan.ranges.resize(editor.graph().tensors.size());
  for (size_t i = 0; i < plan.ranges.size(); ++i) {
    const auto id = static_cast<TensorId>(i);
    if (editor.is_constant(id)) plan.ranges[i] = range_of(editor.values(id));
  }
  for (const Operator& op : editor.operators()) {
    plan.nodes.push_back(plan_node(editor, op, dtype, plan.ranges));
  }
  share_scales(editor, plan);
  return plan;
}

}  // namespace baton::quantize
