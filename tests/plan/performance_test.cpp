// How long planning takes. The figures are printed, not judged: machines differ.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "core/model/model.h"
#include "core/plan/memory.h"
#include "tests/plan/schedule_oracle.h"

namespace baton::test {
namespace {

template <typename Fn>
double milliseconds(const Fn& fn) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  fn();
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

constexpr uint32_t kNodes = 2000;

TEST(PlanningTime, AlternatingChain) {
  TestGraph graph;
  graph.node({graph.input()});
  std::vector<uint32_t> even, odd;
  for (uint32_t i = 0; i < kNodes; ++i) {
    if (i != 0) graph.after({i - 1});
    (i % 2 ? odd : even).push_back(i);
  }
  for (const bool two : {false, true}) {
    std::vector<DelegateOffer> offers{offer_for(graph, even)};
    if (two) offers.push_back(offer_for(graph, odd));
    SubgraphPlan plan;
    const double ms = milliseconds([&] { plan = graph.plan(offers); });
    EXPECT_EQ(plan.partitions.size(), two ? kNodes : kNodes / 2);
    std::printf("chain of %u nodes, %d delegate(s): %zu partitions in %.1f ms\n", kNodes, two + 1,
                plan.partitions.size(), ms);
  }
}

TEST(PlanningTime, RandomGraph) {
  for (const uint32_t delegates : {1u, 2u, 4u}) {
    std::mt19937 random(1);
    RandomCase c;
    make_random(random, {.nodes = kNodes, .delegates = delegates, .folded = 0.02}, &c);
    SubgraphPlan plan;
    const double ms = milliseconds([&] { plan = c.graph.plan(c.offers); });
    EXPECT_LE(plan.partitions.size(), file_order_partitions(c.graph, c.owner));
    std::printf("random graph of %u nodes, %u delegate(s): %zu partitions in %.1f ms\n", kNodes,
                delegates, plan.partitions.size(), ms);
  }
}

TEST(PlanningTime, ManyGroups) {
  TestGraph graph;
  graph.node({graph.input()});
  std::vector<uint32_t> all{0};
  for (uint32_t i = 1; i < kNodes; ++i) all.push_back(graph.after({i - 1}));
  std::vector<DelegateOffer> offers{offer_for(graph, all)};
  for (uint32_t i = 0; i + 1 < kNodes; i += 2) offers[0].groups.push_back({i, i + 1});
  SubgraphPlan plan;
  const double ms = milliseconds([&] { plan = graph.plan(offers); });
  EXPECT_EQ(plan.partitions.size(), kNodes / 2);
  std::printf("chain of %u nodes in %zu groups: %.1f ms\n", kNodes, offers[0].groups.size(), ms);
}

TEST(PlanningTime, Memory) {
  std::mt19937 random(1);
  std::vector<MemoryRequest> requests;
  for (uint32_t i = 0; i < kNodes; ++i) {
    requests.push_back({random() % 100000, i, i + 1 + static_cast<uint32_t>(random() % 20)});
  }
  MemoryPlan plan;
  const double ms = milliseconds([&] { plan = plan_memory(requests); });
  EXPECT_GE(plan.bytes, plan.lower_bound);
  std::printf("memory of %u tensors: %.3f of the lower bound in %.1f ms\n", kNodes,
              static_cast<double>(plan.bytes) / static_cast<double>(plan.lower_bound), ms);
}

// A delegate that has convolutions only.
TEST(PlanningTime, MobileNetV2) {
  const std::filesystem::path shared = BATON_SHARED_DIR;
  if (!std::filesystem::exists(shared)) GTEST_SKIP() << "no shared models";
  auto model = Model::from_file(
      (shared / "models/tflite/imagenet/mobilenet_v2_1.0_224_quant.tflite").string(), {});
  ASSERT_TRUE(model.ok()) << model.status().message();
  auto graph = Graph::build(*model, nullptr, nullptr);
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  const Subgraph& subgraph = (*graph)->main();
  std::vector<Value> values;
  for (const baton_tensor& tensor : subgraph.tensors) values.emplace_back(tensor);
  auto propagation = propagate(subgraph, values, nullptr);
  ASSERT_TRUE(propagation.ok()) << propagation.status().message();

  DelegateOffer offer;
  offer.launch_ns = 1000;
  offer.transfer_bytes_per_us = 10000;
  size_t wanted = 0;
  for (const Node& node : subgraph.nodes) {
    NodeAnswer answer;
    answer.yes = node.abi.op == BATON_OP_CONV_2D || node.abi.op == BATON_OP_DEPTHWISE_CONV_2D;
    if (!answer.yes) answer.reason = BATON_REASON_OP_UNKNOWN, answer.text = "convolutions only";
    wanted += answer.yes;
    offer.nodes.push_back(std::move(answer));
  }
  SubgraphPlan plan;
  const double ms = milliseconds(
      [&] { plan = make_plan(subgraph, values, *propagation, std::span(&offer, 1), {}); });
  size_t delegated = 0;
  for (const PlannedPartition& partition : plan.partitions) delegated += partition.nodes.size();
  EXPECT_GT(wanted, 50u);
  EXPECT_EQ(delegated, wanted);
  // Ten residual additions and the average pool lie between the convolutions.
  EXPECT_EQ(plan.partitions.size(), 12u);
  std::printf("MobileNet v2, %zu nodes, %zu delegated in %zu partitions: %.3f ms\n",
              subgraph.nodes.size(), delegated, plan.partitions.size(), ms);
}

}  // namespace
}  // namespace baton::test
