#include "core/ops/support/boolean.h"
#include "core/ops/support/broadcast.h"
#include "core/ops/support/check.h"
#include "core/ops/support/dispatch.h"

namespace baton::ops {
namespace {

Status node_loops(const NodeContext& ctx, BroadcastLoops* loops) {
  const Value* inputs[] = {&ctx.input(0), &ctx.input(1), &ctx.input(2)};
  return broadcast_loops(inputs, ctx.output(0), loops);
}

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(check_dtype("condition", ctx.input(0).dtype(), dtypes_of<bool>()));
  BATON_RETURN_IF_ERROR(check_plain("input", ctx.input(1)));
  BATON_RETURN_IF_ERROR(
      check_same_dtype("first alternative", ctx.input(1), "second", ctx.input(2)));
  BATON_RETURN_IF_ERROR(check_same_dtype("alternatives", ctx.input(1), "output", ctx.output(0)));
  BroadcastLoops loops;
  return node_loops(ctx, &loops);
}

Status run(NodeContext& ctx) {
  BroadcastLoops loops;
  BATON_RETURN_IF_ERROR(node_loops(ctx, &loops));
  const int64_t inner = loops.inner();
  if (inner == 0) return {};
  return for_size(ctx.output(0).dtype(), [&]<typename T>() {
    ctx.parallel_for(loops.outer(), 16384 / inner + 1, [&](uint32_t, int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const Boolean* choose = ctx.input(0).as<const Boolean>() + loops.offset(0, i);
        const T* x = ctx.input(1).as<const T>() + loops.offset(1, i);
        const T* y = ctx.input(2).as<const T>() + loops.offset(2, i);
        T* to = ctx.output(0).as<T>() + i * inner;
        for (int64_t k = 0; k < inner; ++k) {
          to[k] = choose[k * loops.inner_stride(0)] ? x[k * loops.inner_stride(1)]
                                                    : y[k * loops.inner_stride(2)];
        }
      }
    });
  });
}

int32_t min_version(const NodeContext& ctx) { return ctx.input(1).dtype() == BATON_UINT32 ? 2 : 1; }

}  // namespace

extern const Operator select_v2{
    .code = BATON_OP_SELECT_V2,
    .name = "SELECT_V2",
    .summary = "Elements of one tensor or the other, as a condition says; all are broadcast.",
    .max_version = 2,
    .inputs = {3, 3},
    .flags = kFoldable,
    .dtypes = dtypes_of<bool>(),
    .infer = infer_broadcast,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
