#include "core/ops/support/copy.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {
namespace {

int64_t integer_at(const Value& value, int64_t i) {
  return value.dtype() == BATON_INT32 ? value.as<const int32_t>()[i] : value.as<const int64_t>()[i];
}

Status infer(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  for (int i = 1; i <= 2; ++i) {
    const Value& vector = ctx.input(i);
    const char* name = i == 1 ? "begin" : "size";
    BATON_RETURN_IF_ERROR(check_dtype(name, vector.dtype(), dtypes_of<int32_t, int64_t>()));
    if (vector.rank() != 1 || vector.dim(0) != input.rank()) {
      return error(BATON_INVALID_MODEL,
                   "%s must be a vector of %d elements, one for each dimension", name,
                   input.rank());
    }
  }
  if (!inputs_known(ctx, 1)) {
    ctx.set_output_unknown(0);
    return {};
  }
  std::vector<int32_t> dims;
  for (int i = 0; i < input.rank(); ++i) {
    const int64_t begin = integer_at(ctx.input(1), i);
    int64_t size = integer_at(ctx.input(2), i);
    if (size == -1) size = input.dim(i) - begin;
    if (begin < 0 || size < 0 || begin > input.dim(i) || size > input.dim(i) - begin) {
      return error(BATON_INVALID_MODEL,
                   "begin %lld and size %lld leave dimension %d, which has size %d",
                   static_cast<long long>(begin), static_cast<long long>(size), i, input.dim(i));
    }
    dims.push_back(static_cast<int32_t>(size));
  }
  return ctx.set_output_dims(0, dims);
}

Status run(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  StridedCopy copy;
  int64_t from = 0;
  for (int i = 0; i < input.rank(); ++i) {
    const int64_t step = product_of_dims(input, i + 1, input.rank());
    from += integer_at(ctx.input(1), i) * step;
    copy.add(output.dim(i), step, product_of_dims(output, i + 1, output.rank()));
  }
  copy.start(from, 0);
  return copy.run(ctx, input.dtype(), input.data(), output.data());
}

int32_t min_version(const NodeContext& ctx) {
  const baton_dtype dtype = ctx.input(0).dtype();
  if (dtype == BATON_FLOAT16) return 8;
  if (dtype == BATON_UINT32) return 6;
  if (ctx.input(0).rank() > 4) return 5;
  return dtype == BATON_INT16 ? 4 : dtype == BATON_INT8 ? 2 : 1;
}

}  // namespace

extern const Operator slice{
    .code = BATON_OP_SLICE,
    .name = "SLICE",
    .summary = "A box of a tensor, by begin and size; size -1 goes to the end.",
    .max_version = 8,
    .inputs = {3, 3},
    .flags = kFoldable,
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare_copy,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
