#include "core/model/verify_internal.h"

namespace baton {

Status verify_model(std::span<const uint8_t> bytes, const LoadLimits& limits) {
  BATON_RETURN_IF_ERROR(verify::structure(bytes));
  const schema::Model& model = *schema::GetModel(bytes.data());
  if (model.version() != 3) {
    return error(BATON_INVALID_MODEL, "the schema version is %u, only version 3 is known",
                 model.version());
  }
  const uint32_t subgraphs = length(model.subgraphs());
  if (subgraphs == 0) return error(BATON_INVALID_MODEL, "the model has no subgraphs");

  verify::Context context(model, bytes, limits);
  for (uint32_t i = 0; i < subgraphs; ++i) {
    BATON_RETURN_IF_ERROR(verify::tensors(context, i));
    BATON_RETURN_IF_ERROR(verify::operators(context, i));
  }
  BATON_RETURN_IF_ERROR(verify::calls(context));
  return verify::signatures(context);
}

}  // namespace baton
