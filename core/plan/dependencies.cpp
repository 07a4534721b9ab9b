#include "core/plan/dependencies.h"

#include <algorithm>

namespace baton {

Dependencies find_dependencies(const Subgraph& subgraph, std::span<const NodeShape> shapes) {
  const size_t count = subgraph.nodes.size();
  Dependencies result;
  result.before.resize(count);
  result.after.resize(count);

  // A variable tensor is read and written in place, so all nodes that name it keep the file's
  // order; so do all nodes with side effects. No node has a variable among its outputs.
  std::vector<int64_t> last_use_of_variable(subgraph.tensors.size(), -1);
  int64_t last_side_effect = -1;

  for (uint32_t i = 0; i < count; ++i) {
    if (shapes[i] == NodeShape::kFolded) continue;
    const Node& node = subgraph.nodes[i];
    std::vector<uint32_t>& before = result.before[i];
    auto depend_on = [&](int64_t earlier) {
      if (earlier >= 0 && earlier != i) before.push_back(static_cast<uint32_t>(earlier));
    };
    for (const int32_t tensor : node.inputs()) {
      if (tensor < 0) continue;
      const auto t = static_cast<size_t>(tensor);
      const int32_t producer = subgraph.producer[t];
      if (producer >= 0 && shapes[static_cast<size_t>(producer)] != NodeShape::kFolded) {
        depend_on(producer);
      }
      if (subgraph.tensors[t].flags & BATON_TENSOR_VARIABLE) {
        depend_on(last_use_of_variable[t]);
        last_use_of_variable[t] = i;
      }
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
