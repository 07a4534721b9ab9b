#include <algorithm>

#include "core/ops/support/join.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_pack_attributes>();
  const Value& first = ctx.input(0);
  if (attributes.values_count != ctx.input_count()) {
    return error(BATON_INVALID_MODEL, "values_count is %d, there are %d inputs",
                 attributes.values_count, ctx.input_count());
  }
  BATON_ASSIGN_OR_RETURN(const int axis, resolve_axis(attributes.axis, first.rank() + 1));
  for (int i = 1; i < ctx.input_count(); ++i) {
    if (!std::ranges::equal(ctx.input(i).dims(), first.dims())) {
      return error(BATON_INVALID_MODEL, "input %d has another shape than input 0", i);
    }
  }
  std::vector<int32_t> dims(first.dims().begin(), first.dims().end());
  dims.insert(dims.begin() + axis, ctx.input_count());
  return ctx.set_output_dims(0, dims);
}

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(check_plain("input", ctx.input(0)));
  for (int i = 0; i < ctx.input_count(); ++i) {
    BATON_RETURN_IF_ERROR(check_same_dtype("input", ctx.input(i), "output", ctx.output(0)));
  }
  return {};
}

Status run(NodeContext& ctx) {
  const Value& output = ctx.output(0);
  BATON_ASSIGN_OR_RETURN(const int axis,
                         resolve_axis(ctx.attributes<baton_pack_attributes>().axis, output.rank()));
  const int64_t outer = product_of_dims(output, 0, axis);
  const int64_t run = product_of_dims(output, axis + 1, output.rank()) * element_bytes(output);
  for (int i = 0; i < ctx.input_count(); ++i) {
    copy_into(output.as<unsigned char>() + i * run, ctx.input(i).as<const unsigned char>(), outer,
              run * ctx.input_count(), run);
  }
  return {};
}

int32_t min_version(const NodeContext& ctx) {
  switch (ctx.input(0).dtype()) {
    case BATON_INT8:
      return 2;
    case BATON_INT16:
      return 3;
    case BATON_UINT32:
      return 4;
    default:
      return 1;
  }
}

}  // namespace

extern const Operator pack{
    .code = BATON_OP_PACK,
    .name = "PACK",
    .summary = "Tensors of one shape side by side along a new dimension.",
    .max_version = 4,
    .inputs = {1, -1},
    .flags = kFoldable,
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
