#include <cstring>

#include "core/ops/support/check.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  ctx.set_output_unknown(0);
  return {};
}

Status prepare(NodeContext& ctx) {
  return check_dtype("handle", ctx.input(0).dtype(), dtype_bit(BATON_RESOURCE));
}

Status run(NodeContext& ctx) {
  const int32_t id = *ctx.input(0).as<const int32_t>();
  const SessionServices::Resource* variable = ctx.services()->resource(id);
  if (variable == nullptr || !variable->assigned) {
    return error(BATON_INVALID_MODEL, "the variable is read before anything was assigned to it");
  }
  Value& output = ctx.output(0);
  if (variable->dtype != output.dtype()) {
    return error(BATON_INVALID_MODEL, "the variable is %s, the output is %s",
                 dtype_name(variable->dtype), dtype_name(output.dtype()));
  }
  BATON_RETURN_IF_ERROR(output.set_dims(variable->dims));
  BATON_RETURN_IF_ERROR(ctx.services()->place_output(output));
  if (variable->bytes != 0) std::memcpy(output.data(), variable->data, variable->bytes);
  return {};
}

}  // namespace

extern const Operator read_variable{
    .code = BATON_OP_READ_VARIABLE,
    .name = "READ_VARIABLE",
    .summary = "The content of a resource variable.",
    .max_version = 1,
    // It must see the assignments before it and not those after it.
    .flags = kSideEffect | kHostOnly,
    .dtypes = dtype_bit(BATON_RESOURCE),
    .infer = infer,
    .prepare = prepare,
    .run = run,
};

}  // namespace baton::ops
