#include <cstring>

#include "core/api/handles.h"
#include "core/schema/attributes.h"
#include "core/schema/operators.h"
#include "core/schema/tflite_generated.h"

using namespace baton;

namespace {

LoadLimits limits_of(const baton_load_options* options) {
  baton_load_options given = BATON_LOAD_OPTIONS_INIT;
  if (options != nullptr) {
    std::memcpy(&given, options, std::min<size_t>(options->struct_size, sizeof(given)));
  }
  return {.max_file_bytes = given.max_file_bytes,
          .max_tensor_bytes = given.max_tensor_bytes,
          .max_session_bytes = given.max_session_bytes,
          .max_steps = given.max_steps,
          .max_subgraph_depth = given.max_subgraph_depth};
}

baton_status build(baton_runtime* runtime, Result<std::shared_ptr<const Model>> bytes,
                   baton_model** model, baton_error** error) {
  if (!bytes.ok()) return give(bytes.status(), error);
  auto handle = std::make_unique<baton_model>();
  handle->runtime = runtime->state;
  {
    std::lock_guard lock(runtime->state->mutex);
    handle->plugins = runtime->state->loaded;
  }
  const auto find_custom = [](void* user, const char* name) -> const Operator* {
    for (const auto& plugin : static_cast<baton_model*>(user)->plugins) {
      if (const Operator* found = plugin->find_operator(name)) return found;
    }
    return nullptr;
  };
  auto graph = Graph::build(std::move(*bytes), find_custom, handle.get());
  if (!graph.ok()) return give(graph.status(), error);
  handle->graph = std::move(*graph);
  for (const Subgraph& subgraph : handle->graph->subgraphs()) {
    const std::vector<uint8_t> offered(subgraph.nodes.size(), 0);
    handle->views.push_back(std::make_unique<GraphView>(handle->graph, subgraph.index,
                                                        std::span<const Value>(), offered));
  }
  *model = handle.release();
  return give({}, error);
}

const char* argument(const std::vector<SignatureEntry>& entries, uint32_t position,
                     int32_t* tensor) {
  if (position >= entries.size()) return nullptr;
  if (tensor != nullptr) *tensor = entries[position].tensor;
  return entries[position].name.c_str();
}

const Signature* signature_at(const baton_model* model, uint32_t signature) {
  const auto signatures = model->graph->signatures();
  return signature < signatures.size() ? &signatures[signature] : nullptr;
}

}  // namespace

baton_status baton_model_load_file(baton_runtime* runtime, const char* path,
                                   const baton_load_options* options, baton_model** model,
                                   baton_error** error) {
  return build(runtime, Model::from_file(path, limits_of(options)), model, error);
}

baton_status baton_model_load_memory(baton_runtime* runtime, const void* data, uint64_t bytes,
                                     const baton_load_options* options, baton_model** model,
                                     baton_error** error) {
  return build(runtime, Model::from_memory(data, bytes, limits_of(options)), model, error);
}

baton_status baton_model_load_descriptor(baton_runtime* runtime, int descriptor, uint64_t offset,
                                         uint64_t bytes, const baton_load_options* options,
                                         baton_model** model, baton_error** error) {
  return build(runtime, Model::from_descriptor(descriptor, offset, bytes, limits_of(options)),
               model, error);
}

void baton_model_destroy(baton_model* model) { delete model; }

uint32_t baton_model_subgraph_count(const baton_model* model) {
  return static_cast<uint32_t>(model->views.size());
}

const baton_graph* baton_model_subgraph(const baton_model* model, uint32_t subgraph) {
  return subgraph < model->views.size() ? model->views[subgraph]->abi() : nullptr;
}

const char* baton_model_subgraph_name(const baton_model* model, uint32_t subgraph) {
  const auto subgraphs = model->graph->subgraphs();
  return subgraph < subgraphs.size() ? subgraphs[subgraph].name.c_str() : nullptr;
}

int32_t baton_model_has_operator(const baton_model* model, uint32_t subgraph, uint32_t node) {
  const auto subgraphs = model->graph->subgraphs();
  if (subgraph >= subgraphs.size() || node >= subgraphs[subgraph].nodes.size()) return 0;
  return subgraphs[subgraph].nodes[node].op != nullptr ? 1 : 0;
}

const char* baton_model_description(const baton_model* model) {
  return model->graph->description().c_str();
}

uint64_t baton_model_bytes(const baton_model* model) {
  return model->graph->model().bytes().size();
}

const char* baton_model_oddity(const baton_model* model, uint32_t position) {
  const auto oddities = model->graph->oddities();
  return position < oddities.size() ? oddities[position].c_str() : nullptr;
}

int32_t baton_model_metadata(const baton_model* model, uint32_t position, const char** name,
                             const void** data, uint64_t* bytes) {
  const schema::Model& root = model->graph->model().root();
  if (root.metadata() == nullptr || position >= root.metadata()->size()) return 0;
  const schema::Metadata* entry = root.metadata()->Get(position);
  *name = entry->name() == nullptr ? "" : entry->name()->c_str();
  *data = nullptr;
  *bytes = 0;
  if (root.buffers() != nullptr && entry->buffer() < root.buffers()->size()) {
    const schema::Buffer* buffer = root.buffers()->Get(entry->buffer());
    if (buffer->data() != nullptr) {
      *data = buffer->data()->data();
      *bytes = buffer->data()->size();
    }
  }
  return 1;
}

uint32_t baton_model_signature_count(const baton_model* model) {
  return static_cast<uint32_t>(model->graph->signatures().size());
}

const char* baton_model_signature_key(const baton_model* model, uint32_t signature) {
  const Signature* found = signature_at(model, signature);
  return found == nullptr ? nullptr : found->key.c_str();
}

uint32_t baton_model_signature_subgraph(const baton_model* model, uint32_t signature) {
  const Signature* found = signature_at(model, signature);
  return found == nullptr ? 0 : found->subgraph;
}

const char* baton_model_signature_input(const baton_model* model, uint32_t signature,
                                        uint32_t position, int32_t* tensor) {
  const Signature* found = signature_at(model, signature);
  return found == nullptr ? nullptr : argument(found->inputs, position, tensor);
}

const char* baton_model_signature_output(const baton_model* model, uint32_t signature,
                                         uint32_t position, int32_t* tensor) {
  const Signature* found = signature_at(model, signature);
  return found == nullptr ? nullptr : argument(found->outputs, position, tensor);
}

void baton_node_attributes(const baton_node* node,
                           void (*add)(void* user, const char* name, const char* value),
                           void* user) {
  const BuiltinOperator* op = builtin_operator(node->op);
  if (op == nullptr || node->attributes == nullptr) return;
  const AttributeLayout* layout = op->attributes();
  if (layout == nullptr) return;
  for_each_attribute(*layout, node->attributes,
                     [&](const AttributeField& field, const AttributeValue& value) {
                       add(user, field.name, format_attribute(field, value).c_str());
                     });
}
