// MEAN, SUM and the other reductions over a list of axes.
#include "delegates/kernels/reduce.h"

#include <algorithm>
#include <bit>

#include "baton/fixed_point.h"
#include "delegates/cpu/check.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/quantized.h"
#include "delegates/cpu/reduce_layout.h"
#include "delegates/cpu/types.h"
#include "delegates/kernels/kernel.h"

namespace baton::cpu {
namespace {

using kernels::ReduceFunction;
using kernels::SumRescale;
using kernels::SumRescaleFunction;

// ---- From the kernels' results to the output

struct Ending {
  // `results`: `count` of them, of the kernel's type; nullptr: they are written to the output, and
  // that is all.
  void (*run)(const Ending& ending, void* results, int64_t count, void* out) = nullptr;
  bool in_place = true;  // the kernel writes to the output
  int64_t depth = 1;
  SumRescaleFunction rescale_function = nullptr;
  SumRescale rescale;
};

void end_float_mean(const Ending& ending, void* results, int64_t count, void*) {
  auto* values = static_cast<float*>(results);
  const auto depth = static_cast<float>(ending.depth);
  for (int64_t i = 0; i < count; ++i) values[i] /= depth;
}

// Divided towards zero; a mean of no elements is 0.
template <typename T>
void end_integer_mean(const Ending& ending, void* results, int64_t count, void* out) {
  const auto* sums = static_cast<const int64_t*>(results);
  for (int64_t i = 0; i < count; ++i) {
    static_cast<T*>(out)[i] = ending.depth == 0 ? T{0} : static_cast<T>(sums[i] / ending.depth);
  }
}

// Of bytes that are not 0 where true.
void end_boolean(const Ending&, void* results, int64_t count, void*) {
  auto* values = static_cast<uint8_t*>(results);
  for (int64_t i = 0; i < count; ++i) values[i] = values[i] != 0;
}

void end_quantized(const Ending& ending, void* results, int64_t count, void* out) {
  if (ending.depth == 0) {
    std::fill_n(static_cast<uint8_t*>(out), count, uint8_t{0});
    return;
  }
  SumRescale rescale = ending.rescale;
  rescale.in = static_cast<const int32_t*>(results);
  rescale.count = static_cast<size_t>(count);
  rescale.out = out;
  ending.rescale_function(rescale);
}

// What the output's factor is made of; see core/ops/support/quantized_mean.cpp.
struct Quantized {
  int32_t multiplier = 0, shift = 0;
  int32_t input_zero = 0, output_zero = 0;
  bool mean = false;
  SumRescaleFunction function = nullptr;

  Quantized() = default;
  Quantized(const NodeView& node, const Compiler& compiler)
      : input_zero(node.input(0).zero_point()),
        output_zero(node.output().zero_point()),
        mean(node.op() == BATON_OP_MEAN),
        function(kernels::find<SumRescaleFunction>(
            "sum_rescale", kernel_type(node.input(0).dtype()), compiler.isa())) {
    baton_quantize_multiplier(
        static_cast<double>(node.input(0).scale()) / static_cast<double>(node.output().scale()),
        &multiplier, &shift);
  }

  SumRescale rescale(int64_t depth) const {
    SumRescale result;
    result.subtract = static_cast<int32_t>(input_zero * depth);
    result.multiplier = multiplier;
    result.shift = shift;
    result.zero = output_zero;
    if (!mean || depth == 0) return result;
    // The division goes into the multiplier, with as many bits as its shift leaves room for.
    const auto bits = static_cast<int32_t>(std::bit_width(static_cast<uint64_t>(depth)));
    const int32_t more = std::min({bits - 1, 32, 31 + shift});
    result.multiplier = static_cast<int32_t>((int64_t{multiplier} * (int64_t{1} << more)) / depth);
    result.shift -= more;
    return result;
  }
};
constexpr int64_t kMostQuantized = int64_t{1} << 23;

// ---- The operators

bool is_sum(int32_t op) { return op == BATON_OP_MEAN || op == BATON_OP_SUM; }

// The axes as bits; false when one is out of range.
bool read_axes(const NodeView& node, uint32_t* reduced) {
  const auto rank = static_cast<int32_t>(node.input(0).rank());
  *reduced = 0;
  if (rank == 0) return true;  // whatever is given is not used
  for (int64_t i = 0; i < node.input(1).count(); ++i) {
    const int32_t axis = node.input(1).data<int32_t>()[i];
    if (axis < -rank || axis >= rank) return false;
    *reduced |= 1u << (axis < 0 ? axis + rank : axis);
  }
  return true;
}

Refusal check_depth(int64_t depth) {
  if (depth <= kMostQuantized) return {};
  return {BATON_REASON_SHAPE, "more than 2^23 quantised elements would be added"};
}

Refusal check_types(const NodeView& node) {
  const Operand& input = node.input(0);
  switch (node.op()) {
    case BATON_OP_MEAN:
    case BATON_OP_SUM:
      return require_dtype("input", input,
                           {BATON_FLOAT32, BATON_INT32, BATON_INT64, BATON_INT8, BATON_UINT8});
    case BATON_OP_REDUCE_PROD:
      return require_dtype("input", input, {BATON_FLOAT32, BATON_INT32, BATON_INT64});
    case BATON_OP_REDUCE_ALL:
    case BATON_OP_REDUCE_ANY:
      return require_dtype("input", input, {BATON_BOOL});
    default:
      return require_dtype(
          "input", input,
          {BATON_FLOAT32, BATON_INT32, BATON_INT64, BATON_INT16, BATON_INT8, BATON_UINT8});
  }
}

Refusal check(const NodeView& node) {
  const Operand& input = node.input(0);
  if (const Refusal refusal =
          first_of({check_types(node), require_same_dtype("input", input, "output", node.output()),
                    require_rank("input", input, 0, 8),
                    require_dtype("list of axes", node.input(1), {BATON_INT32})})) {
    return refusal;
  }
  if (!node.input(1).constant()) {
    return {BATON_REASON_NOT_CONSTANT, "the axes are not constant"};
  }
  uint32_t reduced = 0;
  if (!read_axes(node, &reduced)) {
    return {BATON_REASON_ATTRIBUTE, "an axis is out of range"};
  }
  if (!is_sum(node.op()) || !is_byte(input.dtype())) return {};
  return first_of({require_quantized("input", input), require_quantized("output", node.output()),
                   check_depth(make_reduce_layout(input.dims(), reduced).depth)});
}

// ---- The work

struct Plan {
  ReduceLayout layout;
  ReduceFunction function = nullptr;
  Ending ending;
  int64_t in_bytes = 1, result_bytes = 1, out_bytes = 1;
  int64_t block = 1, blocks = 0;  // results of an item, items of a line

  void operator()(const Call& call, uint64_t begin, uint64_t end) const {
    const int64_t calls = layout.calls.iterations();
    for (auto item = static_cast<int64_t>(begin); item < static_cast<int64_t>(end); ++item) {
      const int64_t line = item / blocks, first = item % blocks * block;
      const int64_t count = std::min(block, layout.results - first);
      const char* in = call.input<char>(0) +
                       (layout.lines.offset(line) + first * layout.result_step()) * in_bytes;
      char* out = call.output<char>(0) + (line * layout.results + first) * out_bytes;
      kernels::Reduction reduction;
      reduction.count = static_cast<size_t>(calls == 0 ? 0 : layout.count);
      reduction.stride = layout.stride;
      reduction.results = static_cast<size_t>(count);
      reduction.out = ending.in_place ? out : call.worker_scratch<char>();
      for (int64_t i = 0; i < std::max<int64_t>(calls, 1); ++i) {
        reduction.in = in + layout.calls.offset(calls == 0 ? 0 : i) * in_bytes;
        reduction.more = i > 0;
        function(reduction);
      }
      if (ending.run != nullptr) ending.run(ending, reduction.out, count, out);
    }
  }
};

// Results per item, so that there is something for every worker where there is enough to do: rows
// in the eights that kernels add side by side, whole cache lines of columns.
int64_t block_of(const ReduceLayout& layout, int64_t lines, int64_t workers) {
  constexpr int64_t kElements = 4096, kColumns = 64, kRows = 8;
  if (layout.rows) {
    const int64_t rows = kElements / std::max<int64_t>(layout.count, 1) / kRows * kRows;
    return std::max(rows, lines * layout.results >= workers * kRows ? kRows : 1);
  }
  const int64_t pieces = std::max<int64_t>(1, 2 * workers / std::max<int64_t>(lines, 1));
  const int64_t block = (layout.results / pieces + kColumns - 1) / kColumns * kColumns;
  return std::clamp(block, kColumns, kElements);
}

std::unique_ptr<Work> make_plan(Plan plan, ReduceFunction rows, ReduceFunction columns,
                                sdk::Span<const int32_t> dims, uint32_t reduced,
                                const Quantized& quantized, int64_t workers) {
  plan.layout = make_reduce_layout(dims, reduced);
  plan.function = plan.layout.rows ? rows : columns;
  plan.ending.depth = plan.layout.depth;
  if (quantized.function != nullptr) {
    if (const Refusal refusal = check_depth(plan.layout.depth)) {
      throw sdk::Error(refusal.reason, refusal.sentence);
    }
    plan.ending.rescale = quantized.rescale(plan.layout.depth);
  }
  const int64_t lines = plan.layout.lines.iterations();
  plan.block = block_of(plan.layout, lines, workers);
  plan.blocks = (plan.layout.results + plan.block - 1) / plan.block;
  const int64_t block = plan.block;
  // Some 16 bytes of input per nanosecond, and a call.
  const double ns = 20 + static_cast<double>(block * plan.layout.depth * plan.in_bytes) / 16;
  const int64_t scratch = plan.ending.in_place ? 0 : block * plan.result_bytes + 64;
  auto work =
      make_work(static_cast<uint64_t>(lines * plan.blocks), grain_of_ns(ns), std::move(plan));
  work->worker_scratch_bytes = static_cast<uint64_t>(scratch);
  return work;
}

struct Names {
  int32_t op;
  const char* rows;
  const char* columns;
};
// Booleans are bytes that are not 0 where true: ALL is the smallest, ANY the largest.
constexpr Names kNames[] = {
    {BATON_OP_MEAN, "sum_rows", "sum_columns"},
    {BATON_OP_SUM, "sum_rows", "sum_columns"},
    {BATON_OP_REDUCE_PROD, "prod_rows", "prod_columns"},
    {BATON_OP_REDUCE_MAX, "max_rows", "max_columns"},
    {BATON_OP_REDUCE_ANY, "max_rows", "max_columns"},
    {BATON_OP_REDUCE_MIN, "min_rows", "min_columns"},
    {BATON_OP_REDUCE_ALL, "min_rows", "min_columns"},
};

Plan plan_of(const NodeView& node) {
  const baton_dtype dtype = node.input(0).dtype();
  Plan plan;
  plan.in_bytes = plan.out_bytes = plan.result_bytes = static_cast<int64_t>(bytes_of(dtype));
  if (is_sum(node.op()) && is_byte(dtype)) {
    plan.ending.run = end_quantized;
    plan.ending.in_place = false;
    plan.result_bytes = sizeof(int32_t);
  } else if (node.op() == BATON_OP_MEAN && dtype == BATON_FLOAT32) {
    plan.ending.run = end_float_mean;
  } else if (node.op() == BATON_OP_MEAN) {
    plan.ending.run = dtype == BATON_INT32 ? end_integer_mean<int32_t> : end_integer_mean<int64_t>;
    plan.ending.in_place = false;
    plan.result_bytes = sizeof(int64_t);
  } else if (dtype == BATON_BOOL) {
    plan.ending.run = end_boolean;
  }
  return plan;
}

std::unique_ptr<Step> compile(const NodeView& node, const Compiler& compiler) {
  const int32_t input = node.input(0).index(), output = node.output().index();
  const baton_dtype dtype = node.input(0).dtype();
  uint32_t reduced = 0;
  read_axes(node, &reduced);
  Plan plan = plan_of(node);
  Quantized quantized;
  if (plan.ending.run == end_quantized) {
    quantized = Quantized(node, compiler);
    plan.ending.rescale_function = quantized.function;
  }
  const char* types =
      node.op() == BATON_OP_MEAN && dtype == BATON_INT32 ? "s32to64" : kernel_type(dtype);
  const auto* names = std::find_if(std::begin(kNames), std::end(kNames),
                                   [&](const Names& row) { return row.op == node.op(); });
  const auto rows = kernels::find<ReduceFunction>(names->rows, types, compiler.isa());
  const auto columns = kernels::find<ReduceFunction>(names->columns, types, compiler.isa());
  return make_step({input}, {output}, [=](const Sizes& sizes) {
    return make_plan(plan, rows, columns, sizes.dims(input), reduced, quantized,
                     sizes.thread_count());
  });
}

constexpr Operator kOperators[] = {
    {BATON_OP_MEAN, 3, check, compile},       {BATON_OP_REDUCE_ALL, 1, check, compile},
    {BATON_OP_REDUCE_ANY, 1, check, compile}, {BATON_OP_REDUCE_MAX, 3, check, compile},
    {BATON_OP_REDUCE_MIN, 3, check, compile}, {BATON_OP_REDUCE_PROD, 1, check, compile},
    {BATON_OP_SUM, 2, check, compile},
};

}  // namespace

sdk::Span<const Operator> reduce_operators() { return kOperators; }

}  // namespace baton::cpu
