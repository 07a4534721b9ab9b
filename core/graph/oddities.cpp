#include "core/graph/oddities.h"

#include <cstring>

#include "core/base/status.h"

namespace baton {

void Oddities::add(uint32_t subgraph, const char* what, std::string example) {
  for (Kind& kind : kinds_) {
    if (kind.subgraph != subgraph || std::strcmp(kind.what, what) != 0) continue;
    ++kind.count;
    return;
  }
  kinds_.push_back({subgraph, what, 1, std::move(example)});
}

std::vector<std::string> Oddities::sentences() const {
  std::vector<std::string> all = sentences_;
  for (const Kind& kind : kinds_) {
    all.push_back(format("subgraph %u: %s: %u, first %s", kind.subgraph, kind.what, kind.count,
                         kind.example.c_str()));
  }
  return all;
}

}  // namespace baton
