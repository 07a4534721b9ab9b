#include <algorithm>

#include "core/ops/support/check.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  const Value& a = ctx.input(0);
  const Value& b = ctx.input(1);
  BATON_RETURN_IF_ERROR(check_dtype("shape", a.dtype(), dtypes_of<int32_t, int64_t>()));
  BATON_RETURN_IF_ERROR(check_same_dtype("first shape", a, "second", b));
  if (a.rank() != 1 || b.rank() != 1) {
    return error(BATON_INVALID_MODEL, "the shapes must be vectors");
  }
  return ctx.set_output_dims(0, {std::max(a.dim(0), b.dim(0))});
}

Status prepare(NodeContext& ctx) {
  return check_same_dtype("shape", ctx.input(0), "output", ctx.output(0));
}

template <typename T>
Status broadcast(const NodeContext& ctx) {
  const Value& output = ctx.output(0);
  const int32_t rank = output.dim(0);
  const auto size = [](const Value& shape, int32_t from_end) {
    return from_end < shape.dim(0) ? shape.as<const T>()[shape.dim(0) - 1 - from_end] : T{1};
  };
  for (int32_t i = 0; i < rank; ++i) {
    const T a = size(ctx.input(0), i);
    const T b = size(ctx.input(1), i);
    if (a != b && a != 1 && b != 1) {
      return error(BATON_INVALID_ARGUMENT, "sizes %lld and %lld cannot be broadcast to each other",
                   static_cast<long long>(a), static_cast<long long>(b));
    }
    output.as<T>()[rank - 1 - i] = a == 1 ? b : a;
  }
  return {};
}

Status run(NodeContext& ctx) {
  return ctx.input(0).dtype() == BATON_INT64 ? broadcast<int64_t>(ctx) : broadcast<int32_t>(ctx);
}

}  // namespace

extern const Operator broadcast_args{
    .code = BATON_OP_BROADCAST_ARGS,
    .name = "BROADCAST_ARGS",
    .summary = "The shape that two shapes are broadcast to.",
    .max_version = 1,
    .inputs = {2, 2},
    .flags = kFoldable,
    .dtypes = dtypes_of<int32_t, int64_t>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
};

}  // namespace baton::ops
