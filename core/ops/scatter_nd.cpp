#include <algorithm>
#include <cstring>

#include "core/ops/support/binary.h"
#include "core/ops/support/boolean.h"
#include "core/ops/support/nd_index.h"
#include "core/ops/support/shape_input.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {
namespace {

constexpr uint32_t kDtypes = dtypes_of<float, int32_t, int64_t, int8_t, uint8_t, bool>();

// The updates are the output's slices in the indices' shape.
Status check_shapes(const NodeContext& ctx, std::span<const int32_t> output) {
  const Value& indices = ctx.input(0);
  const Value& updates = ctx.input(1);
  const auto depth = static_cast<size_t>(indices.dim(indices.rank() - 1));
  if (depth > output.size()) {
    return error(BATON_INVALID_MODEL, "the indices have %zu columns, the output %zu dimensions",
                 depth, output.size());
  }
  std::vector<int32_t> expected(indices.dims().begin(), indices.dims().end() - 1);
  expected.insert(expected.end(), output.begin() + static_cast<int64_t>(depth), output.end());
  if (std::ranges::equal(expected, updates.dims())) return {};
  return error(BATON_INVALID_MODEL,
               "the shape of the updates is not that of the indices without the last dimension, "
               "followed by the output's after the first %zu",
               depth);
}

Status infer(NodeContext& ctx) {
  const Value& indices = ctx.input(0);
  const Value& shape = ctx.input(2);
  if (indices.rank() < 1 || ctx.input(1).rank() < 1 || shape.rank() != 1) {
    return error(BATON_INVALID_MODEL,
                 "the indices and updates must have rank 1 or more, the shape must be a vector");
  }
  if (!shape.known()) {
    ctx.set_output_unknown(0);
    return {};
  }
  std::vector<int32_t> dims;
  BATON_RETURN_IF_ERROR(read_shape(shape, &dims));
  BATON_RETURN_IF_ERROR(check_shapes(ctx, dims));
  return ctx.set_output_dims(0, dims);
}

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(check_dtype("updates", ctx.input(1).dtype(), kDtypes));
  BATON_RETURN_IF_ERROR(check_same_dtype("updates", ctx.input(1), "output", ctx.output(0)));
  BATON_RETURN_IF_ERROR(check_dtype("indices", ctx.input(0).dtype(), dtypes_of<int32_t>()));
  return check_same_dtype("indices", ctx.input(0), "shape", ctx.input(2));
}

template <typename T>
Status scatter(const NodeContext& ctx) {
  const Value& indices = ctx.input(0);
  const Value& output = ctx.output(0);
  const int depth = indices.dim(indices.rank() - 1);
  const int64_t rows = product_of_dims(indices, 0, indices.rank() - 1);
  const int64_t size = product_of_dims(output, depth, output.rank());
  if (output.bytes() != 0) std::memset(output.data(), 0, output.bytes());
  const T* from = ctx.input(1).as<const T>();
  for (int64_t row = 0; row < rows; ++row) {
    int64_t slice = 0;
    BATON_RETURN_IF_ERROR(nd_slice(output.dims().first(static_cast<size_t>(depth)),
                                   indices.as<const int32_t>(), row, &slice));
    T* to = output.as<T>() + slice * size;
    for (int64_t i = 0; i < size; ++i) {
      if constexpr (std::is_same_v<T, Boolean>) {
        to[i] = to[i] || from[row * size + i];
      } else {
        to[i] = static_cast<T>(static_cast<Wrapping<T>>(to[i]) +
                               static_cast<Wrapping<T>>(from[row * size + i]));
      }
    }
  }
  return {};
}

Status run(NodeContext& ctx) {
  Status status;
  BATON_RETURN_IF_ERROR((for_type<float, int32_t, int64_t, int8_t, uint8_t, Boolean>(
      ctx.input(1).dtype(), [&]<typename T>() { status = scatter<T>(ctx); })));
  return status;
}

uint64_t work(const NodeContext& ctx) {
  return static_cast<uint64_t>(ctx.output(0).count()) + static_cast<uint64_t>(ctx.input(1).count());
}

}  // namespace

extern const Operator scatter_nd{
    .code = BATON_OP_SCATTER_ND,
    .name = "SCATTER_ND",
    .summary = "Zeros, to which updates are added at the slices that rows of indices name.",
    .max_version = 1,
    .inputs = {3, 3},
    .flags = kFoldable,
    .dtypes = dtypes_of<int32_t>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .work = work,
};

}  // namespace baton::ops
