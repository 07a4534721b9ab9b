#include "core/graph/graph.h"

#include "core/base/hash.h"
#include "core/graph/builder.h"
#include "core/graph/storage.h"

namespace baton {
namespace {

constexpr uint64_t kAlignment = 64;
constexpr uint64_t kTail = 64;

// Whether the content lies in the file so that delegates may have it in place.
bool lies_well(const Model& model, std::span<const uint8_t> content) {
  const auto address = reinterpret_cast<uintptr_t>(content.data());
  const auto file = reinterpret_cast<uintptr_t>(model.bytes().data());
  const uint64_t file_bytes = model.bytes().size();
  if (address % kAlignment != 0 || address < file || address - file > file_bytes) return false;
  const uint64_t behind = file_bytes - (address - file) - content.size();
  return behind + model.readable_past_end() >= kTail;
}

}  // namespace

std::string Subgraph::place(uint32_t node) const {
  return operator_place(index, node, node < nodes.size() ? nodes[node].abi.name : "?");
}

Result<std::shared_ptr<const Graph>> Graph::build(std::shared_ptr<const Model> model,
                                                  CustomLookup custom, void* user) {
  return GraphBuilder(std::move(model), custom, user).build();
}

std::span<const uint8_t> Graph::constant(uint32_t subgraph, int32_t tensor) const {
  if (subgraph >= subgraphs_.size() || tensor < 0) return {};
  const auto& tensors = subgraphs_[subgraph].tensors;
  if (static_cast<size_t>(tensor) >= tensors.size()) return {};
  const baton_tensor& info = tensors[static_cast<size_t>(tensor)];
  if (!(info.flags & BATON_TENSOR_CONSTANT)) return {};
  return {static_cast<const uint8_t*>(info.data), static_cast<size_t>(info.bytes)};
}

uint64_t Graph::constant_hash(uint32_t subgraph, int32_t tensor) const {
  const auto content = constant(subgraph, tensor);
  if (content.data() == nullptr) return 0;
  const baton_tensor& info = subgraphs_[subgraph].tensors[static_cast<size_t>(tensor)];
  const auto* dims = reinterpret_cast<const uint8_t*>(info.dims);
  const uint64_t shape =
      hash64({dims, info.rank * sizeof(int32_t)}, static_cast<uint64_t>(info.dtype) + 1);
  const uint64_t hash = hash64(content, shape);
  return hash != 0 ? hash : 1;  // 0 says that there is none
}

const void* Graph::aligned_constant(uint32_t subgraph, int32_t tensor) const {
  const auto content = constant(subgraph, tensor);
  if (content.data() == nullptr) return nullptr;
  if (lies_well(*model_, content)) return content.data();
  return storage_->copies.acquire(content);
}

void Graph::release_constant(uint32_t subgraph, int32_t tensor) const {
  const auto content = constant(subgraph, tensor);
  if (content.data() == nullptr) return;
  if (lies_well(*model_, content) || storage_->copies.release(content)) {
    model_->drop_pages(content.data(), content.size());
  }
}

uint64_t Graph::constant_copy_bytes() const { return storage_->copies.bytes(); }

}  // namespace baton
