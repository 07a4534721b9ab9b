// The graph in the form that a delegate sees: a whole subgraph to examine, or a partition of it to
// compile.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "baton/plugin.h"
#include "core/graph/graph.h"
#include "core/ops/value.h"

namespace baton {

// Nodes of one subgraph that run together, and the tensors that cross their border. Deterministic:
// the same nodes give the same lists.
struct Partition {
  uint32_t subgraph = 0;
  std::vector<uint32_t> nodes;   // ascending
  std::vector<int32_t> inputs;   // by first use; no constants, no variables
  std::vector<int32_t> outputs;  // by node: read outside, or an output of the subgraph
  std::vector<int32_t> states;   // variable tensors, by first use
};

Partition make_partition(const Subgraph& subgraph, std::vector<uint32_t> nodes);

// True when no path leads out of `nodes` (ascending) and back in. Otherwise *between gets a node on
// such a path.
bool is_convex(const Subgraph& subgraph, std::span<const uint32_t> nodes, uint32_t* between);

// Shapes come from `values` (by tensor index), or where that is empty from the graph. The view shows
// memory of `values` only while it is used; what a compiled program may keep belongs to the graph.
class GraphView {
 public:
  // Every node; `offered` by node index.
  GraphView(std::shared_ptr<const Graph> graph, uint32_t subgraph, std::span<const Value> values,
            std::span<const uint8_t> offered);
  // The nodes of the partition, with constants aligned.
  GraphView(std::shared_ptr<const Graph> graph, const Partition& partition,
            std::span<const Value> values);
  GraphView(const GraphView&) = delete;
  GraphView& operator=(const GraphView&) = delete;

  const baton_graph* abi() const { return &abi_; }

 private:
  void fill_abi();
  void copy_tensors(std::span<const Value> values);

  static const GraphView& self(const baton_graph* graph);

  std::shared_ptr<const Graph> graph_;
  const Subgraph& subgraph_;
  std::vector<baton_node> nodes_;
  std::vector<baton_tensor> tensors_;
  std::vector<int32_t> inputs_;
  std::vector<int32_t> outputs_;
  std::vector<int32_t> states_;
  baton_graph abi_{};
  bool partition_ = false;
};

// baton_shapes over the values of a session. Valid as long as `values`.
class ShapesView {
 public:
  explicit ShapesView(std::span<const Value> values);
  ShapesView(const ShapesView&) = delete;
  ShapesView& operator=(const ShapesView&) = delete;
  const baton_shapes* abi() const { return &abi_; }

 private:
  std::span<const Value> values_;
  baton_shapes abi_{};
};

}  // namespace baton
