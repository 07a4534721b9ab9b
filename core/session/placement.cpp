#include "core/session/placement.h"

namespace baton {

void add_to_placement(const Subgraph& subgraph, std::span<const Value> values,
                      const SubgraphPlan& plan, std::span<const DelegateNames> names,
                      baton_placement* placement) {
  std::vector<const char*> delegates, devices;
  for (const DelegateNames& name : names) {
    delegates.push_back(placement->keep(name.delegate));
    devices.push_back(placement->keep(name.device));
  }

  for (uint32_t i = 0; i < plan.placements.size(); ++i) {
    const Placement& from = plan.placements[i];
    baton_placement::NodeRow node;
    baton_node_placement& row = node.row;
    row.struct_size = sizeof(row);
    row.subgraph = subgraph.index;
    row.node = i;
    row.op = subgraph.nodes[i].abi.op;
    row.op_name = placement->keep(subgraph.nodes[i].abi.name);
    const bool on_reference = from.delegate == kReference;
    row.delegate = on_reference ? "reference" : delegates[static_cast<size_t>(from.delegate)];
    row.device = on_reference ? "" : devices[static_cast<size_t>(from.delegate)];
    row.partition = from.partition;
    row.folded = from.folded ? 1 : 0;
    row.cost_ns = from.cost_ns;
    for (const Refusal& refusal : from.refusals) {
      node.refusals.push_back({sizeof(baton_refusal), refusal.reason,
                               delegates[static_cast<size_t>(refusal.delegate)],
                               placement->keep(refusal.text)});
    }
    row.refusal_count = static_cast<uint32_t>(node.refusals.size());
    placement->nodes.push_back(std::move(node));
  }

  for (uint32_t p = 0; p < plan.partitions.size(); ++p) {
    const PlannedPartition& from = plan.partitions[p];
    baton_partition_placement row{};
    row.struct_size = sizeof(row);
    row.subgraph = subgraph.index;
    row.partition = p;
    row.node_count = static_cast<uint32_t>(from.nodes.size());
    row.delegate = delegates[static_cast<size_t>(from.delegate)];
    row.device = devices[static_cast<size_t>(from.delegate)];
    row.input_count = static_cast<uint32_t>(from.inputs.size());
    row.output_count = static_cast<uint32_t>(from.outputs.size());
    for (const auto* list : {&from.inputs, &from.outputs}) {
      for (const int32_t t : *list) row.crossing_bytes += values[static_cast<size_t>(t)].bytes();
    }
    placement->partitions.push_back(row);
  }
}

}  // namespace baton
