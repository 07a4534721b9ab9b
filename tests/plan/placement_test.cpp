// Who gets which node: order of preference, pins, costs, limits; and what the others are told.
#include <gtest/gtest.h>

#include "tests/plan/schedule_oracle.h"

namespace baton::test {
namespace {

// A chain of `count` nodes; each costs 1200 ns on the reference kernels.
constexpr uint64_t kReferenceNs = 1200;
void make_chain(TestGraph* graph, uint32_t count) {
  graph->node({graph->input()});
  for (uint32_t i = 1; i < count; ++i) graph->after({i - 1});
  graph->output(graph->output_of(count - 1));
}

std::vector<int32_t> delegates_of(const SubgraphPlan& plan) {
  std::vector<int32_t> result;
  for (const Placement& placement : plan.placements) result.push_back(placement.delegate);
  return result;
}

const Refusal& refusal(const SubgraphPlan& plan, uint32_t node, int32_t delegate) {
  static const Refusal kNone{-2, BATON_REASON_NONE, "none"};
  for (const Refusal& refusal : plan.placements[node].refusals) {
    if (refusal.delegate == delegate) return refusal;
  }
  return kNone;
}

TEST(Placement, TheUsersOrder) {
  TestGraph graph;
  make_chain(&graph, 4);
  const std::vector<DelegateOffer> offers{offer_for(graph, {1}), offer_for(graph, {0, 1, 2})};
  const SubgraphPlan plan = graph.plan(offers);
  expect_valid(graph, offers, plan);
  EXPECT_EQ(delegates_of(plan), (std::vector<int32_t>{1, 0, 1, -1}));
  EXPECT_EQ(refusal(plan, 1, 1).reason, uint32_t{BATON_REASON_PREFERRED});
  EXPECT_EQ(refusal(plan, 0, 0).reason, uint32_t{BATON_REASON_DTYPE});
  EXPECT_EQ(refusal(plan, 0, 0).text, "no 0");
  EXPECT_EQ(refusal(plan, 3, 0).text, "no 3");
  EXPECT_EQ(refusal(plan, 3, 1).text, "no 3");
}

TEST(Placement, Pins) {
  TestGraph graph;
  make_chain(&graph, 3);
  std::vector<DelegateOffer> offers{offer_for(graph, {0, 1, 2})};
  offers[0].nodes[1] = {.reason = BATON_REASON_PINNED, .text = "the user keeps it off"};
  const SubgraphPlan plan = graph.plan(offers);
  expect_valid(graph, offers, plan);
  EXPECT_EQ(delegates_of(plan), (std::vector<int32_t>{0, -1, 0}));
  EXPECT_EQ(refusal(plan, 1, 0).reason, uint32_t{BATON_REASON_PINNED});
  EXPECT_EQ(refusal(plan, 1, 0).text, "the user keeps it off");
}

TEST(Placement, FoldedNodes) {
  TestGraph graph;
  make_chain(&graph, 3);
  graph.fold(0);
  const std::vector<DelegateOffer> offers{offer_for(graph, {0, 1}), offer_for(graph, {2})};
  const SubgraphPlan plan = graph.plan(offers);
  expect_valid(graph, offers, plan);
  EXPECT_TRUE(plan.placements[0].folded);
  EXPECT_EQ(refusal(plan, 0, 0).reason, uint32_t{BATON_REASON_FOLDED});
  EXPECT_EQ(refusal(plan, 0, 1).reason, uint32_t{BATON_REASON_FOLDED});
}

TEST(Placement, SmallPartitions) {
  TestGraph graph;
  make_chain(&graph, 6);
  const std::vector<DelegateOffer> offers{offer_for(graph, {0, 2, 3, 5})};
  for (uint32_t least : {0u, 1u, 2u, 3u}) {
    const SubgraphPlan plan = graph.plan(offers, {.min_partition_nodes = least});
    expect_valid(graph, offers, plan);
    EXPECT_EQ(plan.partitions.size(), (std::vector<size_t>{3, 3, 1, 0}[least]));
  }
  const SubgraphPlan plan = graph.plan(offers, {.min_partition_nodes = 2});
  EXPECT_EQ(refusal(plan, 0, 0).reason, uint32_t{BATON_REASON_NOT_WORTH_IT});
  EXPECT_EQ(refusal(plan, 0, 0).text, "the partition has 1 node, at least 2 are asked for");
}

// What the first delegate loses makes the second one's partition large enough.
TEST(Placement, SmallPartitionsGrowByWhatOthersLose) {
  TestGraph graph;
  make_chain(&graph, 3);
  const std::vector<DelegateOffer> offers{offer_for(graph, {1}), offer_for(graph, {0, 1, 2})};
  const SubgraphPlan plan = graph.plan(offers, {.min_partition_nodes = 3});
  expect_valid(graph, offers, plan);
  EXPECT_EQ(delegates_of(plan), (std::vector<int32_t>{1, 1, 1}));
  EXPECT_EQ(refusal(plan, 1, 0).reason, uint32_t{BATON_REASON_NOT_WORTH_IT});
}

TEST(Placement, TheLargestPartitionsAreKept) {
  TestGraph graph;
  make_chain(&graph, 10);
  const std::vector<DelegateOffer> offers{offer_for(graph, {0, 2, 3, 4, 6, 7, 9})};
  for (uint32_t most : {1u, 2u, 3u}) {
    const SubgraphPlan plan = graph.plan(offers, {.max_partitions = most});
    expect_valid(graph, offers, plan);
    EXPECT_EQ(plan.partitions.size(), most);
    EXPECT_EQ(plan.placements[3].delegate, 0);
    EXPECT_EQ(plan.placements[6].delegate, most >= 2 ? 0 : kReference);
    EXPECT_EQ(plan.placements[0].delegate, most >= 3 ? 0 : kReference);
    EXPECT_EQ(plan.placements[9].delegate, kReference);
    EXPECT_EQ(refusal(plan, 9, 0).reason, uint32_t{BATON_REASON_NOT_WORTH_IT});
  }
  EXPECT_EQ(refusal(graph.plan(offers, {.max_partitions = 1}), 9, 0).text,
            "at most 1 partition is asked for");
  EXPECT_EQ(graph.plan(offers, {.max_partitions = 0}).partitions.size(), 4u);
}

TEST(Placement, ThePartitionLimitIsPerDelegate) {
  TestGraph graph;
  make_chain(&graph, 7);
  const std::vector<DelegateOffer> offers{offer_for(graph, {0, 2, 4, 6}),
                                          offer_for(graph, {1, 3, 5})};
  const SubgraphPlan plan = graph.plan(offers, {.max_partitions = 1});
  expect_valid(graph, offers, plan);
  EXPECT_EQ(plan.partitions.size(), 2u);
}

struct CostCase {
  const char* name;
  int64_t node_ns;
  uint64_t launch_ns;
  uint64_t transfer;  // bytes per us; 128 bytes cross over
  bool kept;
};

// Three nodes, 3600 ns on the reference kernels.
constexpr CostCase kCostCases[] = {
    {"nothing to cross", 1000000, 0, 0, true},
    {"launch pays exactly", 200, 3000, 0, true},
    {"launch too dear by 1", 200, 3001, 0, false},
    {"unknown costs count as free", -1, 3600, 0, true},
    {"unknown, crossing too dear", -1, 3601, 0, false},
    {"transfer pays exactly", 0, 0, 128000 / 3600 + 1, true},
    {"transfer too dear", 0, 0, 128000 / 3600 - 1, false},
    {"launch and transfer", 0, 2600, 128, true},
    {"launch and transfer too dear", 0, 2601, 128, false},
    {"largest cost", INT64_MAX, 1, 0, false},
    {"largest launch", 0, UINT64_MAX, 1, false},
    {"a sum that does not fit", 1000, UINT64_MAX, 0, false},
};

TEST(Placement, CostRule) {
  for (const CostCase& c : kCostCases) {
    SCOPED_TRACE(c.name);
    TestGraph graph;
    make_chain(&graph, 3);
    std::vector<DelegateOffer> offers{offer_for(graph, {0, 1, 2}, c.node_ns)};
    offers[0].launch_ns = c.launch_ns;
    offers[0].transfer_bytes_per_us = c.transfer;
    const SubgraphPlan plan = graph.plan(offers);
    expect_valid(graph, offers, plan);
    EXPECT_EQ(plan.partitions.size(), c.kept ? 1u : 0u);
    if (!c.kept) {
      EXPECT_EQ(refusal(plan, 1, 0).reason, uint32_t{BATON_REASON_NOT_WORTH_IT});
    }
    EXPECT_EQ(graph.plan(offers, {.weigh_costs = false}).partitions.size(), 1u);
  }
}

TEST(Placement, CostTextsNameTheFigures) {
  TestGraph graph;
  make_chain(&graph, 3);
  std::vector<DelegateOffer> offers{offer_for(graph, {0, 1, 2}, 500)};
  offers[0].launch_ns = 50000;
  EXPECT_EQ(refusal(graph.plan(offers), 0, 0).text,
            "a partition of 3 nodes would cost 51.5 us here, 50.0 us of it for crossing over, and "
            "3.6 us elsewhere");
}

TEST(Placement, LargePartitionsPayAndSmallOnesDoNot) {
  TestGraph graph;
  make_chain(&graph, 12);  // 0..8 and 10: 10800 ns and 1200 ns
  std::vector<DelegateOffer> offers{offer_for(graph, {0, 1, 2, 3, 4, 5, 6, 7, 8, 10}, 10)};
  offers[0].launch_ns = 5000;
  const SubgraphPlan plan = graph.plan(offers);
  expect_valid(graph, offers, plan);
  ASSERT_EQ(plan.partitions.size(), 1u);
  EXPECT_EQ(plan.partitions[0].nodes.size(), 9u);
  EXPECT_EQ(plan.placements[10].delegate, kReference);
}

TEST(Placement, RefusedNodesFallToTheNextDelegate) {
  TestGraph graph;
  make_chain(&graph, 3);
  std::vector<DelegateOffer> offers{offer_for(graph, {0, 1, 2}, 10), offer_for(graph, {0, 2}, 20)};
  offers[0].launch_ns = 1000000;
  const SubgraphPlan plan = graph.plan(offers);
  expect_valid(graph, offers, plan);
  EXPECT_EQ(delegates_of(plan), (std::vector<int32_t>{1, -1, 1}));
  EXPECT_EQ(refusal(plan, 0, 0).reason, uint32_t{BATON_REASON_NOT_WORTH_IT});
  EXPECT_EQ(refusal(plan, 1, 1).reason, uint32_t{BATON_REASON_DTYPE});
}

// The next delegate's nodes are cheap, but crossing over to it is not: the first one pays.
TEST(Placement, TheNextDelegatesCrossingCounts) {
  TestGraph graph;
  make_chain(&graph, 10);  // 12000 ns on the reference
  const std::vector<uint32_t> all{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  std::vector<DelegateOffer> offers{offer_for(graph, all, 500), offer_for(graph, all, 1)};
  offers[0].launch_ns = 2000;
  offers[1].launch_ns = 50000;
  const SubgraphPlan plan = graph.plan(offers);
  expect_valid(graph, offers, plan);
  EXPECT_EQ(delegates_of(plan), std::vector<int32_t>(10, 0));
}

// Nobody else has the operator: what it costs does not matter.
TEST(Placement, ANodeWithoutKernelStaysWithItsDelegate) {
  for (const Operator* op : {&kNoKernelOp, static_cast<const Operator*>(nullptr)}) {
    TestGraph graph;
    graph.node({graph.input()});
    graph.after({0}, op);
    graph.after({1});
    for (int i = 3; i < 9; ++i) graph.after({static_cast<uint32_t>(i - 1)});
    std::vector<DelegateOffer> offers{offer_for(graph, {1, 4, 5, 6}, 1000)};
    offers[0].launch_ns = 1000000;
    const SubgraphPlan by_cost = graph.plan(offers);
    expect_valid(graph, offers, by_cost);
    EXPECT_EQ(by_cost.placements[1].delegate, 0);
    EXPECT_EQ(by_cost.placements[5].delegate, kReference);

    offers[0].launch_ns = 0;
    EXPECT_EQ(graph.plan(offers, {.min_partition_nodes = 4}).placements[1].delegate, 0);
    const SubgraphPlan limited = graph.plan(offers, {.max_partitions = 1});
    expect_valid(graph, offers, limited);
    EXPECT_EQ(limited.placements[1].delegate, 0);
    EXPECT_EQ(limited.placements[5].delegate, kReference);

    // Another delegate has it: it may go there.
    offers.push_back(offer_for(graph, {1}, 1000));
    offers[0].launch_ns = 1000000;
    EXPECT_EQ(graph.plan(offers).placements[1].delegate, 1);
  }
}

// Random costs and limits: the plan is valid, what is kept pays, and the same plan comes again.
TEST(Placement, RandomCostsAndLimits) {
  std::mt19937 random(9);
  int kept = 0, refused = 0;
  for (int seed = 0; seed < 800; ++seed) {
    RandomCase c;
    const uint32_t delegates = 1 + random() % 3;
    make_random(random,
                {.nodes = 25,
                 .delegates = delegates,
                 .reference = 0.2,
                 .variables = 0.05,
                 .effects = 0.05,
                 .folded = 0.1},
                &c);
    for (DelegateOffer& offer : c.offers) {
      offer.launch_ns = random() % 6000;
      offer.transfer_bytes_per_us = random() % 300;
      for (uint32_t i = 0; i < offer.nodes.size(); ++i) {
        NodeAnswer& answer = offer.nodes[i];
        if (random() % 3 == 0) answer.yes = true, answer.reason = 0, answer.text.clear();
        if (answer.yes) answer.cost_ns = random() % 4 ? static_cast<int64_t>(random() % 2000) : -1;
      }
    }
    const PlanOptions options{.min_partition_nodes = static_cast<uint32_t>(random() % 4),
                              .max_partitions = static_cast<uint32_t>(random() % 4),
                              .weigh_costs = seed % 4 != 0};
    const SubgraphPlan plan = c.graph.plan(c.offers, options);
    expect_valid(c.graph, c.offers, plan);
    EXPECT_EQ(describe(plan), describe(c.graph.plan(c.offers, options)));
    std::vector<uint32_t> partitions(delegates);
    for (const PlannedPartition& partition : plan.partitions) {
      const DelegateOffer& offer = c.offers[static_cast<size_t>(partition.delegate)];
      EXPECT_GE(partition.nodes.size(), options.min_partition_nodes);
      ++partitions[static_cast<size_t>(partition.delegate)];
      ++kept;
      if (!options.weigh_costs) continue;
      double bytes = 0, here = static_cast<double>(offer.launch_ns);
      for (const auto* list : {&partition.inputs, &partition.outputs}) bytes += 64.0 * list->size();
      if (offer.transfer_bytes_per_us != 0) {
        here += bytes * 1000 / static_cast<double>(offer.transfer_bytes_per_us);
      }
      if (here == 0) continue;
      for (const uint32_t i : partition.nodes) {
        here += static_cast<double>(std::max<int64_t>(0, offer.nodes[i].cost_ns));
      }
      EXPECT_LE(here, static_cast<double>(kReferenceNs * partition.nodes.size()) + 1);
    }
    for (const uint32_t count : partitions) {
      EXPECT_TRUE(options.max_partitions == 0 || count <= options.max_partitions);
    }
    for (const Placement& placement : plan.placements) {
      for (const Refusal& r : placement.refusals) refused += r.reason == BATON_REASON_NOT_WORTH_IT;
    }
    if (HasFailure()) {
      ADD_FAILURE() << "seed " << seed;
      return;
    }
  }
  EXPECT_GT(kept, 500);
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace baton::test
