// From the verified file to a Graph, step by step.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <utility>

#include "core/graph/graph.h"
#include "core/graph/oddities.h"
#include "core/graph/storage.h"
#include "core/model/quantization.h"
#include "core/model/reader.h"

namespace baton {

class GraphBuilder {
 public:
  GraphBuilder(std::shared_ptr<const Model> model, Graph::CustomLookup custom, void* user);

  Result<std::shared_ptr<const Graph>> build();

 private:
  Status build_subgraph(uint32_t index);

  // build_tensors.cpp
  Status add_tensors(const schema::SubGraph& table, Subgraph& subgraph);
  Result<baton_tensor> make_tensor(const schema::SubGraph& table, const Subgraph& subgraph,
                                   uint32_t index);
  const baton_quantization* make_quantization(const Quantization& quantization);
  Status set_content(const schema::Tensor& table, bool given, baton_tensor& tensor);
  Result<const uint8_t*> usable_content(std::span<const uint8_t> content,
                                        const baton_tensor& tensor);
  void set_shape(std::span<const int32_t> dims, std::span<const int32_t> signature,
                 baton_tensor& tensor);
  void note_tensor(uint32_t subgraph, const schema::Tensor& table, const baton_tensor& tensor);
  void note_names(const Subgraph& subgraph);
  void note_unused(const Subgraph& subgraph);

  // build_nodes.cpp
  Status add_nodes(const schema::SubGraph& table, Subgraph& subgraph);
  Status make_node(const schema::Operator& table, const Subgraph& subgraph, Node& node);
  void read_options(const schema::Operator& table, const Subgraph& subgraph, Node& node);
  const Operator* operator_for(const Node& node) const;

  // build_shapes.cpp
  Status infer_shapes(const schema::SubGraph& table, Subgraph& subgraph);
  void take_dtype(const Value& value, const Subgraph& subgraph, baton_tensor& tensor);
  void take_shapes(const schema::SubGraph& table, std::span<const Value> values,
                   Subgraph& subgraph);
  bool resizable(const Subgraph& subgraph) const;

  void add_signatures();
  void note_metadata();

  const schema::Model& root() const { return model_->root(); }

  std::shared_ptr<const Model> model_;
  Graph::CustomLookup custom_;
  void* user_;
  std::shared_ptr<Graph> graph_;
  std::shared_ptr<GraphStorage> storage_;
  Oddities oddities_;
  // Copies that stand in for content of the file, by its place.
  std::map<std::pair<const uint8_t*, bool>, const uint8_t*> replaced_;
  uint64_t examined_ = 0;  // bytes of content that was copied, or looked through for that
};

}  // namespace baton
