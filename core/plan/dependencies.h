// Which nodes must run before which: by data, by state, and by side effects.
#pragma once

#include <cstdint>
#include <vector>

#include "core/graph/graph.h"

namespace baton {

struct Dependencies {
  std::vector<std::vector<uint32_t>> before;  // by node: nodes that must have run, each once
  std::vector<std::vector<uint32_t>> after;   // the reverse
};

Dependencies find_dependencies(const Subgraph& subgraph);

}  // namespace baton
