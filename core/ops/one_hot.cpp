#include "core/ops/support/check.h"
#include "core/ops/support/dispatch.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {
namespace {

// Where the new dimension goes.
Result<int> axis_of(const NodeContext& ctx) {
  const int32_t axis = ctx.attributes<baton_one_hot_attributes>().axis;
  return resolve_axis(axis, ctx.input(0).rank() + 1);
}

Status infer(NodeContext& ctx) {
  const Value& indices = ctx.input(0);
  const Value& depth = ctx.input(1);
  BATON_RETURN_IF_ERROR(check_dtype("depth", depth.dtype(), dtypes_of<int32_t>()));
  for (int i = 1; i < 4; ++i) {
    if (ctx.input(i).count() != 1) {
      return error(BATON_INVALID_MODEL, "input %d must be a scalar", i);
    }
  }
  BATON_ASSIGN_OR_RETURN(const int axis, axis_of(ctx));
  if (!depth.known()) {
    ctx.set_output_unknown(0);
    return {};
  }
  BATON_ASSIGN_OR_RETURN(const int32_t size, checked_dim(*depth.as<const int32_t>()));
  std::vector<int32_t> dims(indices.dims().begin(), indices.dims().end());
  dims.insert(dims.begin() + axis, size);
  return ctx.set_output_dims(0, dims);
}

Status prepare(NodeContext& ctx) {
  constexpr uint32_t kValues = dtypes_of<float, int32_t, int64_t, int16_t, int8_t, uint8_t, bool>();
  BATON_RETURN_IF_ERROR(
      check_dtype("indices", ctx.input(0).dtype(), dtypes_of<int32_t, int64_t>()));
  BATON_RETURN_IF_ERROR(check_dtype("on value", ctx.input(2).dtype(), kValues));
  BATON_RETURN_IF_ERROR(check_same_dtype("on value", ctx.input(2), "off value", ctx.input(3)));
  return check_same_dtype("on value", ctx.input(2), "output", ctx.output(0));
}

template <typename Index, typename T>
void encode(const NodeContext& ctx, int axis) {
  const Value& output = ctx.output(0);
  const int64_t depth = output.dim(axis);
  const int64_t inner = product_of_dims(output, axis + 1, output.rank());
  const T on = *ctx.input(2).as<const T>();
  const T off = *ctx.input(3).as<const T>();
  T* to = output.as<T>();
  // Element i stands at (outer, which, inner).
  ctx.parallel_for(output.count(), 16384, [&](uint32_t, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t which = i / inner % depth;
      const int64_t outer = i / inner / depth;
      to[i] = ctx.input(0).as<const Index>()[outer * inner + i % inner] == which ? on : off;
    }
  });
}

Status run(NodeContext& ctx) {
  BATON_ASSIGN_OR_RETURN(const int axis, axis_of(ctx));
  return for_size(ctx.output(0).dtype(), [&]<typename T>() {
    ctx.input(0).dtype() == BATON_INT64 ? encode<int64_t, T>(ctx, axis)
                                        : encode<int32_t, T>(ctx, axis);
  });
}

}  // namespace

extern const Operator one_hot{
    .code = BATON_OP_ONE_HOT,
    .name = "ONE_HOT",
    .summary = "A new dimension with one value at the index and another elsewhere.",
    .max_version = 1,
    .inputs = {4, 4},
    .flags = kFoldable,
    .dtypes = dtypes_of<int32_t, int64_t>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
};

}  // namespace baton::ops
