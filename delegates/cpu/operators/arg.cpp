// ARG_MAX and ARG_MIN.
#include "delegates/kernels/arg.h"

#include <algorithm>

#include "delegates/cpu/axis.h"
#include "delegates/cpu/check.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/types.h"
#include "delegates/kernels/kernel.h"

namespace baton::cpu {
namespace {

using kernels::ArgFunction;

// Results [begin, end) of a line of `inner` neighbouring ones; `in` points to the line's elements.
using LineFunction = void (*)(const void* in, const AxisSizes& sizes, int64_t begin, int64_t end,
                              int64_t* out);

// The element of a bool tensor: any byte that is not 0 is true.
struct Boolean {
  uint8_t byte;
  bool operator<(Boolean other) const { return byte == 0 && other.byte != 0; }
  bool operator>(Boolean other) const { return other < *this; }
};

template <typename T, bool largest>
void arg_line(const void* in, const AxisSizes& sizes, int64_t begin, int64_t end, int64_t* out) {
  for (int64_t i = begin; i < end; ++i, ++out) {
    const T* from = static_cast<const T*>(in) + i;
    int64_t best = 0;
    T best_value = from[0];
    for (int64_t k = 1; k < sizes.size; ++k) {
      const T x = from[k * sizes.inner];
      const bool better = largest ? x > best_value : x < best_value;
      best = better ? k : best;
      best_value = better ? x : best_value;
    }
    *out = best;
  }
}

template <bool largest>
LineFunction line_function(baton_dtype dtype) {
  switch (dtype) {
    case BATON_FLOAT32:
      return arg_line<float, largest>;
    case BATON_UINT8:
      return arg_line<uint8_t, largest>;
    case BATON_INT8:
      return arg_line<int8_t, largest>;
    case BATON_INT16:
      return arg_line<int16_t, largest>;
    case BATON_INT32:
      return arg_line<int32_t, largest>;
    case BATON_INT64:
      return arg_line<int64_t, largest>;
    default:
      return arg_line<Boolean, largest>;
  }
}

struct Plan {
  ArgFunction row_function = nullptr;  // where the axis is the last one and there is a kernel
  LineFunction line_function = nullptr;
  AxisSizes sizes;
  int64_t element = 1;
  bool wide_output = false;

  // Items are results.
  void operator()(const Call& call, uint64_t begin, uint64_t end) const {
    constexpr int64_t kBatch = 64;
    int64_t found[kBatch];
    int64_t i = static_cast<int64_t>(begin);
    while (i < static_cast<int64_t>(end)) {
      int64_t count = std::min(static_cast<int64_t>(end) - i, kBatch);
      const int64_t line = i / sizes.inner, first = i % sizes.inner;
      const char* in = call.input<char>(0) + line * sizes.size * sizes.inner * element;
      if (row_function != nullptr) {
        row_function({in, static_cast<size_t>(count), static_cast<size_t>(sizes.size), found});
      } else {
        count = std::min(count, sizes.inner - first);
        line_function(in, sizes, first, first + count, found);
      }
      if (wide_output) {
        std::copy_n(found, count, call.output<int64_t>(0) + i);
      } else {
        std::transform(found, found + count, call.output<int32_t>(0) + i,
                       [](int64_t index) { return static_cast<int32_t>(index); });
      }
      i += count;
    }
  }
};

Refusal check(const NodeView& node) {
  return first_of({require_dtype("input", node.input(0),
                                 {BATON_FLOAT32, BATON_UINT8, BATON_INT8, BATON_INT16, BATON_INT32,
                                  BATON_INT64, BATON_BOOL}),
                   require_dtype("output", node.output(), {BATON_INT32, BATON_INT64}),
                   check_axis(node.input(1), node.input(0))});
}

template <int32_t op>
std::unique_ptr<Step> compile(const NodeView& node, const Compiler& compiler) {
  constexpr bool kLargest = op == BATON_OP_ARG_MAX;
  const int32_t input = node.input(0).index(), output = node.output().index();
  const baton_dtype dtype = node.input(0).dtype();
  const auto axis = static_cast<uint32_t>(read_axis(node.input(1), node.input(0).rank()));
  const auto row_function = dtype == BATON_BOOL
                                ? nullptr
                                : kernels::find<ArgFunction>(kLargest ? "arg_max" : "arg_min",
                                                             kernel_type(dtype), compiler.isa());
  const bool wide_output = node.output().dtype() == BATON_INT64;
  return make_step({input}, {output}, [=](const Sizes& sizes) {
    const AxisSizes around(sizes.dims(input), axis);
    const Plan plan{around.inner == 1 ? row_function : nullptr, line_function<kLargest>(dtype),
                    around, static_cast<int64_t>(bytes_of(dtype)), wide_output};
    const double ns = static_cast<double>(around.size) * (plan.row_function ? 0.1 : 1.0) + 10;
    return make_work(static_cast<uint64_t>(sizes.count(output)), grain_of_ns(ns), plan);
  });
}

constexpr Operator kOperators[] = {
    {BATON_OP_ARG_MAX, 3, check, compile<BATON_OP_ARG_MAX>},
    {BATON_OP_ARG_MIN, 3, check, compile<BATON_OP_ARG_MIN>},
};

}  // namespace

sdk::Span<const Operator> arg_operators() { return kOperators; }

}  // namespace baton::cpu
