#include "tests/golden/cpu_runs.h"

#include <cstring>

namespace baton::test {
namespace {

// Types of tensors of which not every operator is taken.
bool has_rare_type(const baton_graph& graph, const int32_t* tensors, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    if (tensors[i] < 0) continue;
    const baton_dtype dtype = graph.tensor(&graph, tensors[i])->dtype;
    if (dtype == BATON_INT16) return true;
  }
  return false;
}

// What stays with the core.
bool may_stay(const baton_graph& graph, const baton_node& node, uint32_t reason) {
  switch (reason) {
    case BATON_REASON_HOST_ONLY:
    case BATON_REASON_DYNAMIC_SHAPE:
      return true;
    case BATON_REASON_OP_UNKNOWN:
      return node.op == BATON_OP_CUSTOM;
    case BATON_REASON_DTYPE:
      // QUANTIZE takes float32 and 8 bits.
      return has_rare_type(graph, node.inputs, node.input_count) ||
             has_rare_type(graph, node.outputs, node.output_count) ||
             (node.op == BATON_OP_QUANTIZE &&
              graph.tensor(&graph, node.inputs[0])->dtype == BATON_INT32);
    default:
      return false;
  }
}

}  // namespace

uint32_t nodes_on_cpu(ModelRun& run) {
  const Placement placement = run.session().placement();
  uint32_t count = 0;
  for (uint32_t i = 0; i < placement.node_count(); ++i) {
    count += std::strcmp(placement.node(i).delegate, "cpu") == 0;
  }
  return count;
}

std::string first_left_behind(ModelRun& run) {
  const Placement placement = run.session().placement();
  for (uint32_t i = 0; i < placement.node_count(); ++i) {
    const baton_node_placement& placed = placement.node(i);
    if (placed.folded || std::strcmp(placed.delegate, "cpu") == 0) continue;
    const std::string node = "node " + std::to_string(placed.node) + " (" + placed.op_name + ")";
    if (placed.refusal_count == 0) return node + ": without a reason";
    const baton_graph& graph = *run.model().subgraph(placed.subgraph);
    const baton_refusal& refusal = placement.refusal(i, 0);
    for (uint32_t n = 0; n < graph.node_count(&graph); ++n) {
      const baton_node& candidate = *graph.node(&graph, n);
      if (candidate.index == placed.node && !may_stay(graph, candidate, refusal.reason)) {
        return node + ": " + refusal.text;
      }
    }
  }
  return "";
}

}  // namespace baton::test
