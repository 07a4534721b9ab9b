// Nodes that nobody can run, gathered so that one sentence names all of their operators.
#pragma once

#include <set>
#include <string>

#include "core/graph/graph.h"

namespace baton {

class MissingOperators {
 public:
  void add(const Subgraph& subgraph, const Node& node);
  // OK when there are none.
  Status status() const;

 private:
  size_t nodes_ = 0;
  std::string first_;  // its place
  std::set<std::string> builtin_;
  std::set<std::string> custom_;
};

}  // namespace baton
