// TOPK_V2: the largest elements along the last dimension, in order, and their indices.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "delegates/cpu/check.h"
#include "delegates/cpu/operator.h"

namespace baton::cpu {
namespace {

// The larger first, NaN last, the first of equals first.
template <typename T>
bool comes_before(const T* row, int32_t a, int32_t b) {
  const T x = row[a], y = row[b];
  if (x > y) return true;
  if (y > x) return false;
  const bool x_is_nan = x != x, y_is_nan = y != y;
  return x_is_nan != y_is_nan ? y_is_nan : a < b;
}

// A row's first k of `depth`, through their indices in `order`.
template <typename T>
void top_of_row(const void* in, int64_t depth, int64_t k, int32_t* order, void* values) {
  const T* row = static_cast<const T*>(in);
  std::iota(order, order + depth, 0);
  std::partial_sort(order, order + k, order + depth,
                    [row](int32_t a, int32_t b) { return comes_before(row, a, b); });
  std::transform(order, order + k, static_cast<T*>(values), [row](int32_t i) { return row[i]; });
}

using TopOfRow = void (*)(const void*, int64_t, int64_t, int32_t*, void*);

TopOfRow function_of(baton_dtype dtype) {
  switch (dtype) {
    case BATON_INT8:
      return top_of_row<int8_t>;
    case BATON_UINT8:
      return top_of_row<uint8_t>;
    case BATON_INT16:
      return top_of_row<int16_t>;
    case BATON_INT32:
      return top_of_row<int32_t>;
    case BATON_INT64:
      return top_of_row<int64_t>;
    default:
      return top_of_row<float>;
  }
}

Refusal check_depth(int64_t depth, bool short_indices) {
  if (!short_indices || depth <= INT16_MAX + 1) return {};
  return {BATON_REASON_SHAPE, "int16 indices do not reach the end of the last dimension"};
}

Refusal check(const NodeView& node) {
  const Operand& input = node.input(0);
  if (const Refusal refusal =
          first_of({require_dtype("input", input,
                                  {BATON_FLOAT32, BATON_INT8, BATON_UINT8, BATON_INT16, BATON_INT32,
                                   BATON_INT64}),
                    require_same_dtype("input", input, "values output", node.output(0)),
                    require_dtype("indices output", node.output(1), {BATON_INT16, BATON_INT32}),
                    require_rank("input", input, 1, 8)})) {
    return refusal;
  }
  return check_depth(input.dim(input.rank() - 1), node.output(1).dtype() == BATON_INT16);
}

std::unique_ptr<Step> compile(const NodeView& node, const Compiler&) {
  const int32_t input = node.input(0).index();
  const int32_t values = node.output(0).index(), indices = node.output(1).index();
  const baton_dtype dtype = node.input(0).dtype();
  const bool short_indices = node.output(1).dtype() == BATON_INT16;
  return make_step({input}, {values, indices}, [=](const Sizes& sizes) {
    const int64_t depth = sizes.depth(input), k = sizes.depth(values);
    if (const Refusal refusal = check_depth(depth, short_indices)) {
      throw sdk::Error(refusal.reason, refusal.sentence);
    }
    const TopOfRow function = function_of(dtype);
    const auto element = static_cast<int64_t>(bytes_of(dtype));
    const int64_t rows = k == 0 ? 0 : sizes.count(values) / k;
    const double ns = static_cast<double>(depth) * (2 + std::log2(static_cast<double>(k + 1)));
    auto work =
        make_work(static_cast<uint64_t>(rows), grain_of_ns(ns),
                  [=](const Call& call, uint64_t begin, uint64_t end) {
                    auto* order = call.worker_scratch<int32_t>();
                    for (auto i = static_cast<int64_t>(begin); i < static_cast<int64_t>(end); ++i) {
                      function(call.input<char>(0) + i * depth * element, depth, k, order,
                               call.output<char>(0) + i * k * element);
                      if (short_indices) {
                        std::copy_n(order, k, call.output<int16_t>(1) + i * k);
                      } else {
                        std::copy_n(order, k, call.output<int32_t>(1) + i * k);
                      }
                    }
                  });
    work->worker_scratch_bytes = static_cast<uint64_t>(depth) * sizeof(int32_t);
    return work;
  });
}

constexpr Operator kOperators[] = {{BATON_OP_TOPK_V2, 3, check, compile}};

}  // namespace

sdk::Span<const Operator> topk_operators() { return kOperators; }

}  // namespace baton::cpu
