// The graph in the form that a delegate sees: a whole subgraph to examine, or a partition of it to
// compile.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
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

// The constants that the nodes of a partition read, held aligned in the graph for a program.
class PartitionConstants {
 public:
  PartitionConstants(std::shared_ptr<const Graph> graph, const Partition& partition);
  ~PartitionConstants();
  PartitionConstants(const PartitionConstants&) = delete;
  PartitionConstants& operator=(const PartitionConstants&) = delete;

  // False when memory ran out.
  bool complete() const { return complete_; }
  // nullptr when the tensor is no constant of the partition, or was let go.
  const void* find(int32_t tensor) const;
  // Whether it is a constant of the partition, let go or not.
  bool holds(int32_t tensor) const;
  // The plugin has its own copy. [any thread]
  void let_go(int32_t tensor);

 private:
  struct Held {
    int32_t tensor;
    std::atomic<const void*> data;
    Held(int32_t t, const void* d) : tensor(t), data(d) {}
  };
  std::shared_ptr<const Graph> graph_;
  uint32_t subgraph_;
  std::deque<Held> held_;  // by tensor
  bool complete_ = true;
};

// Shapes come from `values` (by tensor index), or where that is empty from the graph. The view
// shows memory of `values` only while it is used; what a compiled program may keep belongs to the
// graph.
class GraphView {
 public:
  // Every node; `offered` by node index.
  GraphView(std::shared_ptr<const Graph> graph, uint32_t subgraph, std::span<const Value> values,
            std::span<const uint8_t> offered);
  // The nodes of the partition.
  GraphView(std::shared_ptr<const Graph> graph, const Partition& partition,
            std::span<const Value> values, PartitionConstants* constants);
  GraphView(const GraphView&) = delete;
  GraphView& operator=(const GraphView&) = delete;

  const baton_graph* abi() const { return &abi_; }
  // baton_host_ext_file_constants::find.
  static const void* file_constant(const baton_graph* partition, int32_t tensor);

 private:
  void fill_abi();
  void copy_tensors(std::span<const Value> values);

  std::shared_ptr<const Graph> graph_;
  const Subgraph& subgraph_;
  std::vector<baton_node> nodes_;
  std::vector<baton_tensor> tensors_;
  std::vector<int32_t> inputs_;
  std::vector<int32_t> outputs_;
  std::vector<int32_t> states_;
  PartitionConstants* constants_ = nullptr;  // compile only
  baton_graph abi_{};
};

// baton_shapes over the values of a session. Valid as long as `values`.
class ShapesView {
 public:
  ShapesView(std::span<const Value> values, uint32_t threads);
  ShapesView(const ShapesView&) = delete;
  ShapesView& operator=(const ShapesView&) = delete;
  const baton_shapes* abi() const { return &abi_; }

 private:
  std::span<const Value> values_;
  baton_shapes abi_{};
};

}  // namespace baton
