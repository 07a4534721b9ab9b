#include "core/ops/support/copy.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& multiples = ctx.input(1);
  if (multiples.rank() != 1 || multiples.dim(0) != input.rank()) {
    return error(BATON_INVALID_MODEL,
                 "the multiples must be a vector of %d elements, one for each dimension",
                 input.rank());
  }
  if (!multiples.known()) {
    ctx.set_output_unknown(0);
    return {};
  }
  std::vector<int64_t> counts;
  BATON_RETURN_IF_ERROR(read_integers("multiples", multiples, &counts));
  std::vector<int32_t> dims;
  for (int i = 0; i < input.rank(); ++i) {
    const int64_t count = counts[static_cast<size_t>(i)];
    if (count < 0 || count > INT32_MAX) {
      return error(BATON_INVALID_MODEL, "multiple %d is %lld", i, static_cast<long long>(count));
    }
    BATON_ASSIGN_OR_RETURN(const int32_t dim, checked_dim(input.dim(i) * count));
    dims.push_back(dim);
  }
  return ctx.set_output_dims(0, dims);
}

Status run(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  if (output.count() == 0) return {};
  StridedCopy copy;
  for (int i = 0; i < input.rank(); ++i) {
    const int64_t from_step = product_of_dims(input, i + 1, input.rank());
    const int64_t to_step = product_of_dims(output, i + 1, output.rank());
    copy.add(output.dim(i) / input.dim(i), 0, to_step * input.dim(i));
    copy.add(input.dim(i), from_step, to_step);
  }
  return copy.run(ctx, input.dtype(), input.data(), output.data());
}

int32_t min_version(const NodeContext& ctx) { return ctx.input(0).dtype() == BATON_INT8 ? 3 : 1; }

}  // namespace

extern const Operator tile{
    .code = BATON_OP_TILE,
    .name = "TILE",
    .summary = "The input repeated a number of times along each dimension.",
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
