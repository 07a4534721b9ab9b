#include "core/ops/support/binary.h"
#include "core/ops/support/strided_copy.h"
#include "core/ops/support/unary.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  const Value& axis = ctx.input(1);
  BATON_RETURN_IF_ERROR(check_dtype("axis", axis.dtype(), dtypes_of<int32_t>()));
  if (axis.count() != 1) return error(BATON_INVALID_MODEL, "the axis must be a scalar");
  return infer_same_shape(ctx);
}

Status prepare(NodeContext& ctx) {
  constexpr uint32_t kDtypes = dtypes_of<float, int32_t, int64_t>();
  BATON_RETURN_IF_ERROR(check_dtype("input", ctx.input(0).dtype(), kDtypes));
  return check_same_dtype("input", ctx.input(0), "output", ctx.output(0));
}

template <typename T>
void sum_along(const NodeContext& ctx, int axis) {
  const auto& attributes = ctx.attributes<baton_cumsum_attributes>();
  const Value& input = ctx.input(0);
  const int64_t size = input.dim(axis);
  const int64_t inner = product_of_dims(input, axis + 1, input.rank());
  if (input.count() == 0) return;
  ctx.parallel_for(
      input.count() / size, 4096 / size + 1, [&](uint32_t, int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
          const int64_t start = i / inner * size * inner + i % inner;
          Wrapping<T> sum = 0;
          for (int64_t k = 0; k < size; ++k) {
            const int64_t at = start + (attributes.reverse ? size - 1 - k : k) * inner;
            // Read before it is written: the output may lie where the input is.
            const auto x = static_cast<Wrapping<T>>(input.as<const T>()[at]);
            ctx.output(0).as<T>()[at] =
                static_cast<T>(attributes.exclusive ? sum : static_cast<Wrapping<T>>(sum + x));
            sum += x;
          }
        }
      });
}

Status run(NodeContext& ctx) {
  BATON_ASSIGN_OR_RETURN(const int axis,
                         resolve_axis(*ctx.input(1).as<const int32_t>(), ctx.input(0).rank()));
  return for_type<float, int32_t, int64_t>(ctx.input(0).dtype(),
                                           [&]<typename T>() { sum_along<T>(ctx, axis); });
}

}  // namespace

extern const Operator cumsum{
    .code = BATON_OP_CUMSUM,
    .name = "CUMSUM",
    .summary = "Sums of the elements so far along an axis, from either end; integers wrap.",
    .max_version = 1,
    .inputs = {2, 2},
    .flags = kInPlace | kFoldable,
    .dtypes = dtypes_of<float, int32_t, int64_t>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
};

}  // namespace baton::ops
