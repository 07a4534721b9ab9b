#include "core/plan/memory.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

#include "core/base/checked.h"

namespace baton {
namespace {

constexpr uint64_t kAlignment = 64;
constexpr uint64_t kMostBytes = INT64_MAX;  // sums of offsets and sizes below fit 64 bits

enum class Order { kSize, kTime };
struct Strategy {
  Order order;
  bool both_ends;
};
// The first is the best for most networks. With tensors at both ends of the arena a chain, where
// each lives at the same time as the one before and the one after, needs no more than the lower
// bound.
constexpr std::array kStrategies{Strategy{Order::kSize, false}, Strategy{Order::kSize, true},
                                 Strategy{Order::kTime, true}, Strategy{Order::kTime, false}};

uint64_t aligned(uint64_t bytes) { return (bytes + kAlignment - 1) & ~(kAlignment - 1); }

bool together(const MemoryRequest& a, const MemoryRequest& b) {
  return a.first <= b.last && b.first <= a.last;
}

// Of all, as if each had memory of its own. nullopt: too much to count.
std::optional<uint64_t> sum_of_all(std::span<const MemoryRequest> requests) {
  uint64_t sum = 0;
  for (const MemoryRequest& request : requests) {
    const auto size = checked_round_up(request.bytes, kAlignment);
    const auto more = size ? checked_add(sum, *size) : std::nullopt;
    if (!more || *more > kMostBytes) return std::nullopt;
    sum = *more;
  }
  return sum;
}

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

class Arena {
 public:
  Arena(std::span<const MemoryRequest> requests, uint64_t lower_bound)
      : requests_(requests), lower_bound_(lower_bound), offsets_(requests.size(), 0) {}

  void place_all(Strategy strategy) {
    std::vector<uint32_t> order(requests_.size());
    std::iota(order.begin(), order.end(), 0u);
    std::ranges::stable_sort(order, [&](uint32_t a, uint32_t b) {
      const MemoryRequest &left = requests_[a], &right = requests_[b];
      if (strategy.order == Order::kTime && left.first != right.first) {
        return left.first < right.first;
      }
      return left.bytes > right.bytes;
    });
    for (const uint32_t i : order) {
      if (requests_[i].bytes != 0) place(i, strategy.both_ends);
    }
  }

  uint64_t bytes() const { return bytes_; }
  std::vector<uint64_t>& offsets() { return offsets_; }

 private:
  // In the lowest gap; with `both_ends` in the highest one below the lower bound, if that is nearer
  // to its end of the arena.
  void place(uint32_t i, bool both_ends) {
    const uint64_t size = aligned(requests_[i].bytes);
    std::optional<uint64_t> low, high;
    uint64_t gap = 0;  // where it begins
    const auto close_gap = [&](uint64_t end) {
      if (end >= gap + size && !low) low = gap;
      const uint64_t below = std::min(end, lower_bound_);
      if (both_ends && below >= gap + size) high = below - size;
    };
    for (const uint32_t j : placed_) {
      if (!together(requests_[i], requests_[j])) continue;
      if (offsets_[j] > gap) close_gap(offsets_[j]);
      if (low && !both_ends) break;
      gap = std::max(gap, offsets_[j] + aligned(requests_[j].bytes));
    }
    close_gap(UINT64_MAX);

    const bool at_top = high && lower_bound_ - (*high + size) < *low;
    offsets_[i] = at_top ? *high : *low;
    bytes_ = std::max(bytes_, offsets_[i] + size);
    const auto position =
        std::ranges::upper_bound(placed_, offsets_[i], {}, [&](uint32_t j) { return offsets_[j]; });
    placed_.insert(position, i);
  }

  std::span<const MemoryRequest> requests_;
  const uint64_t lower_bound_;
  std::vector<uint64_t> offsets_;
  std::vector<uint32_t> placed_;  // by ascending offset
  uint64_t bytes_ = 0;
};

}  // namespace

MemoryPlan plan_memory(std::span<const MemoryRequest> requests) {
  MemoryPlan plan;
  plan.offsets.assign(requests.size(), 0);
  plan.bytes = UINT64_MAX;
  if (!sum_of_all(requests)) {
    plan.lower_bound = UINT64_MAX;
    return plan;
  }
  plan.lower_bound = most_alive(requests);
  for (const Strategy strategy : kStrategies) {
    Arena arena(requests, plan.lower_bound);
    arena.place_all(strategy);
    if (arena.bytes() >= plan.bytes) continue;
    plan.bytes = arena.bytes();
    plan.offsets = std::move(arena.offsets());
    if (plan.bytes == plan.lower_bound) break;
  }
  return plan;
}

}  // namespace baton
