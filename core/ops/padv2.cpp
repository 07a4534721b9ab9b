#include "core/ops/support/pad.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  if (ctx.input(2).count() != 1) {
    return error(BATON_INVALID_MODEL, "the padding value has %lld elements; it must have one",
                 static_cast<long long>(ctx.input(2).count()));
  }
  return infer_pad(ctx);
}

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(prepare_copy(ctx));
  BATON_RETURN_IF_ERROR(check_same_dtype("padding value", ctx.input(2), "input", ctx.input(0)));
  const Value& value = ctx.input(2);
  const Value& output = ctx.output(0);
  if ((output.dtype() == BATON_UINT8 || output.dtype() == BATON_INT8) && output.quantized() &&
      (value.scale() != output.scale() || value.zero_point() != output.zero_point())) {
    return error(BATON_UNSUPPORTED,
                 "the padding value has another scale or zero point than the output");
  }
  return {};
}

Status run(NodeContext& ctx) { return run_pad(ctx, ctx.input(2).data()); }

}  // namespace

extern const Operator padv2{
    .code = BATON_OP_PADV2,
    .name = "PADV2",
    .summary = "A given value before and after the input in each dimension.",
    .max_version = 5,
    .inputs = {3, 3},
    .flags = kFoldable,
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = pad_min_version,
};

}  // namespace baton::ops
