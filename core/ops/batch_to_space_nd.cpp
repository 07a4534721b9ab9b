#include "core/ops/support/batch_space.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(check_batch_space(ctx));
  if (!inputs_known(ctx, 1)) {
    ctx.set_output_unknown(0);
    return {};
  }
  BatchSpace space;
  BATON_RETURN_IF_ERROR(read_batch_space(ctx, &space));
  const Value& input = ctx.input(0);
  if (input.dim(0) % space.block_count() != 0) {
    return error(BATON_INVALID_MODEL, "a block of %lld elements does not divide the batch of %d",
                 static_cast<long long>(space.block_count()), input.dim(0));
  }
  std::vector<int32_t> dims(input.dims().begin(), input.dims().end());
  dims[0] = static_cast<int32_t>(input.dim(0) / space.block_count());
  for (int i = 0; i < space.spatial; ++i) {
    const int64_t size =
        int64_t{input.dim(1 + i)} * space.block[i] - space.before[i] - space.after[i];
    BATON_ASSIGN_OR_RETURN(dims[static_cast<size_t>(1 + i)], checked_dim(size));
  }
  return ctx.set_output_dims(0, dims);
}

Status run(NodeContext& ctx) {
  BatchSpace space;
  BATON_RETURN_IF_ERROR(read_batch_space(ctx, &space));
  return copy_batch_space(ctx, space, ctx.output(0), ctx.input(0), false);
}

}  // namespace

extern const Operator batch_to_space_nd{
    .code = BATON_OP_BATCH_TO_SPACE_ND,
    .name = "BATCH_TO_SPACE_ND",
    .summary = "Moves block positions from the batch back into an image and crops it.",
    .max_version = 4,
    .inputs = {3, 3},
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare_copy,
    .run = run,
    .min_version = batch_space_min_version,
};

}  // namespace baton::ops
