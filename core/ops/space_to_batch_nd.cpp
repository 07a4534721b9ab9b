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
  std::vector<int32_t> dims(input.dims().begin(), input.dims().end());
  int64_t batch = input.dim(0);
  for (int i = 0; i < space.spatial; ++i) {
    const int64_t padded = int64_t{input.dim(1 + i)} + space.before[i] + space.after[i];
    if (padded % space.block[i] != 0) {
      return error(BATON_INVALID_MODEL,
                   "block %d does not divide the padded size %lld of dimension %d", space.block[i],
                   static_cast<long long>(padded), 1 + i);
    }
    BATON_ASSIGN_OR_RETURN(dims[static_cast<size_t>(1 + i)], checked_dim(padded / space.block[i]));
    BATON_ASSIGN_OR_RETURN(batch, checked_dim(batch * space.block[i]));
  }
  dims[0] = static_cast<int32_t>(batch);
  return ctx.set_output_dims(0, dims);
}

Status run(NodeContext& ctx) {
  BatchSpace space;
  BATON_RETURN_IF_ERROR(read_batch_space(ctx, &space));
  const Value& output = ctx.output(0);
  // Real zero: the zero point of 8-bit tensors, 0 otherwise.
  const uint64_t padding[2] = {0, 0};
  const auto zero_point = static_cast<uint8_t>(output.zero_point());
  const bool eight_bit = output.dtype() == BATON_INT8 || output.dtype() == BATON_UINT8;
  BATON_RETURN_IF_ERROR(fill_elements(output, eight_bit ? static_cast<const void*>(&zero_point)
                                                        : static_cast<const void*>(padding)));
  return copy_batch_space(ctx, space, ctx.input(0), output, true);
}

}  // namespace

extern const Operator space_to_batch_nd{
    .code = BATON_OP_SPACE_TO_BATCH_ND,
    .name = "SPACE_TO_BATCH_ND",
    .summary = "Pads an image and moves the positions within its blocks to the batch.",
    .max_version = 4,
    .inputs = {3, 3},
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare_copy,
    .run = run,
    .min_version = batch_space_min_version,
};

}  // namespace baton::ops
