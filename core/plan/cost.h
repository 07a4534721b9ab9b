// Estimates that weigh a partition against the cost of crossing over to a device.
#pragma once

#include <cstdint>
#include <span>

#include "core/base/checked.h"
#include "core/plan/plan.h"

namespace baton {

// Costs and sizes may be whatever a plugin says: a sum that does not fit is the largest number.
inline uint64_t saturating_add(uint64_t a, uint64_t b) {
  return checked_add(a, b).value_or(UINT64_MAX);
}

// A node on the reference kernels: 1 ns per multiply-add or element, and 200 ns to start it.
// (What it takes on one machine: docs/performance.md.)
uint64_t reference_cost_ns(const Node& node, std::span<const Value> values);

// One execution of the partition on its device, apart from the nodes: launch, and moving inputs and
// outputs.
uint64_t crossing_cost_ns(const Partition& partition, const DelegateOffer& offer,
                          std::span<const Value> values);

}  // namespace baton
