#include "core/ops/support/call.h"

#include <algorithm>
#include <cstring>

namespace baton::ops {

bool same_shape(const Value& a, const Value& b) {
  return a.shape_known() && b.shape_known() && std::ranges::equal(a.dims(), b.dims());
}

Status infer_call(const NodeContext& ctx, int32_t subgraph, int first_input,
                  std::vector<Value>* outputs) {
  std::vector<const Value*> inputs;
  for (int i = first_input; i < ctx.input_count(); ++i) inputs.push_back(&ctx.input(i));
  std::vector<Value*> found;
  outputs->clear();
  outputs->reserve(static_cast<size_t>(ctx.output_count()));
  for (int i = 0; i < ctx.output_count(); ++i) {
    outputs->push_back(ctx.output(i));
    outputs->back().set_shape_unknown();
    found.push_back(&outputs->back());
  }
  if (ctx.services() == nullptr) return {};
  return ctx.services()->infer_subgraph(static_cast<uint32_t>(subgraph), inputs, found);
}

Status copy_value(const NodeContext& ctx, const Value& from, Value& to) {
  if (from.dtype() != to.dtype()) {
    return error(BATON_INVALID_MODEL, "a subgraph gives %s where the output '%s' is %s",
                 dtype_name(from.dtype()), to.name(), dtype_name(to.dtype()));
  }
  if (!same_shape(from, to) || to.data() == nullptr || from.bytes() != to.bytes()) {
    BATON_RETURN_IF_ERROR(to.set_dims(from.dims()));
    to.set_bytes(from.bytes());
    BATON_RETURN_IF_ERROR(ctx.services()->place_output(to));
  }
  if (from.bytes() != 0) std::memcpy(to.data(), from.data(), from.bytes());
  return {};
}

Status call_into_outputs(const NodeContext& ctx, int32_t subgraph,
                         std::span<const Value* const> inputs, std::vector<const Value*>* results) {
  BATON_RETURN_IF_ERROR(
      ctx.services()->call_subgraph(static_cast<uint32_t>(subgraph), inputs, results));
  if (static_cast<int>(results->size()) < ctx.output_count()) {
    return error(BATON_INVALID_MODEL, "subgraph %d gives %d outputs, the node has %d", subgraph,
                 static_cast<int>(results->size()), ctx.output_count());
  }
  for (int i = 0; i < ctx.output_count(); ++i) {
    BATON_RETURN_IF_ERROR(copy_value(ctx, *(*results)[static_cast<size_t>(i)], ctx.output(i)));
  }
  return {};
}

}  // namespace baton::ops
