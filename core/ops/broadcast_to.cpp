#include "core/ops/support/copy.h"
#include "core/ops/support/shape_input.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& shape = ctx.input(1);
  if (shape.rank() != 1) return error(BATON_INVALID_MODEL, "the shape must be a vector");
  if (!shape.known()) {
    ctx.set_output_unknown(0);
    return {};
  }
  std::vector<int32_t> dims;
  BATON_RETURN_IF_ERROR(read_shape(shape, &dims));
  const int extra = static_cast<int>(dims.size()) - input.rank();
  if (extra < 0) {
    return error(BATON_INVALID_MODEL, "the new shape has %d dimensions, the input has %d",
                 static_cast<int>(dims.size()), input.rank());
  }
  for (int i = 0; i < input.rank(); ++i) {
    const int32_t dim = dims[static_cast<size_t>(extra + i)];
    if (input.dim(i) != 1 && input.dim(i) != dim) {
      return error(BATON_INVALID_MODEL, "dimension %d of size %d cannot be broadcast to %d", i,
                   input.dim(i), dim);
    }
  }
  return ctx.set_output_dims(0, dims);
}

Status run(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  const int extra = output.rank() - input.rank();
  StridedCopy copy;
  for (int i = 0; i < output.rank(); ++i) {
    const bool repeated = i < extra || input.dim(i - extra) == 1;
    copy.add(output.dim(i), repeated ? 0 : product_of_dims(input, i - extra + 1, input.rank()),
             product_of_dims(output, i + 1, output.rank()));
  }
  return copy.run(ctx, input.dtype(), input.data(), output.data());
}

int32_t min_version(const NodeContext& ctx) {
  const baton_dtype dtype = ctx.input(0).dtype();
  return dtype == BATON_INT8 || dtype == BATON_INT16 ? 3 : 2;
}

}  // namespace

extern const Operator broadcast_to{
    .code = BATON_OP_BROADCAST_TO,
    .name = "BROADCAST_TO",
    .summary = "The input repeated to a larger shape.",
    .max_version = 3,
    .inputs = {2, 2},
    .flags = kFoldable,
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare_copy,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
