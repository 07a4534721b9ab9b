// MEAN, SUM, REDUCE_MAX and so on: one result for all elements that differ only in the reduced
// dimensions.
#pragma once

#include <array>
#include <cstdint>

#include "core/ops/support/check.h"
#include "core/ops/support/dispatch.h"

namespace baton::ops {

// Shape rule: inputs are the tensor and a tensor of axes; baton_reducer_attributes.
Status infer_reduce(NodeContext& ctx);

// Kept and reduced dimensions as two nests of loops over the input.
struct ReduceLoops {
  static constexpr int kMaxLoops = 8;
  struct Nest {
    int count = 0;
    std::array<int64_t, kMaxLoops> size{};
    std::array<int64_t, kMaxLoops> step{};  // in elements of the input

    int64_t iterations() const {
      int64_t product = 1;
      for (int i = 0; i < count; ++i) product *= size[static_cast<size_t>(i)];
      return product;
    }
    int64_t offset(int64_t iteration) const {
      int64_t offset = 0;
      for (int i = count - 1; i >= 0; --i) {
        const auto loop = static_cast<size_t>(i);
        offset += iteration % size[loop] * step[loop];
        iteration /= size[loop];
      }
      return offset;
    }
  };
  Nest kept;
  Nest reduced;
};

// Allocates nothing.
Status reduce_loops(const NodeContext& ctx, ReduceLoops* loops);

// For each output i: out[i] = finish(step(... step(initial, first), ... last)), over the elements
// in their order in the input.
template <typename In, typename Out, typename Accumulator, typename Step, typename Finish>
Status run_reduce(const NodeContext& ctx, Accumulator initial, const Step& step,
                  const Finish& finish) {
  ReduceLoops loops;
  BATON_RETURN_IF_ERROR(reduce_loops(ctx, &loops));
  const auto* input = ctx.input(0).as<const In>();
  auto* output = ctx.output(0).as<Out>();
  const ReduceLoops::Nest& reduced = loops.reduced;
  const int64_t depth = reduced.iterations();
  // The innermost reduced loop runs without recomputing offsets.
  const int64_t inner =
      reduced.count > 0 ? reduced.size[static_cast<size_t>(reduced.count) - 1] : 1;
  const int64_t inner_step =
      reduced.count > 0 ? reduced.step[static_cast<size_t>(reduced.count) - 1] : 0;
  ctx.parallel_for(ctx.output(0).count(), 4096 / (depth + 1) + 1,
                   [&](uint32_t, int64_t begin, int64_t end) {
                     for (int64_t i = begin; i < end; ++i) {
                       Accumulator accumulator = initial;
                       const In* base = input + loops.kept.offset(i);
                       for (int64_t r = 0; r < depth; r += inner) {
                         const In* from = base + reduced.offset(r);
                         for (int64_t k = 0; k < inner; ++k)
                           accumulator = step(accumulator, from[k * inner_step]);
                       }
                       output[i] = finish(accumulator);
                     }
                   });
  return {};
}

// The kernel of Function::initial<T>() and Function::step(accumulator, x), for plain types.
template <typename Function, typename... Ts>
struct Reduction {
  static Status prepare(NodeContext& ctx) {
    BATON_RETURN_IF_ERROR(check_dtype("input", ctx.input(0).dtype(), dtypes_of<Ts...>()));
    BATON_RETURN_IF_ERROR(check_same_dtype("input", ctx.input(0), "output", ctx.output(0)));
    ReduceLoops loops;
    return reduce_loops(ctx, &loops);
  }
  static Status run(NodeContext& ctx) {
    Status status;
    BATON_RETURN_IF_ERROR(for_type<Ts...>(ctx.input(0).dtype(), [&]<typename T>() {
      status = run_reduce<T, T>(
          ctx, Function::template initial<T>(), [](T a, T x) { return Function::step(a, x); },
          [](T a) { return a; });
    }));
    return status;
  }
};

inline int32_t reduce_min_version(const NodeContext& ctx) {
  return ctx.input(0).dtype() == BATON_INT8 ? 2 : ctx.input(0).dtype() == BATON_INT16 ? 3 : 1;
}

}  // namespace baton::ops
