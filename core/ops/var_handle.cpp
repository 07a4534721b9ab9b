#include "core/ops/support/check.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) { return ctx.set_output_dims(0, std::span<const int32_t>()); }

Status prepare(NodeContext& ctx) {
  return check_dtype("output", ctx.output(0).dtype(), dtype_bit(BATON_RESOURCE));
}

Status run(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_var_handle_attributes>();
  const auto text = [](const char* name) { return name != nullptr ? name : ""; };
  *ctx.output(0).as<int32_t>() =
      ctx.services()->resource_id(text(attributes.container), text(attributes.shared_name));
  return {};
}

}  // namespace

extern const Operator var_handle{
    .code = BATON_OP_VAR_HANDLE,
    .name = "VAR_HANDLE",
    .summary = "The handle of the resource variable with a name.",
    .max_version = 1,
    .inputs = {0, 0},
    .flags = kHostOnly,
    .infer = infer,
    .prepare = prepare,
    .run = run,
};

}  // namespace baton::ops
