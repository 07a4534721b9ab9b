#include "core/ops/support/copy.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& permutation = ctx.input(1);
  if (permutation.dtype() != BATON_INT32 || permutation.rank() != 1 ||
      permutation.dim(0) != input.rank()) {
    return error(BATON_INVALID_MODEL,
                 "the permutation must be a vector of %d int32, one for each dimension",
                 input.rank());
  }
  if (!permutation.known()) {
    ctx.set_output_unknown(0);
    return {};
  }
  std::vector<bool> used(static_cast<size_t>(input.rank()), false);
  std::vector<int32_t> dims;
  for (int i = 0; i < input.rank(); ++i) {
    BATON_ASSIGN_OR_RETURN(const int axis,
                           resolve_axis(permutation.as<const int32_t>()[i], input.rank()));
    if (used[static_cast<size_t>(axis)]) {
      return error(BATON_INVALID_MODEL, "the permutation has axis %d twice", axis);
    }
    used[static_cast<size_t>(axis)] = true;
    dims.push_back(input.dim(axis));
  }
  return ctx.set_output_dims(0, dims);
}

Status run(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  StridedCopy copy;
  for (int i = 0; i < output.rank(); ++i) {
    BATON_ASSIGN_OR_RETURN(const int axis,
                           resolve_axis(ctx.input(1).as<const int32_t>()[i], input.rank()));
    copy.add(output.dim(i), product_of_dims(input, axis + 1, input.rank()),
             product_of_dims(output, i + 1, output.rank()));
  }
  return copy.run(ctx, input.dtype(), input.data(), output.data());
}

int32_t min_version(const NodeContext& ctx) {
  const Value& input = ctx.input(0);
  if (input.dtype() == BATON_FLOAT16) return 9;
  if (input.dtype() == BATON_BFLOAT16 || input.rank() > 6) return 8;
  if (input.rank() > 5) return 6;
  if (input.dtype() == BATON_INT16) return 5;
  if (input.rank() > 4) return 4;
  return input.dtype() == BATON_BOOL ? 3 : input.dtype() == BATON_INT8 ? 2 : 1;
}

}  // namespace

extern const Operator transpose{
    .code = BATON_OP_TRANSPOSE,
    .name = "TRANSPOSE",
    .summary = "Dimensions in another order.",
    .max_version = 9,
    .inputs = {2, 2},
    .flags = kFoldable,
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare_copy,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
