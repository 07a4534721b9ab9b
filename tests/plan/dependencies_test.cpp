#include "core/plan/dependencies.h"

#include <gtest/gtest.h>

#include "tests/plan/schedule_oracle.h"

namespace baton::test {
namespace {

using Lists = std::vector<std::vector<uint32_t>>;

Lists before(const TestGraph& graph) {
  return find_dependencies(graph.subgraph(), graph.propagation().nodes).before;
}

TEST(Dependencies, Data) {
  TestGraph graph;
  const uint32_t a = graph.node({graph.input(), -1});
  const uint32_t b = graph.after({a, a});  // twice the same: one dependency
  const uint32_t c = graph.after({a});
  graph.after({c, b});
  EXPECT_EQ(before(graph), (Lists{{}, {0}, {0}, {1, 2}}));
  const Dependencies found = find_dependencies(graph.subgraph(), graph.propagation().nodes);
  EXPECT_EQ(found.after, (Lists{{1, 2}, {3}, {3}, {}}));
}

TEST(Dependencies, NodesOfOneVariableKeepTheirOrder) {
  TestGraph graph;
  const int32_t input = graph.input();
  const int32_t first = graph.tensor(64, BATON_TENSOR_VARIABLE);
  const int32_t second = graph.tensor(64, BATON_TENSOR_VARIABLE);
  graph.node({input, first, first});
  graph.node({input, second});
  graph.node({input, first});
  graph.node({input, second, first});
  EXPECT_EQ(before(graph), (Lists{{}, {}, {0}, {1, 2}}));
}

TEST(Dependencies, SideEffectsKeepTheirOrder) {
  TestGraph graph;
  const int32_t input = graph.input();
  graph.node({input}, &kEffectOp);
  graph.node({input});
  graph.node({input}, &kEffectOp);
  graph.node({input}, nullptr);  // an operator that the core does not have
  graph.node({input}, &kEffectOp);
  EXPECT_EQ(before(graph), (Lists{{}, {}, {0}, {}, {2}}));
}

TEST(Dependencies, FoldedNodesAreNotThere) {
  TestGraph graph;
  const uint32_t a = graph.node({graph.input()});
  const uint32_t shape = graph.after({a});
  graph.after({shape});
  graph.fold(shape);
  EXPECT_EQ(before(graph), (Lists{{}, {}, {}}));
}

// SHAPE of a variable is folded, but the nodes around it still share the state.
TEST(Dependencies, FoldedNodesDoNotBreakAChain) {
  TestGraph graph;
  const int32_t input = graph.input();
  const int32_t variable = graph.tensor(64, BATON_TENSOR_VARIABLE);
  graph.node({input, variable});
  graph.fold(graph.node({variable}));
  graph.node({input, variable});
  EXPECT_EQ(before(graph), (Lists{{}, {}, {0}}));
}

TEST(Dependencies, RandomGraphsAgreeWithPairwiseRules) {
  std::mt19937 random(1);
  for (int seed = 0; seed < 300; ++seed) {
    RandomCase c;
    make_random(random, {.nodes = 12, .variables = 0.3, .effects = 0.3, .folded = 0.15}, &c);
    const Dependencies found = find_dependencies(c.graph.subgraph(), c.graph.propagation().nodes);
    const auto count = static_cast<uint32_t>(c.graph.size());
    // Chains are listed link by link: compare what follows from them.
    std::vector<std::vector<bool>> path(count, std::vector<bool>(count)), expected = path;
    for (uint32_t i = 0; i < count; ++i) {
      for (const uint32_t j : found.before[i]) {
        ASSERT_LT(j, i);
        path[j][i] = true;
      }
      for (uint32_t j = 0; j < i; ++j) expected[j][i] = must_follow(c.graph, j, i);
    }
    for (auto* paths : {&path, &expected}) {
      for (uint32_t k = 0; k < count; ++k) {
        for (uint32_t i = 0; i < count; ++i) {
          for (uint32_t j = 0; j < count; ++j) {
            if ((*paths)[i][k] && (*paths)[k][j]) (*paths)[i][j] = true;
          }
        }
      }
    }
    EXPECT_EQ(path, expected) << "seed " << seed;
  }
}

}  // namespace
}  // namespace baton::test
