#include "core/graph/builder.h"

namespace baton {
namespace {

std::vector<SignatureEntry> entries(
    const flatbuffers::Vector<flatbuffers::Offset<schema::TensorMap>>* arguments) {
  std::vector<SignatureEntry> all;
  for (uint32_t i = 0; i < length(arguments); ++i) {
    const schema::TensorMap& argument = *arguments->Get(i);
    all.push_back({text(argument.name()), static_cast<int32_t>(argument.tensor_index())});
  }
  return all;
}

std::vector<int32_t> to_vector(const flatbuffers::Vector<int32_t>* vector) {
  const auto values = ints(vector);
  return {values.begin(), values.end()};
}

}  // namespace

GraphBuilder::GraphBuilder(std::shared_ptr<const Model> model, Graph::CustomLookup custom,
                           void* user)
    : model_(std::move(model)),
      custom_(custom),
      user_(user),
      graph_(std::make_shared<Graph>()),
      storage_(std::make_shared<GraphStorage>()) {}

Result<std::shared_ptr<const Graph>> GraphBuilder::build() {
  graph_->model_ = model_;
  graph_->storage_ = storage_;
  graph_->description_ = text(root().description());
  graph_->subgraphs_.resize(length(root().subgraphs()));
  for (uint32_t i = 0; i < graph_->subgraphs_.size(); ++i) {
    const Status status = build_subgraph(i);
    if (!status.ok()) return status.at("'" + model_->name() + "'");
  }
  add_signatures();
  note_metadata();
  graph_->oddities_ = oddities_.sentences();
  return std::shared_ptr<const Graph>(std::move(graph_));
}

Status GraphBuilder::build_subgraph(uint32_t index) {
  const schema::SubGraph& table = *root().subgraphs()->Get(index);
  Subgraph& subgraph = graph_->subgraphs_[index];
  subgraph.index = index;
  subgraph.name = text(table.name());
  subgraph.inputs = to_vector(table.inputs());
  subgraph.outputs = to_vector(table.outputs());
  BATON_RETURN_IF_ERROR(add_nodes(table, subgraph));
  BATON_RETURN_IF_ERROR(add_tensors(table, subgraph));
  BATON_RETURN_IF_ERROR(infer_shapes(table, subgraph));
  note_names(subgraph);
  note_unused(subgraph);
  return {};
}

void GraphBuilder::add_signatures() {
  const auto* all = root().signature_defs();
  for (uint32_t i = 0; i < length(all); ++i) {
    const schema::SignatureDef& table = *all->Get(i);
    graph_->signatures_.push_back({text(table.signature_key()), table.subgraph_index(),
                                   entries(table.inputs()), entries(table.outputs())});
  }
}

void GraphBuilder::note_metadata() {
  const auto* all = root().metadata();
  for (uint32_t i = 0; i < length(all); ++i) {
    const uint32_t buffer = all->Get(i)->buffer();
    if (buffer < length(root().buffers())) continue;
    oddities_.add(format("the metadata '%s' names buffer %u, the model has %u",
                         text(all->Get(i)->name()), buffer, length(root().buffers())));
  }
}

}  // namespace baton
