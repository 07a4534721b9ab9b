// The order in which nodes run: in few batches of nodes that run together.
#pragma once

#include <cstdint>
#include <vector>

#include "core/plan/dependencies.h"

namespace baton {

inline constexpr uint32_t kNeverRuns = UINT32_MAX;

// Nodes that may run together. Class 0 is the reference kernels, where any number of batches is
// fine.
struct NodeClasses {
  std::vector<uint32_t> of_node;  // by node; kNeverRuns: folded
  std::vector<bool> whole;        // by class: all in one batch wherever that is possible
};

struct Batch {
  uint32_t node_class = 0;
  std::vector<uint32_t> nodes;  // ascending: the file's order is one they can run in
};

// Each node that runs is in one batch, after all that it depends on. With one class beside the
// reference kernels no schedule has fewer batches of it. With more that is a hard problem, and the
// best of several greedy schedules is taken: never more batches than the file's order has runs of
// one class, unless that would split a whole class.
std::vector<Batch> make_schedule(const Dependencies& dependencies, const NodeClasses& classes);

}  // namespace baton
