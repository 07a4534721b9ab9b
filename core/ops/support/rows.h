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

// Shape rule: at least a vector; the output has its shape.
inline Status infer_rows(NodeContext& ctx) {
  if (ctx.input(0).rank() < 1) {
    return error(BATON_INVALID_MODEL, "the input is a scalar, its rank must be at least 1");
  }
  return ctx.set_output_dims(0, ctx.input(0).dims());
}

}  // namespace baton::ops
