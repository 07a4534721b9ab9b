// A subgraph that a test builds by hand, and delegates' answers about it.
#pragma once

#include <cstdint>
#include <deque>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "core/plan/plan.h"

namespace baton::test {

// Operators that do nothing.
extern const Operator kPlainOp;   // 1000 units of work
extern const Operator kEffectOp;  // with a side effect
extern const Operator kNoKernelOp;

class TestGraph {
 public:
  TestGraph() = default;
  TestGraph(const TestGraph&) = delete;
  TestGraph& operator=(const TestGraph&) = delete;

  int32_t tensor(int32_t bytes = 64, uint32_t flags = 0);
  int32_t input(int32_t bytes = 64);
  // A node with one output of its own; returns the node's index, which is also `output_of`'s
  // argument.
  uint32_t node(std::vector<int32_t> inputs, const Operator* op = &kPlainOp, int32_t bytes = 64);
  int32_t output_of(uint32_t node) const { return subgraph_.nodes[node].abi.outputs[0]; }
  // Adds a node that reads what these nodes write.
  uint32_t after(const std::vector<uint32_t>& nodes, const Operator* op = &kPlainOp);
  void output(int32_t tensor) { subgraph_.outputs.push_back(tensor); }
  void fold(uint32_t node) { propagation_.nodes[node] = NodeShape::kFolded; }

  size_t size() const { return subgraph_.nodes.size(); }
  const Subgraph& subgraph() const { return subgraph_; }
  const Propagation& propagation() const { return propagation_; }
  std::vector<Value> values() const;
  bool folded(uint32_t node) const { return propagation_.nodes[node] == NodeShape::kFolded; }
  SubgraphPlan plan(const std::vector<DelegateOffer>& offers,
                    const PlanOptions& options = {}) const;

 private:
  const int32_t* keep(std::vector<int32_t> list);

  Subgraph subgraph_;
  Propagation propagation_;
  std::deque<std::vector<int32_t>> lists_;
};

// Says yes to the nodes named, no (reason DTYPE, "no N") to the others.
DelegateOffer offer_for(const TestGraph& graph, const std::vector<uint32_t>& nodes,
                        int64_t cost_ns = -1);

struct RandomOptions {
  size_t nodes = 9;
  uint32_t delegates = 1;
  double reference = 0.3;  // of the nodes are nobody's
  double variables = 0;    // of the nodes use one of two variables
  double effects = 0;
  double folded = 0;
};
struct RandomCase {
  TestGraph graph;
  std::vector<DelegateOffer> offers;
  std::vector<int32_t> owner;  // by node: delegate, or kReference
};
void make_random(std::mt19937& random, const RandomOptions& options, RandomCase* result);

// Everything about a plan, to compare.
std::string describe(const SubgraphPlan& plan);

}  // namespace baton::test
