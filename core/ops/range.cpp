#include <cmath>
#include <type_traits>

#include "core/ops/support/check.h"
#include "core/ops/support/dispatch.h"

namespace baton::ops {
namespace {

template <typename T>
Result<int32_t> length(const NodeContext& ctx) {
  const T start = *ctx.input(0).as<const T>();
  const T limit = *ctx.input(1).as<const T>();
  const T step = *ctx.input(2).as<const T>();
  if (step == 0 || (start < limit && step < 0) || (start > limit && step > 0)) {
    return error(BATON_INVALID_ARGUMENT, "the step leads away from the limit, or is 0");
  }
  double count;
  if constexpr (std::is_integral_v<T>) {
    // Unsigned, where the distance always fits.
    const auto distance = start < limit
                              ? static_cast<uint64_t>(limit) - static_cast<uint64_t>(start)
                              : static_cast<uint64_t>(start) - static_cast<uint64_t>(limit);
    const auto pace = step < 0 ? 0 - static_cast<uint64_t>(step) : static_cast<uint64_t>(step);
    count = static_cast<double>(distance / pace + (distance % pace != 0 ? 1 : 0));
  } else {
    count = std::ceil(static_cast<double>(std::abs((limit - start) / step)));
  }
  if (!(count <= INT32_MAX)) return error(BATON_INVALID_ARGUMENT, "the range is too long");
  return static_cast<int32_t>(count);
}

Status infer(NodeContext& ctx) {
  for (int i = 0; i < 3; ++i) {
    if (ctx.input(i).count() != 1)
      return error(BATON_INVALID_MODEL, "input %d must be a scalar", i);
    BATON_RETURN_IF_ERROR(check_same_dtype("first input", ctx.input(0), "other", ctx.input(i)));
  }
  BATON_RETURN_IF_ERROR(
      check_dtype("input", ctx.input(0).dtype(), dtypes_of<float, int32_t, int64_t>()));
  if (!inputs_known(ctx, 0)) {
    ctx.set_output_unknown(0);
    return {};
  }
  Status status;
  int32_t count = 0;
  BATON_RETURN_IF_ERROR((for_type<float, int32_t, int64_t>(ctx.input(0).dtype(), [&]<typename T>() {
    Result<int32_t> result = length<T>(ctx);
    if (result) {
      count = *result;
    } else {
      status = result.status();
    }
  })));
  BATON_RETURN_IF_ERROR(status);
  return ctx.set_output_dims(0, {count});
}

Status prepare(NodeContext& ctx) {
  return check_same_dtype("input", ctx.input(0), "output", ctx.output(0));
}

Status run(NodeContext& ctx) {
  const Value& output = ctx.output(0);
  return for_type<float, int32_t, int64_t>(output.dtype(), [&]<typename T>() {
    T value = *ctx.input(0).as<const T>();
    const T step = *ctx.input(2).as<const T>();
    for (int64_t i = 0; i < output.count(); ++i) {
      // The step is not added behind the last element, where it could overflow.
      if (i > 0) value = static_cast<T>(value + step);
      output.as<T>()[i] = value;
    }
  });
}

int32_t min_version(const NodeContext& ctx) { return ctx.input(0).dtype() == BATON_INT64 ? 2 : 1; }

}  // namespace

extern const Operator range{
    .code = BATON_OP_RANGE,
    .name = "RANGE",
    .summary = "start, start + step, and so on, before the limit.",
    .max_version = 2,
    .inputs = {3, 3},
    .flags = kFoldable,
    .dtypes = dtypes_of<float, int32_t, int64_t>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
