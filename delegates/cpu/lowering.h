// From a partition to the list of nodes that steps are made of: constants that other constants
// determine are computed, neighbours are fused.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "delegates/cpu/node.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/strip.h"

namespace baton::cpu {

struct LoweredNode {
  NodeView view;
  const Operator* op;
  std::vector<NodeShare> shares;       // nodes of the file that it does the work of
  std::shared_ptr<const Strip> strip;  // instead of view and op: several nodes in one step
};

struct Lowered {
  std::vector<LoweredNode> nodes;  // in an order in which they can run
  struct Computed {
    std::shared_ptr<std::byte> memory;
    int32_t source;  // the constant that it was computed from
  };
  std::map<int32_t, Computed> constants;  // by tensor
  std::set<int32_t> lifted;               // int8 tensors that are uint8 in memory
};

// A node as it is, for examine.
NodeView view_of(const sdk::Graph& graph, const sdk::Node& node);

Lowered lower(const sdk::Graph& partition, const Compiler& compiler);

}  // namespace baton::cpu
