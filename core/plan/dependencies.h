// Which nodes must run before which: by data, by state, and by side effects.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/graph/graph.h"
#include "core/graph/propagate.h"

namespace baton {

struct Dependencies {
  std::vector<std::vector<uint32_t>> before;  // by node: nodes that must have run, each once
  std::vector<std::vector<uint32_t>> after;   // the reverse
};

// Folded nodes do not run: nothing waits for them, and they wait for nothing. `shapes` by node
// index.
Dependencies find_dependencies(const Subgraph& subgraph, std::span<const NodeShape> shapes);

}  // namespace baton
