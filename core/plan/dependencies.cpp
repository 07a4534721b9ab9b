#include "core/plan/dependencies.h"

#include <algorithm>

namespace baton {

Dependencies find_dependencies(const Subgraph& subgraph) {
  const size_t count = subgraph.nodes.size();
  Dependencies result;
  result.before.resize(count);
  result.after.resize(count);

  // A variable tensor is read and written in place, so all nodes that name it keep the file's order;
  // so do all nodes with side effects.
  std::vector<int64_t> last_use_of_variable(subgraph.tensors.size(), -1);
  int64_t last_side_effect = -1;

  for (uint32_t i = 0; i < count; ++i) {
    const Node& node = subgraph.nodes[i];
    std::vector<uint32_t>& before = result.before[i];
    auto depend_on = [&](int64_t earlier) {
      if (earlier >= 0 && earlier != i) before.push_back(static_cast<uint32_t>(earlier));
    };
    auto visit = [&](int32_t tensor) {
      if (tensor < 0) return;
      const auto t = static_cast<size_t>(tensor);
      depend_on(subgraph.producer[t]);
      if (subgraph.tensors[t].flags & BATON_TENSOR_VARIABLE) {
        depend_on(last_use_of_variable[t]);
        last_use_of_variable[t] = i;
      }
    };
    for (const int32_t tensor : node.inputs()) visit(tensor);
    for (const int32_t tensor : node.outputs()) {
      if (subgraph.tensors[static_cast<size_t>(tensor)].flags & BATON_TENSOR_VARIABLE) visit(tensor);
    }
    if (node.op != nullptr && (node.op->flags & kSideEffect)) {
      depend_on(last_side_effect);
      last_side_effect = i;
    }
    std::sort(before.begin(), before.end());
    before.erase(std::unique(before.begin(), before.end()), before.end());
    for (const uint32_t earlier : before) result.after[earlier].push_back(i);
  }
  return result;
}

}  // namespace baton
