// Estimates of what nodes cost: for the host's planning, and to divide a step's time among its
// nodes.
#pragma once

#include <cstdint>

#include "delegates/cpu/node.h"

namespace baton::cpu {

// Nanoseconds on one thread of a present machine; right within a factor of a few. Transposed
// convolutions and recurrent cells cost more: their products are not counted.
int64_t estimate_ns(const NodeView& node);
// The same without what every step costs: products at the rate of the kernels, and what is written
// at the rate of a cache. Good for comparisons only.
double estimate_work_ns(const NodeView& node);

}  // namespace baton::cpu
