#include <algorithm>

#include "core/ops/support/copy.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& diagonal = ctx.input(1);
  if (input.rank() < 2) return error(BATON_INVALID_MODEL, "the input must have rank 2 or more");
  std::vector<int32_t> expected(input.dims().begin(), input.dims().end() - 1);
  expected.back() = std::min(expected.back(), input.dim(input.rank() - 1));
  if (!std::ranges::equal(expected, diagonal.dims())) {
    return error(BATON_INVALID_MODEL,
                 "the diagonal must have the input's shape without the last dimension, and %d "
                 "elements in its own last",
                 expected.back());
  }
  return ctx.set_output_dims(0, input.dims());
}

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(prepare_copy(ctx));
  return check_same_dtype("input", ctx.input(0), "diagonal", ctx.input(1));
}

Status run(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(run_copy(ctx));
  const Value& output = ctx.output(0);
  const int64_t rows = output.dim(output.rank() - 2);
  const int64_t columns = output.dim(output.rank() - 1);
  const int64_t length = std::min(rows, columns);
  StridedCopy copy;
  copy.add(product_of_dims(output, 0, output.rank() - 2), length, rows * columns);
  copy.add(length, 1, columns + 1);
  return copy.run(ctx, output.dtype(), ctx.input(1).data(), output.data());
}

}  // namespace

extern const Operator matrix_set_diag{
    .code = BATON_OP_MATRIX_SET_DIAG,
    .name = "MATRIX_SET_DIAG",
    .summary = "Matrices with other diagonals.",
    .max_version = 1,
    .inputs = {2, 2},
    .flags = kFoldable,
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare,
    .run = run,
};

}  // namespace baton::ops
