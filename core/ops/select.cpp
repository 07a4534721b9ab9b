#include <algorithm>
#include <cstring>

#include "core/ops/support/boolean.h"
#include "core/ops/support/copy.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  const Value& condition = ctx.input(0);
  const Value& x = ctx.input(1);
  if (!std::ranges::equal(x.dims(), ctx.input(2).dims())) {
    return error(BATON_INVALID_MODEL, "the two alternatives have different shapes");
  }
  const bool scalar = condition.count() == 1 && condition.rank() <= 1;
  const bool same = std::ranges::equal(condition.dims(), x.dims());
  const bool rows = condition.rank() == 1 && x.rank() >= 1 && condition.dim(0) == x.dim(0);
  if (!scalar && !same && !rows) {
    return error(BATON_INVALID_MODEL,
                 "the condition must be a scalar, a vector as long as the first dimension, or have "
                 "the shape of the alternatives");
  }
  return ctx.set_output_dims(0, x.dims());
}

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(check_dtype("condition", ctx.input(0).dtype(), dtypes_of<bool>()));
  BATON_RETURN_IF_ERROR(check_plain("input", ctx.input(1)));
  BATON_RETURN_IF_ERROR(
      check_same_dtype("first alternative", ctx.input(1), "second", ctx.input(2)));
  return check_same_dtype("alternatives", ctx.input(1), "output", ctx.output(0));
}

// One condition for each run of elements.
Status run(NodeContext& ctx) {
  const Value& condition = ctx.input(0);
  const Value& output = ctx.output(0);
  const int64_t conditions = condition.count();
  if (output.count() == 0) return {};
  const int64_t run = output.count() / conditions;
  return for_size(output.dtype(), [&]<typename T>() {
    const Boolean* choose = condition.as<const Boolean>();
    const T* x = ctx.input(1).as<const T>();
    const T* y = ctx.input(2).as<const T>();
    T* to = output.as<T>();
    if (run == 1) {
      for (int64_t i = 0; i < conditions; ++i) to[i] = choose[i] ? x[i] : y[i];
      return;
    }
    for (int64_t i = 0; i < conditions; ++i) {
      std::memcpy(to + i * run, (choose[i] ? x : y) + i * run,
                  static_cast<size_t>(run) * sizeof(T));
    }
  });
}

int32_t min_version(const NodeContext& ctx) {
  if (ctx.input(1).dtype() == BATON_UINT32) return 4;
  for (int i = 0; i < 3; ++i) {
    if (ctx.input(i).rank() == 5) return 3;
  }
  return ctx.input(1).dtype() == BATON_INT8 ? 2 : 1;
}

}  // namespace

extern const Operator select{
    .code = BATON_OP_SELECT,
    .name = "SELECT",
    .summary = "Elements, or rows, of one tensor or the other, as a condition says.",
    .max_version = 4,
    .inputs = {3, 3},
    .flags = kFoldable,
    .dtypes = dtypes_of<bool>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
