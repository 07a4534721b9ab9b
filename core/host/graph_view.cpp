#include "core/host/graph_view.h"

#include <algorithm>

namespace baton {
namespace {

bool has_flag(const Subgraph& subgraph, int32_t tensor, uint32_t flag) {
  return (subgraph.tensors[static_cast<size_t>(tensor)].flags & flag) != 0;
}

void add_once(std::vector<int32_t>* list, std::vector<bool>* seen, int32_t tensor) {
  if ((*seen)[static_cast<size_t>(tensor)]) return;
  (*seen)[static_cast<size_t>(tensor)] = true;
  list->push_back(tensor);
}

int32_t at(const std::vector<int32_t>& list, uint32_t position) {
  return position < list.size() ? list[position] : -1;
}

}  // namespace

Partition make_partition(const Subgraph& subgraph, std::vector<uint32_t> nodes) {
  std::sort(nodes.begin(), nodes.end());
  Partition partition;
  partition.subgraph = subgraph.index;

  std::vector<bool> inside(subgraph.nodes.size());
  for (const uint32_t node : nodes) inside[node] = true;
  std::vector<bool> made(subgraph.tensors.size());  // by a node of the partition
  std::vector<bool> read_outside(subgraph.tensors.size());
  for (const int32_t tensor : subgraph.outputs) read_outside[static_cast<size_t>(tensor)] = true;
  for (size_t i = 0; i < subgraph.nodes.size(); ++i) {
    if (inside[i]) {
      for (const int32_t tensor : subgraph.nodes[i].outputs()) {
        made[static_cast<size_t>(tensor)] = true;
      }
    } else {
      for (const int32_t tensor : subgraph.nodes[i].inputs()) {
        if (tensor >= 0) read_outside[static_cast<size_t>(tensor)] = true;
      }
    }
  }

  std::vector<bool> listed(subgraph.tensors.size());
  std::vector<bool> listed_outputs(subgraph.tensors.size());
  for (const uint32_t node : nodes) {
    for (const int32_t tensor : subgraph.nodes[node].inputs()) {
      if (tensor < 0 || has_flag(subgraph, tensor, BATON_TENSOR_CONSTANT)) continue;
      if (has_flag(subgraph, tensor, BATON_TENSOR_VARIABLE)) {
        add_once(&partition.states, &listed, tensor);
      } else if (!made[static_cast<size_t>(tensor)]) {
        add_once(&partition.inputs, &listed, tensor);
      }
    }
    for (const int32_t tensor : subgraph.nodes[node].outputs()) {
      if (read_outside[static_cast<size_t>(tensor)]) {
        add_once(&partition.outputs, &listed_outputs, tensor);
      }
    }
  }
  partition.nodes = std::move(nodes);
  return partition;
}

bool is_convex(const Subgraph& subgraph, std::span<const uint32_t> nodes, uint32_t* between) {
  if (nodes.empty()) return true;
  // Nodes are listed in an order in which they can run, so one pass suffices.
  enum : uint8_t { kBefore, kInside, kAfter };
  std::vector<uint8_t> where(subgraph.nodes.size(), kBefore);
  for (const uint32_t node : nodes) where[node] = kInside;
  for (uint32_t i = nodes.front(); i <= nodes.back(); ++i) {
    for (const int32_t tensor : subgraph.nodes[i].inputs()) {
      if (tensor < 0) continue;
      const int32_t producer = subgraph.producer[static_cast<size_t>(tensor)];
      if (producer < 0) continue;
      const uint8_t from = where[static_cast<size_t>(producer)];
      if (where[i] == kInside && from == kAfter) {
        *between = static_cast<uint32_t>(producer);
        return false;
      }
      if (where[i] != kInside && from != kBefore) where[i] = kAfter;
    }
  }
  return true;
}

PartitionConstants::PartitionConstants(std::shared_ptr<const Graph> graph,
                                       const Partition& partition)
    : graph_(std::move(graph)), subgraph_(partition.subgraph) {
  const Subgraph& subgraph = graph_->subgraphs()[subgraph_];
  std::vector<int32_t> tensors;
  std::vector<bool> seen(subgraph.tensors.size());
  for (const uint32_t node : partition.nodes) {
    for (const int32_t tensor : subgraph.nodes[node].inputs()) {
      if (tensor >= 0 && has_flag(subgraph, tensor, BATON_TENSOR_CONSTANT)) {
        add_once(&tensors, &seen, tensor);
      }
    }
  }
  std::sort(tensors.begin(), tensors.end());
  for (const int32_t tensor : tensors) {
    const void* data = graph_->aligned_constant(subgraph_, tensor);
    const bool empty = subgraph.tensors[static_cast<size_t>(tensor)].bytes == 0;
    if (data == nullptr && !empty) complete_ = false;
    held_.emplace_back(tensor, data);
  }
}

PartitionConstants::~PartitionConstants() {
  for (const Held& held : held_) {
    if (held.data.load() != nullptr) graph_->release_constant(subgraph_, held.tensor);
  }
}

const void* PartitionConstants::find(int32_t tensor) const {
  const auto held = std::lower_bound(held_.begin(), held_.end(), tensor,
                                     [](const Held& h, int32_t t) { return h.tensor < t; });
  return held != held_.end() && held->tensor == tensor ? held->data.load() : nullptr;
}

bool PartitionConstants::holds(int32_t tensor) const {
  return std::any_of(held_.begin(), held_.end(),
                     [&](const Held& held) { return held.tensor == tensor; });
}

void PartitionConstants::let_go(int32_t tensor) {
  for (Held& held : held_) {
    if (held.tensor == tensor && held.data.exchange(nullptr) != nullptr) {
      graph_->release_constant(subgraph_, tensor);
    }
  }
}

GraphView::GraphView(std::shared_ptr<const Graph> graph, uint32_t subgraph,
                     std::span<const Value> values, std::span<const uint8_t> offered)
    : graph_(std::move(graph)), subgraph_(graph_->subgraphs()[subgraph]) {
  nodes_.reserve(subgraph_.nodes.size());
  for (size_t i = 0; i < subgraph_.nodes.size(); ++i) {
    nodes_.push_back(subgraph_.nodes[i].abi);
    nodes_.back().flags = offered[i] ? uint32_t{BATON_NODE_OFFERED} : 0;
  }
  for (const int32_t tensor : subgraph_.inputs) {
    if (!has_flag(subgraph_, tensor, BATON_TENSOR_CONSTANT | BATON_TENSOR_VARIABLE)) {
      inputs_.push_back(tensor);
    }
  }
  outputs_ = subgraph_.outputs;
  states_ = subgraph_.variables;
  copy_tensors(values);
  fill_abi();
}

GraphView::GraphView(std::shared_ptr<const Graph> graph, const Partition& partition,
                     std::span<const Value> values, PartitionConstants* constants)
    : graph_(std::move(graph)),
      subgraph_(graph_->subgraphs()[partition.subgraph]),
      inputs_(partition.inputs),
      outputs_(partition.outputs),
      states_(partition.states),
      constants_(constants) {
  nodes_.reserve(partition.nodes.size());
  for (const uint32_t node : partition.nodes) {
    nodes_.push_back(subgraph_.nodes[node].abi);
    nodes_.back().flags = BATON_NODE_OFFERED;
  }
  copy_tensors(values);
  fill_abi();
}

void GraphView::copy_tensors(std::span<const Value> values) {
  tensors_ = subgraph_.tensors;
  for (size_t i = 0; i < tensors_.size(); ++i) {
    const bool constant = (tensors_[i].flags & BATON_TENSOR_CONSTANT) != 0;
    if (!values.empty() && !constant) tensors_[i] = values[i].info();
    if (!constant) {
      // A value that the core folded is an input like any other: it changes with the shapes.
      tensors_[i].data = nullptr;
    } else if (constants_ != nullptr) {
      tensors_[i].data = constants_->find(static_cast<int32_t>(i));
    }
  }
}

void GraphView::fill_abi() {
  abi_.struct_size = sizeof(abi_);
  abi_.subgraph = subgraph_.index;
  abi_.context = this;
#define BATON_SELF(graph) (*static_cast<const GraphView*>((graph)->context))
  abi_.node_count = [](const baton_graph* g) {
    return static_cast<uint32_t>(BATON_SELF(g).nodes_.size());
  };
  abi_.node = [](const baton_graph* g, uint32_t position) -> const baton_node* {
    const GraphView& self = BATON_SELF(g);
    return position < self.nodes_.size() ? &self.nodes_[position] : nullptr;
  };
  abi_.tensor_count = [](const baton_graph* g) {
    return static_cast<uint32_t>(BATON_SELF(g).tensors_.size());
  };
  abi_.tensor = [](const baton_graph* g, int32_t index) -> const baton_tensor* {
    const GraphView& self = BATON_SELF(g);
    if (index < 0 || static_cast<size_t>(index) >= self.tensors_.size()) return nullptr;
    return &self.tensors_[static_cast<size_t>(index)];
  };
  abi_.input_count = [](const baton_graph* g) {
    return static_cast<uint32_t>(BATON_SELF(g).inputs_.size());
  };
  abi_.input = [](const baton_graph* g, uint32_t i) { return at(BATON_SELF(g).inputs_, i); };
  abi_.output_count = [](const baton_graph* g) {
    return static_cast<uint32_t>(BATON_SELF(g).outputs_.size());
  };
  abi_.output = [](const baton_graph* g, uint32_t i) { return at(BATON_SELF(g).outputs_, i); };
  abi_.state_count = [](const baton_graph* g) {
    return static_cast<uint32_t>(BATON_SELF(g).states_.size());
  };
  abi_.state = [](const baton_graph* g, uint32_t i) { return at(BATON_SELF(g).states_, i); };
  abi_.constant_hash = [](const baton_graph* g, int32_t tensor) -> uint64_t {
    const GraphView& self = BATON_SELF(g);
    if (tensor < 0 || static_cast<size_t>(tensor) >= self.tensors_.size()) return 0;
    return self.graph_->constant_hash(self.subgraph_.index, tensor);
  };
  abi_.done_with_constant = [](const baton_graph* g, int32_t tensor) {
    const GraphView& self = BATON_SELF(g);
    if (self.constants_ != nullptr) self.constants_->let_go(tensor);
  };
  abi_.model_hash = [](const baton_graph* g) {
    return BATON_SELF(g).graph_->model().hash().c_str();
  };
#undef BATON_SELF
}

const void* GraphView::file_constant(const baton_graph* partition, int32_t tensor) {
  const GraphView& self = *static_cast<const GraphView*>(partition->context);
  // A constant that another partition holds is not this program's.
  if (self.constants_ == nullptr || !self.constants_->holds(tensor)) return nullptr;
  return self.subgraph_.tensors[static_cast<size_t>(tensor)].data;
}

ShapesView::ShapesView(std::span<const Value> values, uint32_t threads) : values_(values) {
  abi_.struct_size = sizeof(abi_);
  abi_.thread_count = threads;
  abi_.context = this;
  abi_.dims = [](const baton_shapes* shapes, int32_t tensor, const int32_t** dims) -> int32_t {
    const ShapesView& self = *static_cast<const ShapesView*>(shapes->context);
    if (tensor < 0 || static_cast<size_t>(tensor) >= self.values_.size()) return -1;
    const Value& value = self.values_[static_cast<size_t>(tensor)];
    if (!value.shape_known()) return -1;
    *dims = value.dims().data();
    return value.rank();
  };
}

}  // namespace baton
