// ARG_MAX and ARG_MIN.
#pragma once

#include "core/ops/support/boolean.h"
#include "core/ops/support/check.h"
#include "core/ops/support/dispatch.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {

inline Result<int> arg_axis(const NodeContext& ctx) {
  const Value& axis = ctx.input(1);
  return resolve_axis(
      axis.dtype() == BATON_INT64 ? *axis.as<const int64_t>() : *axis.as<const int32_t>(),
      ctx.input(0).rank());
}

inline Status infer_arg_reduce(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  BATON_RETURN_IF_ERROR(check_dtype("axis", ctx.input(1).dtype(), dtypes_of<int32_t, int64_t>()));
  if (ctx.input(1).count() != 1) return error(BATON_INVALID_MODEL, "the axis must be a scalar");
  if (!ctx.input(1).known()) {
    ctx.set_output_unknown(0);
    return {};
  }
  BATON_ASSIGN_OR_RETURN(const int axis, arg_axis(ctx));
  std::vector<int32_t> dims(input.dims().begin(), input.dims().end());
  dims.erase(dims.begin() + axis);
  BATON_RETURN_IF_ERROR(ctx.set_output_dims(0, dims));
  if (input.dim(axis) == 0 && ctx.output(0).count() != 0) {
    return error(BATON_INVALID_MODEL, "dimension %d has no elements", axis);
  }
  return {};
}

// Better::apply(x, best): whether x replaces the best so far. The first of equals stays.
template <typename Better>
struct ArgReduction {
  static constexpr uint32_t kDtypes =
      dtypes_of<float, uint8_t, int8_t, int16_t, int32_t, int64_t, Boolean>();

  static Status prepare(NodeContext& ctx) {
    BATON_RETURN_IF_ERROR(check_dtype("input", ctx.input(0).dtype(), kDtypes));
    return check_dtype("output", ctx.output(0).dtype(), dtypes_of<int32_t, int64_t>());
  }

  static Status run(NodeContext& ctx) {
    Status status;
    BATON_RETURN_IF_ERROR((for_type<float, uint8_t, int8_t, int16_t, int32_t, int64_t, Boolean>(
        ctx.input(0).dtype(), [&]<typename T>() {
          status = ctx.output(0).dtype() == BATON_INT64 ? reduce<T, int64_t>(ctx)
                                                        : reduce<T, int32_t>(ctx);
        })));
    return status;
  }

  static int32_t min_version(const NodeContext& ctx) {
    return ctx.input(0).dtype() == BATON_BOOL ? 3 : ctx.input(0).dtype() == BATON_INT8 ? 2 : 1;
  }

 private:
  template <typename T, typename Index>
  static Status reduce(const NodeContext& ctx) {
    BATON_ASSIGN_OR_RETURN(const int axis, arg_axis(ctx));
    const Value& input = ctx.input(0);
    const int64_t size = input.dim(axis);
    const int64_t inner = product_of_dims(input, axis + 1, input.rank());
    auto* to = ctx.output(0).as<Index>();
    ctx.parallel_for(ctx.output(0).count(), 4096 / (size + 1) + 1,
                     [&](uint32_t, int64_t begin, int64_t end) {
                       for (int64_t i = begin; i < end; ++i) {
                         const T* from = input.as<const T>() + i / inner * size * inner + i % inner;
                         int64_t best = 0;
                         for (int64_t k = 1; k < size; ++k) {
                           if (Better::apply(from[k * inner], from[best * inner])) best = k;
                         }
                         to[i] = static_cast<Index>(best);
                       }
                     });
    return {};
  }
};

}  // namespace baton::ops
