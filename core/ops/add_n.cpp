#include <algorithm>

#include "core/ops/support/binary.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  for (int i = 1; i < ctx.input_count(); ++i) {
    if (!std::ranges::equal(ctx.input(0).dims(), ctx.input(i).dims())) {
      return error(BATON_INVALID_MODEL, "input %d has another shape than input 0", i);
    }
  }
  return ctx.set_output_dims(0, ctx.input(0).dims());
}

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(check_dtype("input", ctx.input(0).dtype(), dtypes_of<float, int32_t>()));
  for (int i = 0; i < ctx.input_count(); ++i) {
    BATON_RETURN_IF_ERROR(check_same_dtype("input", ctx.input(i), "output", ctx.output(0)));
  }
  return {};
}

template <typename T>
void add_all(const NodeContext& ctx) {
  T* to = ctx.output(0).as<T>();
  ctx.parallel_for(ctx.output(0).count(), 16384, [&](uint32_t, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      Wrapping<T> sum = 0;
      for (int k = 0; k < ctx.input_count(); ++k) {
        sum += static_cast<Wrapping<T>>(ctx.input(k).as<const T>()[i]);
      }
      to[i] = static_cast<T>(sum);
    }
  });
}

Status run(NodeContext& ctx) {
  return for_type<float, int32_t>(ctx.input(0).dtype(), [&]<typename T>() { add_all<T>(ctx); });
}

}  // namespace

extern const Operator add_n{
    .code = BATON_OP_ADD_N,
    .name = "ADD_N",
    .summary = "The sum of two or more tensors of one shape; int32 wraps.",
    .max_version = 1,
    .inputs = {2, -1},
    .flags = kInPlace,
    .dtypes = dtypes_of<float, int32_t>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
};

}  // namespace baton::ops
