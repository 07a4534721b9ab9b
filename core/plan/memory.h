// Offsets for tensors in one arena, by lifetime. Greedy by size (Pisarchyk and Lee, "Efficient
// memory management for deep neural net inference", 2020): the largest first, each in the lowest
// gap among those that live at the same time. Where that misses the lower bound other orders are
// tried, too, and the smallest arena is taken.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace baton {

struct MemoryRequest {
  uint64_t bytes = 0;
  uint32_t first = 0;  // step that writes it first
  uint32_t last = 0;   // step that reads it last, included; below UINT32_MAX
};

struct MemoryPlan {
  std::vector<uint64_t> offsets;  // by request, multiples of 64
  uint64_t bytes = 0;        // of the arena, a multiple of 64; UINT64_MAX: more than can be had
  uint64_t lower_bound = 0;  // most bytes alive at one step: no plan needs less
};

MemoryPlan plan_memory(std::span<const MemoryRequest> requests);

}  // namespace baton
