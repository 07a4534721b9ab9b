#include "core/plan/memory.h"

#include <algorithm>
#include <numeric>

namespace baton {
namespace {

constexpr uint64_t kAlignment = 64;

uint64_t aligned(uint64_t bytes) { return (bytes + kAlignment - 1) & ~(kAlignment - 1); }

uint64_t most_alive(std::span<const MemoryRequest> requests) {
  uint32_t steps = 0;
  for (const MemoryRequest& request : requests) steps = std::max(steps, request.last + 1);
  std::vector<uint64_t> starts(steps + 1, 0), ends(steps + 1, 0);
  for (const MemoryRequest& request : requests) {
    starts[request.first] += aligned(request.bytes);
    ends[request.last + 1] += aligned(request.bytes);
  }
  uint64_t alive = 0, most = 0;
  for (uint32_t step = 0; step < steps; ++step) {
    alive += starts[step];
    alive -= ends[step];
    most = std::max(most, alive);
  }
  return most;
}

}  // namespace

MemoryPlan plan_memory(std::span<const MemoryRequest> requests) {
  MemoryPlan plan;
  plan.offsets.assign(requests.size(), 0);
  plan.lower_bound = most_alive(requests);

  std::vector<uint32_t> order(requests.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return requests[a].bytes > requests[b].bytes; });

  std::vector<uint32_t> placed;  // by ascending offset
  for (const uint32_t i : order) {
    const MemoryRequest& request = requests[i];
    if (request.bytes == 0) continue;
    const uint64_t size = aligned(request.bytes);
    uint64_t offset = 0;
    for (const uint32_t j : placed) {
      if (requests[j].last < request.first || request.last < requests[j].first) continue;
      if (plan.offsets[j] >= offset + size) break;  // the gap before j is wide enough
      offset = std::max(offset, plan.offsets[j] + aligned(requests[j].bytes));
    }
    plan.offsets[i] = offset;
    plan.bytes = std::max(plan.bytes, offset + size);
    const auto position =
        std::upper_bound(placed.begin(), placed.end(), offset,
                         [&](uint64_t value, uint32_t j) { return value < plan.offsets[j]; });
    placed.insert(position, i);
  }
  return plan;
}

}  // namespace baton
