#include <algorithm>

#include "baton/builtin_ops.h"
#include "core/base/dtype.h"
#include "core/model/verify_internal.h"

namespace baton::verify {
namespace {

// How deep calls may nest: each level takes stack while it runs.
constexpr uint32_t kMaxCallDepth = 64;

// How the arguments of a caller become those of a callee.
struct CallRule {
  int32_t code;
  size_t callee;             // position among the operator's callees
  uint32_t skipped_inputs;   // leading inputs that are not passed on (the condition)
  bool outputs_are_results;  // the caller's outputs are the callee's
  int32_t result_count;      // -1: as many as the caller's outputs
};

constexpr CallRule kCallRules[] = {
    {BATON_OP_IF, 0, 1, true, -1},
    {BATON_OP_IF, 1, 1, true, -1},
    {BATON_OP_WHILE, 0, 0, false, 1},
    {BATON_OP_WHILE, 1, 0, true, -1},
    {BATON_OP_CALL_ONCE, 0, 0, false, 0},
    {BATON_OP_CALL, 0, 0, true, -1},
    {BATON_OP_STABLEHLO_COMPOSITE, 0, 0, true, -1},
};

baton_dtype dtype_of_tensor(const schema::SubGraph& subgraph, int32_t index) {
  return static_cast<baton_dtype>(subgraph.tensors()->Get(static_cast<uint32_t>(index))->type());
}

struct Side {
  const schema::SubGraph& subgraph;
  std::span<const int32_t> tensors;
};

Status same_types(const char* what, const Side& caller, const Side& callee) {
  if (caller.tensors.size() != callee.tensors.size()) {
    return error(BATON_INVALID_MODEL, "has %zu %ss for the %zu of it", caller.tensors.size(), what,
                 callee.tensors.size());
  }
  for (size_t i = 0; i < caller.tensors.size(); ++i) {
    if (caller.tensors[i] < 0) {
      return error(BATON_INVALID_MODEL, "%s %zu is absent, but passed on", what, i);
    }
    const baton_dtype given = dtype_of_tensor(caller.subgraph, caller.tensors[i]);
    const baton_dtype wanted = dtype_of_tensor(callee.subgraph, callee.tensors[i]);
    if (given == wanted) continue;
    return error(BATON_INVALID_MODEL, "%s %zu is %s, but %s there", what, i, dtype_name(given),
                 dtype_name(wanted));
  }
  return {};
}

Status check_call(const Context& context, const schema::SubGraph& caller,
                  const schema::Operator& op, const CallRule& rule, uint32_t target) {
  const schema::SubGraph& callee = context.subgraph(target);
  const auto inputs = ints(op.inputs());
  const auto outputs = ints(op.outputs());
  if (inputs.size() < rule.skipped_inputs) {
    return error(BATON_INVALID_MODEL, "has %zu inputs, needs %u at least", inputs.size(),
                 rule.skipped_inputs);
  }
  BATON_RETURN_IF_ERROR(same_types("input", {caller, inputs.subspan(rule.skipped_inputs)},
                                   {callee, ints(callee.inputs())}));
  if (rule.outputs_are_results) {
    return same_types("output", {caller, outputs}, {callee, ints(callee.outputs())});
  }
  if (length(callee.outputs()) != static_cast<uint32_t>(rule.result_count)) {
    return error(BATON_INVALID_MODEL, "needs %d outputs of it, it has %u", rule.result_count,
                 length(callee.outputs()));
  }
  return {};
}

Status check_operator(const Context& context, const schema::SubGraph& caller,
                      const schema::Operator& op, std::span<const Callee> targets) {
  const int32_t code = operator_code(context.code(op));
  for (const CallRule& rule : kCallRules) {
    if (rule.code != code || rule.callee >= targets.size()) continue;
    const Callee& callee = targets[rule.callee];
    const Status status =
        check_call(context, caller, op, rule, static_cast<uint32_t>(callee.subgraph));
    if (!status.ok()) {
      return status.at(
          format("%s, subgraph %lld", callee.attribute, static_cast<long long>(callee.subgraph)));
    }
  }
  return {};
}

using CallGraph = std::vector<std::vector<uint32_t>>;

// Depth-first without recursion; `depth` is the longest chain of calls below a subgraph.
Status acyclic(const CallGraph& graph, uint32_t max_depth) {
  enum class Mark : uint8_t { kNew, kOpen, kDone };
  struct Frame {
    uint32_t subgraph;
    size_t next;
  };
  std::vector<Mark> marks(graph.size(), Mark::kNew);
  std::vector<uint32_t> depth(graph.size(), 0);
  std::vector<Frame> stack;
  for (uint32_t root = 0; root < graph.size(); ++root) {
    if (marks[root] != Mark::kNew) continue;
    marks[root] = Mark::kOpen;
    stack.push_back({root, 0});
    while (!stack.empty()) {
      Frame& frame = stack.back();
      const uint32_t caller = frame.subgraph;
      if (frame.next == graph[caller].size()) {
        marks[caller] = Mark::kDone;
        stack.pop_back();
        if (!stack.empty()) {
          uint32_t& above = depth[stack.back().subgraph];
          above = std::max(above, depth[caller] + 1);
        }
        continue;
      }
      const uint32_t callee = graph[caller][frame.next++];
      if (marks[callee] == Mark::kOpen) {
        return error(
            BATON_INVALID_MODEL,
            "subgraph %u calls subgraph %u, which leads back to itself: calls must not recur",
            caller, callee);
      }
      if (marks[callee] == Mark::kDone) {
        depth[caller] = std::max(depth[caller], depth[callee] + 1);
      } else {
        marks[callee] = Mark::kOpen;
        stack.push_back({callee, 0});
      }
    }
    if (depth[root] > max_depth) {
      return error(max_depth < kMaxCallDepth ? BATON_OUT_OF_MEMORY : BATON_INVALID_MODEL,
                   "subgraph %u: its calls nest %u deep, at most %u are allowed", root, depth[root],
                   max_depth);
    }
  }
  return {};
}

}  // namespace

Status calls(Context& context) {
  CallGraph graph(length(context.model.subgraphs()));
  for (uint32_t i = 0; i < graph.size(); ++i) {
    const schema::SubGraph& caller = context.subgraph(i);
    for (uint32_t j = 0; j < length(caller.operators()); ++j) {
      const schema::Operator& op = *caller.operators()->Get(j);
      const auto targets = callees(context, op);
      BATON_RETURN_IF_ERROR(context.spend(targets.size()));
      const Status status = check_operator(context, caller, op, targets);
      if (!status.ok()) return status.at(operator_place(i, j, operator_label(context.code(op))));
      for (const Callee& callee : targets)
        graph[i].push_back(static_cast<uint32_t>(callee.subgraph));
    }
  }
  const uint32_t asked = context.limits.max_subgraph_depth;
  return acyclic(graph, asked == 0 ? kMaxCallDepth : std::min(asked, kMaxCallDepth));
}

}  // namespace baton::verify
