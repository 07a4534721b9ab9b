// Estimates of what nodes cost, for the host's planning.
#pragma once

#include <cstdint>

#include "delegates/cpu/node.h"

namespace baton::cpu {

// Nanoseconds on one thread of a present machine; right within a factor of a few.
int64_t estimate_ns(const NodeView& node);

}  // namespace baton::cpu
