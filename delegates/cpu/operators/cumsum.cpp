// CUMSUM: sums of the elements so far along an axis.
#include <algorithm>
#include <type_traits>

#include "delegates/cpu/axis.h"
#include "delegates/cpu/check.h"
#include "delegates/cpu/operator.h"

namespace baton::cpu {
namespace {

// Columns [begin, end) of [size, inner]: each output is its neighbour's plus one input. Integers
// wrap.
template <typename T>
void sum_columns(const void* input, void* output, const AxisSizes& sizes, int64_t begin,
                 int64_t end, bool exclusive, bool reverse) {
  using Sum = typename std::conditional_t<std::is_integral_v<T>, std::make_unsigned<T>,
                                          std::type_identity<T>>::type;
  const T* in = static_cast<const T*>(input);
  T* out = static_cast<T*>(output);
  const int64_t step = reverse ? -sizes.inner : sizes.inner;
  int64_t at = reverse ? (sizes.size - 1) * sizes.inner : 0;
  for (int64_t i = begin; i < end; ++i) out[at + i] = exclusive ? T{0} : T{0} + in[at + i];
  for (int64_t k = 1; k < sizes.size; ++k, at += step) {
    const T* x = in + (exclusive ? at : at + step);
    for (int64_t i = begin; i < end; ++i) {
      out[at + step + i] = static_cast<T>(static_cast<Sum>(out[at + i]) + static_cast<Sum>(x[i]));
    }
  }
}

using SumColumns = void (*)(const void*, void*, const AxisSizes&, int64_t, int64_t, bool, bool);

SumColumns function_of(baton_dtype dtype) {
  switch (dtype) {
    case BATON_INT32:
      return sum_columns<int32_t>;
    case BATON_INT64:
      return sum_columns<int64_t>;
    default:
      return sum_columns<float>;
  }
}

Refusal check(const NodeView& node) {
  return first_of({require_dtype("input", node.input(0), {BATON_FLOAT32, BATON_INT32, BATON_INT64}),
                   require_same_dtype("input", node.input(0), "output", node.output()),
                   check_axis(node.input(1), node.input(0))});
}

std::unique_ptr<Step> compile(const NodeView& node, const Compiler&) {
  const int32_t input = node.input(0).index(), output = node.output().index();
  const baton_dtype dtype = node.input(0).dtype();
  const auto axis = static_cast<uint32_t>(read_axis(node.input(1), node.input(0).rank()));
  const auto& attributes = node.attributes<baton_cumsum_attributes>();
  const bool exclusive = attributes.exclusive != 0, reverse = attributes.reverse != 0;
  return make_step({input}, {output}, [=](const Sizes& sizes) {
    const AxisSizes around(sizes.dims(input), axis);
    // An item is a block of columns.
    constexpr int64_t kColumns = 64;
    const int64_t blocks = (around.inner + kColumns - 1) / kColumns;
    const auto element = static_cast<int64_t>(bytes_of(dtype));
    const SumColumns function = function_of(dtype);
    const int64_t items = around.size == 0 ? 0 : around.outer * blocks;
    const double ns =
        static_cast<double>(around.size) * (2 + std::min<double>(kColumns, around.inner) / 4);
    return make_work(
        static_cast<uint64_t>(items), grain_of_ns(ns),
        [=](const Call& call, uint64_t begin, uint64_t end) {
          for (auto item = static_cast<int64_t>(begin); item < static_cast<int64_t>(end); ++item) {
            const int64_t at = item / blocks * around.size * around.inner * element;
            const int64_t first = item % blocks * kColumns;
            function(call.input<char>(0) + at, call.output<char>(0) + at, around, first,
                     std::min(first + kColumns, around.inner), exclusive, reverse);
          }
        });
  });
}

constexpr Operator kOperators[] = {{BATON_OP_CUMSUM, 1, check, compile}};

}  // namespace

sdk::Span<const Operator> cumsum_operators() { return kOperators; }

}  // namespace baton::cpu
