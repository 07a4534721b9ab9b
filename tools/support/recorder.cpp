#include "tools/support/recorder.h"

#include <cstring>

#include "tools/support/failure.h"

namespace baton::tools {
namespace {

bool has_numbers(baton_dtype dtype) {
  switch (dtype) {
    case BATON_FLOAT32:
    case BATON_FLOAT64:
    case BATON_FLOAT16:
    case BATON_BOOL:
    case BATON_INT8:
    case BATON_UINT8:
    case BATON_INT16:
    case BATON_UINT16:
    case BATON_INT32:
    case BATON_UINT32:
    case BATON_INT64:
    case BATON_UINT64:
      return true;
    default:
      return false;
  }
}

}  // namespace

Recorder::Recorder(const Model& model, Session& session) {
  for (uint32_t s = 0; s < model.subgraph_count(); ++s) {
    const baton_graph& graph = *model.subgraph(s);
    for (uint32_t n = 0; n < graph.node_count(&graph); ++n) {
      const baton_node& node = *graph.node(&graph, n);
      for (uint32_t i = 0; i < node.output_count; ++i) {
        const int32_t t = node.outputs[i];
        if (t < 0 || !has_numbers(graph.tensor(&graph, t)->dtype)) continue;
        Recorded& recorded = tensors_[{s, t}];
        const Status status = session.tap(s, t, record, &recorded);
        if (status) continue;
        if (status.code() == BATON_OUT_OF_MEMORY) check(status);
        recorded.unreadable = status.message();
      }
    }
  }
}

void Recorder::record(void* user, uint32_t, const baton_tensor* tensor) {
  Recorded& recorded = *static_cast<Recorded*>(user);
  recorded.written = true;
  recorded.tensor = *tensor;
  recorded.dims.assign(tensor->dims, tensor->dims + tensor->rank);
  recorded.tensor.dims = recorded.dims.data();
  recorded.data.resize(static_cast<size_t>(tensor->bytes));
  if (tensor->bytes != 0) std::memcpy(recorded.data.data(), tensor->data, recorded.data.size());
  recorded.tensor.data = nullptr;
}

}  // namespace baton::tools
