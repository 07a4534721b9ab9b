#include "core/ops/support/boolean.h"
#include "core/ops/support/check.h"
#include "core/ops/support/dispatch.h"

namespace baton::ops {
namespace {

// Calls fn(i) for each element that is not zero, in order.
template <typename Fn>
Status for_each_set(const Value& condition, const Fn& fn) {
  return for_type<Boolean, float, int32_t, int64_t, int8_t, uint8_t, uint32_t>(
      condition.dtype(), [&]<typename T>() {
        const T* elements = condition.as<const T>();
        const int64_t count = condition.count();
        for (int64_t i = 0; i < count; ++i) {
          if (elements[i] != T()) fn(i);
        }
      });
}

Status infer(NodeContext& ctx) {
  const Value& condition = ctx.input(0);
  if (!condition.known()) {
    ctx.set_output_unknown(0);
    return {};
  }
  int64_t count = 0;
  BATON_RETURN_IF_ERROR(for_each_set(condition, [&](int64_t) { ++count; }));
  BATON_ASSIGN_OR_RETURN(const int32_t rows, checked_dim(count));
  return ctx.set_output_dims(0, {rows, condition.rank()});
}

Status prepare(NodeContext& ctx) {
  constexpr uint32_t kDtypes =
      dtypes_of<bool, float, int32_t, int64_t, int8_t, uint8_t, uint32_t>();
  BATON_RETURN_IF_ERROR(check_dtype("condition", ctx.input(0).dtype(), kDtypes));
  return check_dtype("output", ctx.output(0).dtype(), dtypes_of<int64_t>());
}

Status run(NodeContext& ctx) {
  const Value& condition = ctx.input(0);
  const int rank = condition.rank();
  auto* to = ctx.output(0).as<int64_t>();
  return for_each_set(condition, [&](int64_t element) {
    for (int i = rank - 1; i >= 0; --i) {
      to[i] = element % condition.dim(i);
      element /= condition.dim(i);
    }
    to += rank;
  });
}

int32_t min_version(const NodeContext& ctx) { return ctx.input(0).dtype() == BATON_BOOL ? 1 : 2; }

uint64_t work(const NodeContext& ctx) { return static_cast<uint64_t>(ctx.input(0).count()); }

}  // namespace

extern const Operator where{
    .code = BATON_OP_WHERE,
    .name = "WHERE",
    .summary = "The coordinates of the elements that are not zero.",
    .max_version = 2,
    .flags = kFoldable,
    .dtypes = dtypes_of<bool, float, int32_t, int64_t, int8_t, uint8_t, uint32_t>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
    .work = work,
};

}  // namespace baton::ops
