// Fusions of neighbouring nodes.
#pragma once

#include <vector>

#include "delegates/cpu/lowering.h"

namespace baton::cpu {

// Rewrites the list in place; the order stays one in which the nodes can run.
void fuse(const sdk::Graph& partition, std::vector<LoweredNode>* nodes);

}  // namespace baton::cpu
