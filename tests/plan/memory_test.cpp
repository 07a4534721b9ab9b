#include "core/plan/memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <random>

namespace baton {
namespace {

using Requests = std::vector<MemoryRequest>;

uint64_t round_up(uint64_t bytes) { return (bytes + 63) / 64 * 64; }

uint64_t sum_of_all(const Requests& requests) {
  uint64_t sum = 0;
  for (const MemoryRequest& request : requests) sum += round_up(request.bytes);
  return sum;
}

uint64_t alive_at_most(const Requests& requests) {
  uint64_t most = 0;
  for (const MemoryRequest& at : requests) {  // the most are alive where some request begins
    uint64_t alive = 0;
    for (const MemoryRequest& r : requests) {
      if (r.first <= at.first && at.first <= r.last) alive += round_up(r.bytes);
    }
    most = std::max(most, alive);
  }
  return most;
}

void expect_valid(const Requests& requests, const MemoryPlan& plan) {
  ASSERT_EQ(plan.offsets.size(), requests.size());
  EXPECT_EQ(plan.bytes % 64, 0u);
  EXPECT_EQ(plan.lower_bound, alive_at_most(requests));
  EXPECT_GE(plan.bytes, plan.lower_bound);
  EXPECT_LE(plan.bytes, sum_of_all(requests));
  for (size_t i = 0; i < requests.size(); ++i) {
    EXPECT_EQ(plan.offsets[i] % 64, 0u);
    EXPECT_LE(plan.offsets[i] + requests[i].bytes, plan.bytes);
    if (requests[i].bytes == 0) continue;
    for (size_t j = 0; j < i; ++j) {
      const bool in_time =
          requests[i].first <= requests[j].last && requests[j].first <= requests[i].last;
      const bool in_space = plan.offsets[i] < plan.offsets[j] + requests[j].bytes &&
                            plan.offsets[j] < plan.offsets[i] + requests[i].bytes;
      EXPECT_FALSE(in_time && in_space) << "requests " << i << " and " << j << " overlap";
    }
  }
}

TEST(Memory, Nothing) {
  const MemoryPlan plan = plan_memory({});
  EXPECT_EQ(plan.bytes, 0u);
  EXPECT_EQ(plan.lower_bound, 0u);
  const Requests empty{{0, 0, 5}, {0, 2, 3}};
  const MemoryPlan zeros = plan_memory(empty);
  EXPECT_EQ(zeros.bytes, 0u);
  EXPECT_EQ(zeros.offsets, (std::vector<uint64_t>{0, 0}));
}

TEST(Memory, EmptyRequestsTakeNoRoom) {
  const Requests requests{{100, 0, 2}, {0, 0, 9}, {50, 1, 3}, {0, 1, 1}};
  const MemoryPlan plan = plan_memory(requests);
  expect_valid(requests, plan);
  EXPECT_EQ(plan.bytes, 128u + 64u);
}

TEST(Memory, ReuseNeedsTheStepInBetween) {
  const Requests apart{{64, 0, 1}, {64, 2, 3}};
  EXPECT_EQ(plan_memory(apart).bytes, 64u);
  const Requests together{{64, 0, 1}, {64, 1, 3}};  // step 1 reads one and writes the other
  EXPECT_EQ(plan_memory(together).bytes, 128u);
}

TEST(Memory, ChainsNeedTheLowerBound) {
  std::mt19937 random(1);
  for (int seed = 0; seed < 2000; ++seed) {
    Requests requests;
    const uint32_t length = 1 + random() % 60;
    for (uint32_t i = 0; i < length; ++i) requests.push_back({random() % 5000, i, i + 1});
    const MemoryPlan plan = plan_memory(requests);
    expect_valid(requests, plan);
    EXPECT_EQ(plan.bytes, plan.lower_bound) << "seed " << seed;
    if (HasFailure()) return;
  }
}

TEST(Memory, RandomRequestsNeverOverlap) {
  std::mt19937 random(2);
  double worst = 0, sum = 0;
  int plans = 0;
  for (int seed = 0; seed < 3000; ++seed) {
    Requests requests;
    const uint32_t steps = 1 + random() % 40;
    const uint32_t longest = 1 + random() % 20;
    for (uint32_t i = 0, n = random() % 60; i < n; ++i) {
      const uint32_t first = static_cast<uint32_t>(random() % steps);
      requests.push_back({random() % 8 == 0 ? 0 : random() % 4000, first,
                          first + static_cast<uint32_t>(random() % longest)});
    }
    const MemoryPlan plan = plan_memory(requests);
    expect_valid(requests, plan);
    const MemoryPlan again = plan_memory(requests);
    EXPECT_EQ(plan.offsets, again.offsets);
    if (HasFailure()) {
      ADD_FAILURE() << "seed " << seed;
      return;
    }
    if (plan.lower_bound == 0) continue;
    const double ratio = static_cast<double>(plan.bytes) / static_cast<double>(plan.lower_bound);
    worst = std::max(worst, ratio);
    sum += ratio;
    ++plans;
  }
  std::printf("arena / lower bound, random lifetimes: mean %.4f, worst %.4f\n", sum / plans, worst);
  EXPECT_LE(sum / plans, 1.05);
}

// Lifetimes as in an inverted-residual network: expand, depthwise, project, add, and scratch
// memory.
TEST(Memory, ResidualNetworksComeNearTheLowerBound) {
  std::mt19937 random(3);
  double worst = 0, sum = 0, saved = 0;
  constexpr int kSeeds = 300;
  for (int seed = 0; seed < kSeeds; ++seed) {
    Requests requests{{150528, 0, 100}};  // the input stays
    uint32_t step = 0;
    uint64_t size = 112 * 112 * 16;
    uint32_t block_in = 1;
    requests.push_back({size, step, step + 1});
    for (int block = 0; block < 17; ++block) {
      const bool shrink = random() % 4 == 0;
      const bool residual = !shrink && random() % 3 != 0;
      const uint64_t wide = size * (4 + random() % 3);
      const uint64_t narrow = shrink ? size / 2 : size;
      requests[block_in].last = step + (residual ? 4 : 1);
      requests.push_back({wide, step + 1, step + 2});
      requests.push_back({shrink ? wide / 4 : wide, step + 2, step + 3});
      requests.push_back({narrow, step + 3, step + 4});
      if (random() % 2) requests.push_back({random() % 200000, step + 2, step + 2});
      if (residual) requests.push_back({narrow, step + 4, step + 5});
      step += residual ? 4 : 3;
      block_in = static_cast<uint32_t>(requests.size() - 1);
      while (requests[block_in].last != step + 1) --block_in;
      size = narrow;
    }
    requests[0].last = step + 1;
    const MemoryPlan plan = plan_memory(requests);
    expect_valid(requests, plan);
    const double ratio = static_cast<double>(plan.bytes) / static_cast<double>(plan.lower_bound);
    worst = std::max(worst, ratio);
    sum += ratio;
    saved += static_cast<double>(sum_of_all(requests)) / static_cast<double>(plan.bytes);
  }
  std::printf(
      "arena / lower bound, residual networks: mean %.4f, worst %.4f; without reuse %.1f times\n",
      sum / kSeeds, worst, saved / kSeeds);
  EXPECT_LE(worst, 1.3);
  EXPECT_LE(sum / kSeeds, 1.05);
}

TEST(Memory, HugeSizes) {
  constexpr uint64_t kHuge = uint64_t{1} << 46;
  const Requests requests{{kHuge, 0, 1}, {kHuge + 1, 1, 2}, {kHuge - 1, 2, 3}};
  const MemoryPlan plan = plan_memory(requests);
  expect_valid(requests, plan);
  EXPECT_EQ(plan.bytes, 2 * kHuge + 64);

  // More than can be counted must not come out as little.
  for (const Requests& too_much :
       {Requests{{UINT64_MAX, 0, 0}}, Requests{{uint64_t{1} << 63, 0, 0}},
        Requests{{UINT64_MAX - 62, 0, 0}, {1, 0, 0}},
        Requests{{uint64_t{1} << 63, 0, 0}, {uint64_t{1} << 63, 0, 0}}}) {
    EXPECT_EQ(plan_memory(too_much).bytes, UINT64_MAX);
    EXPECT_EQ(plan_memory(too_much).lower_bound, UINT64_MAX);
  }
}

}  // namespace
}  // namespace baton
