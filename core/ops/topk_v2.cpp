#include <algorithm>
#include <numeric>

#include "core/ops/support/check.h"
#include "core/ops/support/dispatch.h"
#include "core/ops/support/rows.h"

namespace baton::ops {
namespace {

int64_t read_k(const Value& k) {
  return k.dtype() == BATON_INT16 ? *k.as<const int16_t>() : *k.as<const int32_t>();
}

Status infer(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& count = ctx.input(1);
  BATON_RETURN_IF_ERROR(check_dtype("k", count.dtype(), dtypes_of<int16_t, int32_t>()));
  if (count.count() != 1) return error(BATON_INVALID_MODEL, "k must be a scalar");
  if (input.rank() < 1) return error(BATON_INVALID_MODEL, "the input may not be a scalar");
  if (!count.known()) {
    ctx.set_output_unknown(0);
    ctx.set_output_unknown(1);
    return {};
  }
  const int64_t k = read_k(count);
  const int32_t size = input.dim(input.rank() - 1);
  if (k < 0 || k > size) {
    return error(BATON_INVALID_ARGUMENT, "k is %lld, the last dimension has %d elements",
                 static_cast<long long>(k), size);
  }
  std::vector<int32_t> dims(input.dims().begin(), input.dims().end());
  dims.back() = static_cast<int32_t>(k);
  BATON_RETURN_IF_ERROR(ctx.set_output_dims(0, dims));
  return ctx.set_output_dims(1, dims);
}

Status prepare(NodeContext& ctx) {
  constexpr uint32_t kDtypes = dtypes_of<float, int8_t, int16_t, int32_t, int64_t, uint8_t>();
  const Value& input = ctx.input(0);
  BATON_RETURN_IF_ERROR(check_dtype("input", input.dtype(), kDtypes));
  BATON_RETURN_IF_ERROR(check_same_dtype("input", input, "values output", ctx.output(0)));
  BATON_RETURN_IF_ERROR(
      check_dtype("indices output", ctx.output(1).dtype(), dtypes_of<int16_t, int32_t>()));
  const Rows rows(input);
  if (ctx.output(1).dtype() == BATON_INT16 && rows.depth > INT16_MAX + 1) {
    return error(BATON_UNSUPPORTED, "int16 indices do not reach %lld elements",
                 static_cast<long long>(rows.depth));
  }
  ctx.request_scratch(static_cast<uint64_t>(rows.depth) * sizeof(int32_t));
  return {};
}

// The larger first, NaN last, the first of equals first.
template <typename T>
bool comes_before(const T* row, int32_t a, int32_t b) {
  const T x = row[a];
  const T y = row[b];
  if (x > y) return true;
  if (y > x) return false;
  const bool x_is_nan = x != x;
  const bool y_is_nan = y != y;
  return x_is_nan != y_is_nan ? y_is_nan : a < b;
}

template <typename T, typename Index>
void top_k(const NodeContext& ctx) {
  const Rows rows(ctx.input(0));
  const int64_t k = Rows(ctx.output(0)).depth;
  T* values = ctx.output(0).as<T>();
  Index* indices = ctx.output(1).as<Index>();
  auto* order = ctx.scratch<int32_t>();
  for (int64_t i = 0; i < rows.rows && k > 0; ++i) {
    const T* row = ctx.input(0).as<const T>() + i * rows.depth;
    std::iota(order, order + rows.depth, 0);
    std::partial_sort(order, order + k, order + rows.depth,
                      [row](int32_t a, int32_t b) { return comes_before(row, a, b); });
    for (int64_t n = 0; n < k; ++n) {
      *values++ = row[order[n]];
      *indices++ = static_cast<Index>(order[n]);
    }
  }
}

Status run(NodeContext& ctx) {
  return for_type<float, int8_t, int16_t, int32_t, int64_t, uint8_t>(
      ctx.input(0).dtype(), [&]<typename T>() {
        ctx.output(1).dtype() == BATON_INT16 ? top_k<T, int16_t>(ctx) : top_k<T, int32_t>(ctx);
      });
}

int32_t min_version(const NodeContext& ctx) {
  if (ctx.input(0).dtype() == BATON_INT16 || ctx.input(1).dtype() == BATON_INT16 ||
      ctx.output(1).dtype() == BATON_INT16) {
    return 3;
  }
  return ctx.input(0).dtype() == BATON_INT8 ? 2 : 1;
}

uint64_t work(const NodeContext& ctx) {
  const Rows rows(ctx.input(0));
  return static_cast<uint64_t>(rows.rows * rows.depth) * 8;
}

}  // namespace

extern const Operator topk_v2{
    .code = BATON_OP_TOPK_V2,
    .name = "TOPK_V2",
    .summary = "The k largest elements along the last dimension, in order, and their indices.",
    .max_version = 3,
    .inputs = {2, 2},
    .outputs = {2, 2},
    .dtypes = dtypes_of<float, int8_t, int16_t, int32_t, int64_t, uint8_t>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
    .work = work,
};

}  // namespace baton::ops
