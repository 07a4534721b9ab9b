#include <cstring>

#include "core/ops/support/copy.h"
#include "core/ops/support/rows.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(infer_rows(ctx));
  const Value& input = ctx.input(0);
  std::vector<int32_t> dims(input.dims().begin(), input.dims().end());
  dims.push_back(dims.back());
  return ctx.set_output_dims(0, dims);
}

Status run(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  if (output.bytes() != 0) std::memset(output.data(), 0, output.bytes());
  const Rows rows(input);
  StridedCopy copy;
  copy.add(rows.rows, rows.depth, rows.depth * rows.depth);
  copy.add(rows.depth, 1, rows.depth + 1);
  return copy.run(ctx, input.dtype(), input.data(), output.data());
}

}  // namespace

extern const Operator matrix_diag{
    .code = BATON_OP_MATRIX_DIAG,
    .name = "MATRIX_DIAG",
    .summary = "Square matrices with the rows of the input as diagonals, zero elsewhere.",
    .max_version = 1,
    .flags = kFoldable,
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare_copy,
    .run = run,
};

}  // namespace baton::ops
