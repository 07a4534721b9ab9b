#include "core/ops/support/pad.h"

namespace baton::ops {

Status infer_pad(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& paddings = ctx.input(1);
  BATON_RETURN_IF_ERROR(check_dtype("paddings", paddings.dtype(), dtypes_of<int32_t, int64_t>()));
  if (paddings.rank() != 2 || paddings.dim(0) != input.rank() || paddings.dim(1) != 2) {
    return error(BATON_INVALID_MODEL, "the paddings must have the shape [%d, 2]", input.rank());
  }
  if (!paddings.known()) {
    ctx.set_output_unknown(0);
    return {};
  }
  std::vector<int32_t> dims;
  for (int i = 0; i < input.rank(); ++i) {
    const int64_t before = padding_at(paddings, i, 0);
    const int64_t after = padding_at(paddings, i, 1);
    if (before < 0 || after < 0 || before > INT32_MAX || after > INT32_MAX) {
      return error(BATON_INVALID_MODEL,
                   "the padding of dimension %d, %lld and %lld, is out of range", i,
                   static_cast<long long>(before), static_cast<long long>(after));
    }
    BATON_ASSIGN_OR_RETURN(const int32_t dim, checked_dim(before + input.dim(i) + after));
    dims.push_back(dim);
  }
  return ctx.set_output_dims(0, dims);
}

Status run_pad(NodeContext& ctx, const void* padding) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  BATON_RETURN_IF_ERROR(fill_elements(output, padding));
  StridedCopy copy;
  int64_t to = 0;
  for (int i = 0; i < input.rank(); ++i) {
    const int64_t step = product_of_dims(output, i + 1, output.rank());
    to += padding_at(ctx.input(1), i, 0) * step;
    copy.add(input.dim(i), product_of_dims(input, i + 1, input.rank()), step);
  }
  copy.start(0, to);
  return copy.run(ctx, input.dtype(), input.data(), output.data());
}

int32_t pad_min_version(const NodeContext& ctx) {
  const Value& input = ctx.input(0);
  if (input.dtype() == BATON_BOOL) return 5;
  if (input.rank() > 4) return 4;
  return input.dtype() == BATON_INT16 ? 3 : input.dtype() == BATON_INT8 ? 2 : 1;
}

}  // namespace baton::ops
