#include "core/ops/support/copy.h"
#include "core/ops/support/dispatch.h"
#include "core/ops/support/nd_index.h"
#include "core/ops/support/shape_input.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {
namespace {

// A scalar or vector of indices names elements of a vector; a matrix has one row for each element.
int64_t index_rows(const Value& indices) { return indices.rank() == 0 ? 1 : indices.dim(0); }

Status infer(NodeContext& ctx) {
  const Value& indices = ctx.input(0);
  const Value& shape = ctx.input(1);
  const Value& values = ctx.input(2);
  if (indices.rank() > 2 || shape.rank() != 1 || values.rank() > 1 || ctx.input(3).count() != 1) {
    return error(BATON_INVALID_MODEL,
                 "the indices may have rank 2, the shape must be a vector, the values a vector or "
                 "a scalar, the default one element");
  }
  const int32_t columns = indices.rank() == 2 ? indices.dim(1) : 1;
  if (columns != shape.dim(0)) {
    return error(BATON_INVALID_MODEL, "the indices have %d columns, the shape %d dimensions",
                 columns, shape.dim(0));
  }
  if (values.rank() == 1 && values.dim(0) != index_rows(indices)) {
    return error(BATON_INVALID_MODEL, "there are %d values for %lld indices", values.dim(0),
                 static_cast<long long>(index_rows(indices)));
  }
  if (!shape.known()) {
    ctx.set_output_unknown(0);
    return {};
  }
  std::vector<int32_t> dims;
  BATON_RETURN_IF_ERROR(read_shape(shape, &dims));
  return ctx.set_output_dims(0, dims);
}

Status prepare(NodeContext& ctx) {
  constexpr uint32_t kValues = dtypes_of<float, int32_t, int64_t, int8_t, uint8_t>();
  BATON_RETURN_IF_ERROR(
      check_dtype("indices", ctx.input(0).dtype(), dtypes_of<int32_t, int64_t>()));
  BATON_RETURN_IF_ERROR(check_dtype("values", ctx.input(2).dtype(), kValues));
  BATON_RETURN_IF_ERROR(check_same_dtype("values", ctx.input(2), "default", ctx.input(3)));
  return check_same_dtype("values", ctx.input(2), "output", ctx.output(0));
}

template <typename Index, typename T>
Status fill_in(const NodeContext& ctx) {
  const Value& indices = ctx.input(0);
  const Value& values = ctx.input(2);
  const Value& output = ctx.output(0);
  BATON_RETURN_IF_ERROR(fill_elements(output, ctx.input(3).data()));
  for (int64_t row = 0; row < index_rows(indices); ++row) {
    int64_t element = 0;
    BATON_RETURN_IF_ERROR(nd_slice(output.dims(), indices.as<const Index>(), row, &element));
    output.as<T>()[element] = values.as<const T>()[values.rank() == 0 ? 0 : row];
  }
  return {};
}

Status run(NodeContext& ctx) {
  Status status;
  BATON_RETURN_IF_ERROR(for_size(ctx.output(0).dtype(), [&]<typename T>() {
    status =
        ctx.input(0).dtype() == BATON_INT64 ? fill_in<int64_t, T>(ctx) : fill_in<int32_t, T>(ctx);
  }));
  return status;
}

int32_t min_version(const NodeContext& ctx) {
  switch (ctx.input(2).dtype()) {
    case BATON_INT8:
    case BATON_UINT8:
      return 3;
    case BATON_INT64:
      return 2;
    default:
      return 1;
  }
}

}  // namespace

extern const Operator sparse_to_dense{
    .code = BATON_OP_SPARSE_TO_DENSE,
    .name = "SPARSE_TO_DENSE",
    .summary = "A tensor of a default value, with values at the places that indices name.",
    .max_version = 3,
    .inputs = {4, 4},
    .flags = kFoldable,
    .dtypes = dtypes_of<int32_t, int64_t>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
