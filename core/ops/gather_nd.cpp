#include <cstring>

#include "core/ops/support/copy.h"
#include "core/ops/support/dispatch.h"
#include "core/ops/support/nd_index.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {
namespace {

// Leading dimensions of the input that a row of indices names.
int index_depth(const NodeContext& ctx) {
  const Value& indices = ctx.input(1);
  return indices.dim(indices.rank() - 1);
}

Status infer(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& indices = ctx.input(1);
  if (input.rank() < 1 || indices.rank() < 1) {
    return error(BATON_INVALID_MODEL,
                 "the input has rank %d, the indices %d; both must be 1 or more", input.rank(),
                 indices.rank());
  }
  if (index_depth(ctx) > input.rank()) {
    return error(BATON_INVALID_MODEL, "the indices have %d columns, the input %d dimensions",
                 index_depth(ctx), input.rank());
  }
  std::vector<int32_t> dims(indices.dims().begin(), indices.dims().end() - 1);
  dims.insert(dims.end(), input.dims().begin() + index_depth(ctx), input.dims().end());
  return ctx.set_output_dims(0, dims);
}

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(prepare_copy(ctx));
  return check_dtype("indices", ctx.input(1).dtype(), dtypes_of<int16_t, int32_t, int64_t>());
}

template <typename Index>
Status gather(const NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& indices = ctx.input(1);
  const int depth = index_depth(ctx);
  const int64_t rows = product_of_dims(indices, 0, indices.rank() - 1);
  const int64_t bytes =
      product_of_dims(input, depth, input.rank()) * (dtype_bits(input.dtype()) / 8);
  auto* to = ctx.output(0).as<unsigned char>();
  for (int64_t row = 0; row < rows; ++row) {
    int64_t slice = 0;
    BATON_RETURN_IF_ERROR(nd_slice(input.dims().first(static_cast<size_t>(depth)),
                                   indices.as<const Index>(), row, &slice));
    if (bytes == 0) continue;
    std::memcpy(to + row * bytes, input.as<const unsigned char>() + slice * bytes,
                static_cast<size_t>(bytes));
  }
  return {};
}

Status run(NodeContext& ctx) {
  Status status;
  BATON_RETURN_IF_ERROR((for_type<int16_t, int32_t, int64_t>(
      ctx.input(1).dtype(), [&]<typename Index>() { status = gather<Index>(ctx); })));
  return status;
}

int32_t min_version(const NodeContext& ctx) {
  if (ctx.input(0).dtype() == BATON_BOOL) return 5;
  if (ctx.input(1).dtype() == BATON_INT16) return 4;
  return ctx.input(0).dtype() == BATON_INT16 ? 3 : 1;
}

}  // namespace

extern const Operator gather_nd{
    .code = BATON_OP_GATHER_ND,
    .name = "GATHER_ND",
    .summary = "Slices of a tensor, each picked by a row of indices.",
    .max_version = 6,
    .inputs = {2, 2},
    .flags = kFoldable,
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
