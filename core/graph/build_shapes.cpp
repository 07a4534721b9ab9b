#include <algorithm>

#include "core/graph/builder.h"
#include "core/graph/propagate.h"

namespace baton {
namespace {

std::string shape_text(std::span<const int32_t> dims) {
  std::string text = "[";
  for (size_t i = 0; i < dims.size(); ++i) text += format(i == 0 ? "%d" : ", %d", dims[i]);
  text += ']';
  return text;
}

// The version that the node needs, now that its shapes are known; an operator that is too old for
// it steps back.
void settle_versions(const Propagation& propagation, std::span<Value> values, Subgraph& subgraph) {
  for (Node& node : subgraph.nodes) {
    const auto known = [&](int32_t index) {
      return index < 0 || values[static_cast<size_t>(index)].shape_known();
    };
    if (node.op == nullptr || node.abi.index >= propagation.nodes.size()) continue;
    if (!std::all_of(node.inputs().begin(), node.inputs().end(), known)) continue;
    const NodeContext context(node.abi, values, node.op);
    node.abi.min_version = node.op->min_version != nullptr ? node.op->min_version(context) : 1;
    if (node.abi.min_version > node.op->max_version) node.op = nullptr;
  }
}

}  // namespace

// The caller may give other shapes than the file's, so that these need not work.
bool GraphBuilder::resizable(const Subgraph& subgraph) const {
  for (const int32_t input : subgraph.inputs) {
    const baton_tensor& tensor = subgraph.tensors[static_cast<size_t>(input)];
    for (uint32_t i = 0; i < tensor.rank; ++i) {
      if (tensor.dims_signature[i] == -1 || tensor.dims[i] == 0) return true;
    }
  }
  return false;
}

// The type that the operator gives; TensorFlow Lite goes by it, too.
void GraphBuilder::take_dtype(const Value& value, const Subgraph& subgraph, baton_tensor& tensor) {
  if (value.dtype() == tensor.dtype) return;
  oddities_.add(subgraph.index,
                "tensors whose element type in the file is not what the operator gives",
                format("'%s': %s in the file, %s given", tensor.name, dtype_name(tensor.dtype),
                       dtype_name(value.dtype())));
  tensor.dtype = value.dtype();
  tensor.bits = value.info().bits;
  tensor.bytes = value.info().bytes;
}

void GraphBuilder::take_shapes(const schema::SubGraph& table, std::span<const Value> values,
                               Subgraph& subgraph) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (subgraph.producer[i] < 0) continue;
    baton_tensor& tensor = subgraph.tensors[i];
    take_dtype(values[i], subgraph, tensor);
    if (!values[i].shape_known()) {
      tensor.flags |= BATON_TENSOR_UNKNOWN_SHAPE;
      continue;
    }
    const std::span<const int32_t> old(tensor.dims, tensor.rank);
    const auto dims = values[i].dims();
    if (std::equal(old.begin(), old.end(), dims.begin(), dims.end())) continue;
    // Files that leave shapes open have empty ones.
    if (!old.empty()) {
      oddities_.add(subgraph.index,
                    "tensors whose shape in the file is not what the operator gives",
                    format("tensor %zu ('%s'): %s in the file, %s given", i, tensor.name,
                           shape_text(old).c_str(), shape_text(dims).c_str()));
    }
    set_shape(dims, ints(table.tensors()->Get(static_cast<uint32_t>(i))->shape_signature()),
              tensor);
  }
}

Status GraphBuilder::infer_shapes(const schema::SubGraph& table, Subgraph& subgraph) {
  std::vector<Value> values(subgraph.tensors.begin(), subgraph.tensors.end());
  auto propagation = propagate(subgraph, values, nullptr);
  if (propagation.ok()) {
    take_shapes(table, values, subgraph);
    settle_versions(*propagation, values, subgraph);
    return {};
  }
  // Subgraphs but the main one get their shapes from whoever calls them.
  if (subgraph.index == 0 && !resizable(subgraph)) return propagation.status();
  oddities_.add("the default shapes do not work: " + propagation.status().message());
  return {};
}

}  // namespace baton
