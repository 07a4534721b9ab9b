// The report of who runs what, in the structs of the public API.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "baton/baton.h"
#include "core/plan/plan.h"

// The public handle.
struct baton_placement {
  struct NodeRow {
    baton_node_placement row{};
    std::vector<baton_refusal> refusals;
  };
  std::vector<NodeRow> nodes;
  std::vector<baton_partition_placement> partitions;
  std::vector<std::string> events;
  // What the rows point to.
  std::vector<std::unique_ptr<std::string>> texts;

  const char* keep(const std::string& text) {
    texts.push_back(std::make_unique<std::string>(text));
    return texts.back()->c_str();
  }
};

namespace baton {

// Names of a delegate for the report.
struct DelegateNames {
  std::string delegate;
  std::string device;
};

// Adds a subgraph's rows. `values` give the sizes of what crosses borders.
void add_to_placement(const Subgraph& subgraph, std::span<const Value> values,
                      const SubgraphPlan& plan, std::span<const DelegateNames> names,
                      baton_placement* placement);

}  // namespace baton
