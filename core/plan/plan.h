// Who runs which node. A pure function of the graph, the delegates' answers and the options, so
// that it can be printed, replayed and tested.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/graph/graph.h"
#include "core/graph/propagate.h"
#include "core/host/delegate.h"

namespace baton {

// One delegate's answers about one subgraph, with what crossing over to its device costs.
struct DelegateOffer {
  uint64_t launch_ns = 0;
  uint64_t transfer_bytes_per_us = 0;         // 0: nothing is transferred
  std::vector<NodeAnswer> nodes;              // by node index
  std::vector<std::vector<uint32_t>> groups;  // proposed partitions; checked to be convex already
};

struct PlanOptions {
  uint32_t min_partition_nodes = 1;
  uint32_t max_partitions = 0;  // per delegate; 0: any number; the largest are kept
  bool weigh_costs = true;
};

inline constexpr int32_t kReference = -1;  // the core's own kernels

struct Refusal {
  int32_t delegate = 0;  // index in the user's order
  uint32_t reason = BATON_REASON_OTHER;
  std::string text;
};

struct Placement {
  int32_t delegate = kReference;
  int32_t partition = -1;  // in SubgraphPlan::partitions
  bool folded = false;
  int64_t cost_ns = -1;           // as the delegate that runs it said
  std::vector<Refusal> refusals;  // of delegates that do not run it, in the user's order
};

struct PlannedPartition : Partition {
  int32_t delegate = 0;  // index in the user's order
};

struct PlanStep {
  bool is_partition = false;
  uint32_t index = 0;  // of the partition, or of the node
};

struct SubgraphPlan {
  std::vector<Placement> placements;  // by node
  std::vector<PlannedPartition> partitions;
  std::vector<PlanStep> steps;  // in the order in which they run; folded nodes are in none
};

SubgraphPlan make_plan(const Subgraph& subgraph, std::span<const Value> values,
                       const Propagation& propagation, std::span<const DelegateOffer> offers,
                       const PlanOptions& options);

}  // namespace baton
