#include "tests/plan/schedule_oracle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace baton::test {
namespace {

bool has(std::span<const int32_t> list, int32_t value) {
  return std::ranges::find(list, value) != list.end();
}

}  // namespace

bool must_follow(const TestGraph& graph, uint32_t earlier, uint32_t later) {
  if (earlier >= later || graph.folded(earlier) || graph.folded(later)) return false;
  const Subgraph& subgraph = graph.subgraph();
  const Node &a = subgraph.nodes[earlier], &b = subgraph.nodes[later];
  for (const int32_t t : a.outputs()) {
    if (has(b.inputs(), t)) return true;
  }
  for (const int32_t t : subgraph.variables) {
    if (has(a.inputs(), t) && has(b.inputs(), t)) return true;
  }
  return a.op != nullptr && b.op != nullptr && (a.op->flags & b.op->flags & kSideEffect) != 0;
}

size_t fewest_partitions(const TestGraph& graph, const std::vector<int32_t>& owner) {
  const auto count = static_cast<uint32_t>(graph.size());
  std::vector<uint32_t> needs(count, 0);
  uint32_t all = 0;
  for (uint32_t i = 0; i < count; ++i) {
    if (!graph.folded(i)) all |= 1u << i;
    for (uint32_t j = 0; j < i; ++j) {
      if (must_follow(graph, j, i)) needs[i] |= 1u << j;
    }
  }
  // By (what has run, who ran last): runs so far. Sets in ascending order: a larger one comes
  // later.
  std::map<std::pair<uint32_t, int32_t>, size_t> best{{{0, kReference}, 0}};
  size_t fewest = SIZE_MAX;
  for (const auto& [state, runs] : best) {
    const auto [done, last] = state;
    if (done == all) fewest = std::min(fewest, runs);
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t bit = 1u << i;
      if (!(all & bit) || (done & bit) || (needs[i] & ~done)) continue;
      const size_t more = runs + (owner[i] != kReference && owner[i] != last ? 1 : 0);
      const auto [entry, fresh] = best.try_emplace({done | bit, owner[i]}, more);
      if (!fresh) entry->second = std::min(entry->second, more);
    }
  }
  return fewest;
}

size_t file_order_partitions(const TestGraph& graph, const std::vector<int32_t>& owner) {
  size_t runs = 0;
  int32_t last = kReference;
  for (uint32_t i = 0; i < graph.size(); ++i) {
    if (graph.folded(i)) continue;
    if (owner[i] != kReference && owner[i] != last) ++runs;
    last = owner[i];
  }
  return runs;
}

void expect_valid(const TestGraph& graph, const std::vector<DelegateOffer>& offers,
                  const SubgraphPlan& plan) {
  const Subgraph& subgraph = graph.subgraph();
  const auto count = static_cast<uint32_t>(graph.size());
  ASSERT_EQ(plan.placements.size(), count);

  // Each node in one step, each partition in one step.
  std::vector<int> step_of(count, -1);
  std::set<uint32_t> seen;
  for (size_t s = 0; s < plan.steps.size(); ++s) {
    const PlanStep& step = plan.steps[s];
    std::vector<uint32_t> nodes{step.index};
    if (step.is_partition) {
      ASSERT_LT(step.index, plan.partitions.size());
      EXPECT_TRUE(seen.insert(step.index).second) << "partition " << step.index << " runs twice";
      nodes = plan.partitions[step.index].nodes;
      EXPECT_TRUE(std::ranges::is_sorted(nodes));
      EXPECT_FALSE(nodes.empty());
    }
    for (const uint32_t node : nodes) {
      ASSERT_LT(node, count);
      EXPECT_EQ(step_of[node], -1) << "node " << node << " runs twice";
      step_of[node] = static_cast<int>(s);
      const Placement& placement = plan.placements[node];
      EXPECT_EQ(placement.partition, step.is_partition ? static_cast<int32_t>(step.index) : -1);
      EXPECT_EQ(placement.delegate,
                step.is_partition ? plan.partitions[step.index].delegate : kReference);
    }
  }
  EXPECT_EQ(seen.size(), plan.partitions.size());
  for (uint32_t i = 0; i < count; ++i) {
    EXPECT_EQ(step_of[i] == -1, graph.folded(i)) << "node " << i;
    EXPECT_EQ(plan.placements[i].folded, graph.folded(i));
  }

  // The order, and no path out of a partition and back in.
  std::vector<std::vector<bool>> path(count, std::vector<bool>(count, false));
  for (uint32_t i = count; i-- > 0;) {
    for (uint32_t j = i + 1; j < count; ++j) {
      if (!must_follow(graph, i, j)) continue;
      EXPECT_LE(step_of[i], step_of[j]) << "node " << j << " runs before " << i;
      path[i][j] = true;
      for (uint32_t k = j + 1; k < count; ++k) path[i][k] = path[i][k] || path[j][k];
    }
  }
  for (const PlannedPartition& partition : plan.partitions) {
    const auto inside = [&](uint32_t i) { return std::ranges::count(partition.nodes, i) != 0; };
    for (const uint32_t a : partition.nodes) {
      for (const uint32_t b : partition.nodes) {
        for (uint32_t between = a + 1; between < b; ++between) {
          EXPECT_FALSE(!inside(between) && path[a][between] && path[between][b])
              << "node " << between << " lies between " << a << " and " << b;
        }
      }
    }
    // Borders: what comes in and what goes out, and nothing else.
    std::set<int32_t> inputs, outputs, states;
    for (const uint32_t i : partition.nodes) {
      for (const int32_t t : subgraph.nodes[i].inputs()) {
        if (t < 0) continue;
        const auto index = static_cast<size_t>(t);
        const int32_t producer = subgraph.producer[index];
        if (subgraph.tensors[index].flags & BATON_TENSOR_VARIABLE) {
          states.insert(t);
        } else if (producer < 0 || !inside(static_cast<uint32_t>(producer))) {
          inputs.insert(t);
        }
      }
      for (const int32_t t : subgraph.nodes[i].outputs()) {
        bool read = has(subgraph.outputs, t);
        for (uint32_t j = 0; j < count; ++j) {
          read = read || (!graph.folded(j) && !inside(j) && has(subgraph.nodes[j].inputs(), t));
        }
        if (read) outputs.insert(t);
      }
    }
    const auto as_set = [](const std::vector<int32_t>& list) {
      return std::set<int32_t>(list.begin(), list.end());
    };
    EXPECT_EQ(as_set(partition.inputs), inputs);
    EXPECT_EQ(as_set(partition.outputs), outputs);
    EXPECT_EQ(as_set(partition.states), states);
    EXPECT_EQ(partition.inputs.size(), inputs.size());
    EXPECT_EQ(partition.outputs.size(), outputs.size());
  }

  // Whoever runs a node said yes; every delegate that does not run it is accounted for.
  for (uint32_t i = 0; i < count; ++i) {
    const Placement& placement = plan.placements[i];
    std::vector<int32_t> told, expected;
    for (const Refusal& refusal : placement.refusals) {
      told.push_back(refusal.delegate);
      EXPECT_NE(refusal.reason, BATON_REASON_NONE);
      EXPECT_FALSE(refusal.text.empty());
    }
    for (int32_t d = 0; d < static_cast<int32_t>(offers.size()); ++d) {
      if (d != placement.delegate) expected.push_back(d);
    }
    EXPECT_EQ(told, expected) << "node " << i;
    if (placement.delegate == kReference) {
      EXPECT_EQ(placement.cost_ns, -1);
    } else {
      const NodeAnswer& answer = offers[static_cast<size_t>(placement.delegate)].nodes[i];
      EXPECT_TRUE(answer.yes);
      EXPECT_EQ(placement.cost_ns, answer.cost_ns);
    }
  }
}

}  // namespace baton::test
