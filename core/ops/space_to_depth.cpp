#include "core/ops/support/copy.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  const int32_t block = ctx.attributes<baton_space_to_depth_attributes>().block_size;
  const Value& input = ctx.input(0);
  if (input.rank() != 4)
    return error(BATON_INVALID_MODEL, "the input has rank %d, not 4", input.rank());
  if (block < 1 || input.dim(1) % block != 0 || input.dim(2) % block != 0) {
    return error(BATON_INVALID_MODEL, "block size %d does not divide the image of %d x %d", block,
                 input.dim(1), input.dim(2));
  }
  BATON_ASSIGN_OR_RETURN(const int32_t area, checked_dim(int64_t{block} * block));
  BATON_ASSIGN_OR_RETURN(const int32_t depth, checked_dim(int64_t{input.dim(3)} * area));
  return ctx.set_output_dims(0, {input.dim(0), input.dim(1) / block, input.dim(2) / block, depth});
}

Status run(NodeContext& ctx) {
  const int64_t block = ctx.attributes<baton_space_to_depth_attributes>().block_size;
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  const Value& deep = output;  // [n, height, width, depth]
  const int64_t width = deep.dim(2);
  const int64_t depth = deep.dim(3);
  // Each cell of the deep image is a block of the other: rows, columns, channels.
  const int64_t wide_depth = depth / (block * block);
  const int64_t wide_row = width * block * wide_depth;
  const auto add = [](StridedCopy* copy, int64_t size, int64_t deep_step, int64_t wide_step) {
    copy->add(size, wide_step, deep_step);
  };
  StridedCopy copy;
  add(&copy, int64_t{deep.dim(0)} * deep.dim(1), width * depth, block * wide_row);
  add(&copy, width, depth, block * wide_depth);
  add(&copy, block, block * wide_depth, wide_row);
  add(&copy, block * wide_depth, 1, 1);
  return copy.run(ctx, input.dtype(), input.data(), output.data());
}

int32_t min_version(const NodeContext& ctx) { return ctx.input(0).dtype() == BATON_INT8 ? 2 : 1; }

}  // namespace

extern const Operator space_to_depth{
    .code = BATON_OP_SPACE_TO_DEPTH,
    .name = "SPACE_TO_DEPTH",
    .summary = "Blocks of an image become channels.",
    .max_version = 2,
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare_copy,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
