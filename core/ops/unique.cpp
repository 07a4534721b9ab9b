#include <algorithm>
#include <numeric>
#include <vector>

#include "core/ops/support/check.h"
#include "core/ops/support/dispatch.h"

namespace baton::ops {
namespace {

constexpr uint32_t kDtypes = dtypes_of<float, int8_t, uint8_t, int16_t, int32_t, int64_t>();

// first[i]: the first element that is equal to element i. A NaN is equal to none.
template <typename T>
std::vector<int32_t> first_equals(const Value& input) {
  const T* elements = input.as<const T>();
  const auto count = static_cast<size_t>(input.count());
  std::vector<int32_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  const auto is_nan = [&](int32_t i) { return elements[i] != elements[i]; };
  std::sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
    if (elements[a] < elements[b]) return true;
    if (elements[b] < elements[a]) return false;
    return is_nan(a) != is_nan(b) ? is_nan(b) : a < b;
  });
  std::vector<int32_t> first(count);
  for (size_t i = 0; i < count; ++i) {
    const auto at = static_cast<size_t>(order[i]);
    const bool repeated = i > 0 && elements[order[i]] == elements[order[i - 1]];
    first[at] = repeated ? first[static_cast<size_t>(order[i - 1])] : order[i];
  }
  return first;
}

Result<std::vector<int32_t>> first_equals(const Value& input) {
  std::vector<int32_t> first;
  BATON_RETURN_IF_ERROR((for_type<float, int8_t, uint8_t, int16_t, int32_t, int64_t>(
      input.dtype(), [&]<typename T>() { first = first_equals<T>(input); })));
  return first;
}

Status infer(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  if (input.rank() != 1) return error(BATON_INVALID_MODEL, "the input must be a vector");
  if (!input.known()) {
    ctx.set_output_unknown(0);
    ctx.set_output_unknown(1);
    return {};
  }
  BATON_ASSIGN_OR_RETURN(const std::vector<int32_t> first, first_equals(input));
  int32_t distinct = 0;
  for (size_t i = 0; i < first.size(); ++i) distinct += first[i] == static_cast<int32_t>(i) ? 1 : 0;
  BATON_RETURN_IF_ERROR(ctx.set_output_dims(0, {distinct}));
  return ctx.set_output_dims(1, input.dims());
}

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(check_dtype("input", ctx.input(0).dtype(), kDtypes));
  BATON_RETURN_IF_ERROR(check_same_dtype("input", ctx.input(0), "output", ctx.output(0)));
  return check_dtype("index output", ctx.output(1).dtype(), dtypes_of<int32_t, int64_t>());
}

template <typename T, typename Index>
void number(const NodeContext& ctx, const std::vector<int32_t>& first) {
  const T* elements = ctx.input(0).as<const T>();
  auto* indices = ctx.output(1).as<Index>();
  int32_t distinct = 0;
  for (size_t i = 0; i < first.size(); ++i) {
    if (first[i] == static_cast<int32_t>(i)) {
      ctx.output(0).as<T>()[distinct] = elements[i];
      indices[i] = static_cast<Index>(distinct++);
    } else {
      indices[i] = indices[first[i]];
    }
  }
}

Status run(NodeContext& ctx) {
  BATON_ASSIGN_OR_RETURN(const std::vector<int32_t> first, first_equals(ctx.input(0)));
  return for_size(ctx.input(0).dtype(), [&]<typename T>() {
    ctx.output(1).dtype() == BATON_INT64 ? number<T, int64_t>(ctx, first)
                                         : number<T, int32_t>(ctx, first);
  });
}

uint64_t work(const NodeContext& ctx) { return static_cast<uint64_t>(ctx.input(0).count()) * 16; }

}  // namespace

extern const Operator unique{
    .code = BATON_OP_UNIQUE,
    .name = "UNIQUE",
    .summary = "The distinct elements of a vector in their order, and which of them each one is.",
    .max_version = 1,
    .outputs = {2, 2},
    .flags = kFoldable,
    .dtypes = kDtypes,
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .work = work,
};

}  // namespace baton::ops
