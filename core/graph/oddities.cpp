#include "core/graph/oddities.h"

#include <cstring>

#include "core/base/status.h"
#include "core/base/text.h"

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
  std::vector<std::string> all;
  for (const std::string& sentence : sentences_) all.push_back(printable(sentence));
  for (const Kind& kind : kinds_) {
    all.push_back(format("subgraph %u: %s: %u, first %s", kind.subgraph, kind.what, kind.count,
                         printable(kind.example).c_str()));
  }
  return all;
}

}  // namespace baton
