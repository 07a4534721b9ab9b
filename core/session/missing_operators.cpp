#include "core/session/missing_operators.h"

namespace baton {
namespace {

// "'a', 'b' and 'c'"
std::string joined(const std::set<std::string>& names, const char* quote) {
  std::string list;
  size_t left = names.size();
  for (const std::string& name : names) {
    list += quote + name + quote;
    if (--left > 0) list += left == 1 ? " and " : ", ";
  }
  return list;
}

}  // namespace

void MissingOperators::add(const Subgraph& subgraph, const Node& node) {
  if (nodes_++ == 0) first_ = subgraph.place(node.abi.index);
  (node.abi.op == BATON_OP_CUSTOM ? custom_ : builtin_).insert(node.abi.name);
}

Status MissingOperators::status() const {
  if (nodes_ == 0) return {};
  std::string list = joined(builtin_, "");
  if (!custom_.empty()) {
    list += list.empty() ? "" : ", nor ";
    list += custom_.size() == 1 ? "the custom operator " : "the custom operators ";
    list += joined(custom_, "'");
  }
  return error(BATON_UNSUPPORTED,
               "neither the core nor a delegate has %s (%zu %s, the first is %s): %s%s",
               list.c_str(), nodes_, nodes_ == 1 ? "node" : "nodes", first_.c_str(),
               custom_.empty() ? "" : "name a plugin that brings what is missing, or ",
               custom_.empty() ? "name a delegate that runs it" : "a delegate that runs it");
}

}  // namespace baton
