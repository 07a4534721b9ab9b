// What a plan must be, found by trying everything.
#pragma once

#include "tests/plan/test_graph.h"

namespace baton::test {

// Whether node `later` must not run before `earlier`, for a reason of their own (not by others in
// between).
bool must_follow(const TestGraph& graph, uint32_t earlier, uint32_t later);

// Fewest runs of nodes of one delegate, over all orders in which the nodes can run.
size_t fewest_partitions(const TestGraph& graph, const std::vector<int32_t>& owner);

// Runs of one delegate in the file's order.
size_t file_order_partitions(const TestGraph& graph, const std::vector<int32_t>& owner);

// Everything that must hold for any plan: each node once, a valid order, convex partitions,
// complete borders. Fails the test otherwise.
void expect_valid(const TestGraph& graph, const std::vector<DelegateOffer>& offers,
                  const SubgraphPlan& plan);

}  // namespace baton::test
