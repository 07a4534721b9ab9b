#include <algorithm>

#include "core/model/verify_internal.h"

namespace baton::verify {
namespace {

using Arguments = flatbuffers::Vector<flatbuffers::Offset<schema::TensorMap>>;

// Arguments are set and read as the subgraph's inputs and outputs: they must be among them.
Status check_arguments(Context& context, const char* what, const Arguments* arguments,
                       std::span<const int32_t> boundary) {
  BATON_RETURN_IF_ERROR(context.spend(uint64_t{length(arguments)} * (1 + boundary.size())));
  for (uint32_t i = 0; i < length(arguments); ++i) {
    const schema::TensorMap& argument = *arguments->Get(i);
    const int64_t tensor = argument.tensor_index();
    if (std::find(boundary.begin(), boundary.end(), tensor) != boundary.end()) continue;
    return error(BATON_INVALID_MODEL, "%s '%s' names tensor %lld, which is no %s of its subgraph",
                 what, text(argument.name()), static_cast<long long>(tensor), what);
  }
  return {};
}

Status signature(Context& context, const schema::SignatureDef& signature) {
  const uint32_t subgraphs = length(context.model.subgraphs());
  if (signature.subgraph_index() >= subgraphs) {
    return error(BATON_INVALID_MODEL, "it names subgraph %u, the model has %u",
                 signature.subgraph_index(), subgraphs);
  }
  const schema::SubGraph& subgraph = context.subgraph(signature.subgraph_index());
  BATON_RETURN_IF_ERROR(
      check_arguments(context, "input", signature.inputs(), ints(subgraph.inputs())));
  return check_arguments(context, "output", signature.outputs(), ints(subgraph.outputs()));
}

}  // namespace

Status signatures(Context& context) {
  const auto* all = context.model.signature_defs();
  for (uint32_t i = 0; i < length(all); ++i) {
    const schema::SignatureDef& one = *all->Get(i);
    const Status status = signature(context, one);
    if (!status.ok()) {
      return status.at(format("signature %u ('%s')", i, text(one.signature_key())));
    }
  }
  return {};
}

}  // namespace baton::verify
