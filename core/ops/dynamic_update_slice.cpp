#include <algorithm>

#include "core/ops/support/copy.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  const Value& operand = ctx.input(0);
  const Value& update = ctx.input(1);
  const Value& start = ctx.input(2);
  BATON_RETURN_IF_ERROR(check_dtype("start", start.dtype(), dtypes_of<int32_t, int64_t>()));
  if (start.rank() != 1 || start.dim(0) != operand.rank() || update.rank() != operand.rank()) {
    return error(
        BATON_INVALID_MODEL,
        "the update must have the operand's rank %d, the start must be a vector of as many",
        operand.rank());
  }
  for (int i = 0; i < operand.rank(); ++i) {
    if (update.dim(i) > operand.dim(i)) {
      return error(BATON_INVALID_MODEL,
                   "dimension %d of the update has %d elements, the operand %d", i, update.dim(i),
                   operand.dim(i));
    }
  }
  return ctx.set_output_dims(0, operand.dims());
}

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(prepare_copy(ctx));
  return check_same_dtype("operand", ctx.input(0), "update", ctx.input(1));
}

Status run(NodeContext& ctx) {
  const Value& update = ctx.input(1);
  const Value& start = ctx.input(2);
  const Value& output = ctx.output(0);
  BATON_RETURN_IF_ERROR(run_copy(ctx));
  StridedCopy copy;
  int64_t first = 0;
  for (int i = 0; i < output.rank(); ++i) {
    const int64_t step = product_of_dims(output, i + 1, output.rank());
    const int64_t wanted =
        start.dtype() == BATON_INT64 ? start.as<const int64_t>()[i] : start.as<const int32_t>()[i];
    // Moved so far that the update fits.
    const int64_t place = std::clamp<int64_t>(wanted, 0, output.dim(i) - update.dim(i));
    if (output.count() != 0) first += place * step;
    copy.add(update.dim(i), product_of_dims(update, i + 1, update.rank()), step);
  }
  copy.start(0, first);
  return copy.run(ctx, output.dtype(), update.data(), output.data());
}

int32_t min_version(const NodeContext& ctx) {
  switch (ctx.input(0).dtype()) {
    case BATON_BFLOAT16:
      return 6;
    case BATON_INT16:
      return 4;
    case BATON_FLOAT16:
      return 3;
    default:
      return ctx.input(2).dtype() == BATON_INT64 ? 2 : 1;
  }
}

}  // namespace

extern const Operator dynamic_update_slice{
    .code = BATON_OP_DYNAMIC_UPDATE_SLICE,
    .name = "DYNAMIC_UPDATE_SLICE",
    .summary = "A tensor in which a block, at a place given while running, is replaced.",
    .max_version = 6,
    .inputs = {3, 3},
    .flags = kFoldable,
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
