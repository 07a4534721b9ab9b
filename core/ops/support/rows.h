// Operators that work along the last dimension, row by row.
#pragma once

#include <cstdint>

#include "core/ops/operator.h"
#include "core/ops/support/grain.h"

namespace baton::ops {

struct Rows {
  int64_t rows = 0;
  int64_t depth = 0;

  Rows() = default;
  explicit Rows(const Value& value) {
    if (value.rank() == 0) return;
    depth = value.dim(value.rank() - 1);
    rows = depth == 0 ? 0 : value.count() / depth;
  }
};

// row(input, output) for each row of the node's first input and output. `cost` is that of an
// element, in multiply-adds.
template <typename In, typename Out = In, typename Row>
void for_each_row(const NodeContext& ctx, const Rows& rows, const Row& row, int64_t cost = 16) {
  const In* input = ctx.input(0).as<In>();
  Out* output = ctx.output(0).as<Out>();
  ctx.parallel_for(rows.rows, grain_of(rows.depth, cost),
                   [&](uint32_t, int64_t begin, int64_t end) {
                     for (int64_t i = begin; i < end; ++i)
                       row(input + i * rows.depth, output + i * rows.depth);
                   });
}

// float_row and quantized_row(input, output, depth) for each row of a node of float32, int8 or
// uint8; quantized_row takes both.
template <typename FloatRow, typename QuantizedRow>
void run_rows(const NodeContext& ctx, const FloatRow& float_row,
              const QuantizedRow& quantized_row) {
  const Rows rows(ctx.input(0));
  const auto all = [&](auto element, const auto& row) {
    using T = decltype(element);
    for_each_row<T>(ctx, rows, [&](const T* input, T* output) { row(input, output, rows.depth); });
  };
  switch (ctx.input(0).dtype()) {
    case BATON_INT8:
      return all(int8_t{}, quantized_row);
    case BATON_UINT8:
      return all(uint8_t{}, quantized_row);
    default:
      return all(float{}, float_row);
  }
}

// Smallest version of operators that had float32 and uint8 first.
inline int32_t int8_needs_version_2(const NodeContext& ctx) {
  return ctx.input(0).dtype() == BATON_INT8 ? 2 : 1;
}

// Shape rule: at least a vector; the output has its shape.
inline Status infer_rows(NodeContext& ctx) {
  if (ctx.input(0).rank() < 1) {
    return error(BATON_INVALID_MODEL, "the input is a scalar, its rank must be at least 1");
  }
  return ctx.set_output_dims(0, ctx.input(0).dims());
}

}  // namespace baton::ops
