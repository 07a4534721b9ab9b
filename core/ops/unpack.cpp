#include "core/ops/support/join.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_unpack_attributes>();
  const Value& input = ctx.input(0);
  BATON_ASSIGN_OR_RETURN(const int axis, resolve_axis(attributes.axis, input.rank()));
  if (attributes.num != ctx.output_count() || input.dim(axis) != attributes.num) {
    return error(BATON_INVALID_MODEL,
                 "num is %d, there are %d outputs, and dimension %d has size %d", attributes.num,
                 ctx.output_count(), axis, input.dim(axis));
  }
  std::vector<int32_t> dims(input.dims().begin(), input.dims().end());
  dims.erase(dims.begin() + axis);
  for (int i = 0; i < ctx.output_count(); ++i) {
    BATON_RETURN_IF_ERROR(ctx.set_output_dims(i, dims));
  }
  return {};
}

Status prepare(NodeContext& ctx) { return prepare_split(ctx, ctx.input(0)); }

Status run(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  BATON_ASSIGN_OR_RETURN(
      const int axis, resolve_axis(ctx.attributes<baton_unpack_attributes>().axis, input.rank()));
  const int64_t outer = product_of_dims(input, 0, axis);
  const int64_t run = product_of_dims(input, axis + 1, input.rank()) * element_bytes(input);
  for (int i = 0; i < ctx.output_count(); ++i) {
    copy_out_of(input.as<const unsigned char>() + i * run, ctx.output(i).as<unsigned char>(), outer,
                run * ctx.output_count(), run);
  }
  return {};
}

int32_t min_version(const NodeContext& ctx) {
  switch (ctx.input(0).dtype()) {
    case BATON_INT8:
    case BATON_UINT8:
      return 2;
    case BATON_BOOL:
      return 3;
    case BATON_INT16:
      return 4;
    case BATON_FLOAT16:
    case BATON_BFLOAT16:
      return 5;
    default:
      return 1;
  }
}

}  // namespace

extern const Operator unpack{
    .code = BATON_OP_UNPACK,
    .name = "UNPACK",
    .summary = "The slices of a tensor along a dimension, which is dropped.",
    .max_version = 5,
    .outputs = {1, -1},
    .flags = kFoldable,
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
