// Operators that work along the last dimension, row by row.
#pragma once

#include <cstdint>

#include "delegates/cpu/check.h"
#include "delegates/cpu/operator.h"

namespace baton::cpu {

// float32, int8 or uint8, at least a vector; the output is of the same type.
inline Refusal check_rows(const NodeView& node) {
  const Operand& input = node.input(0);
  return first_of({require_dtype("input", input, {BATON_FLOAT32, BATON_INT8, BATON_UINT8}),
                   require_same_dtype("input", input, "output", node.output()),
                   require_rank("input", input, 1, 8)});
}

// A step that calls run_rows(depth, in, out, rows) for runs of neighbouring rows; in and out point
// to T. `ns`: of an element.
template <typename T, typename RunRows>
std::unique_ptr<Step> make_row_step(const NodeView& node, double ns, RunRows run_rows) {
  const int32_t input = node.input(0).index(), output = node.output().index();
  return make_step({input}, {output}, [=](const Sizes& sizes) {
    const int64_t depth = sizes.depth(input);
    const int64_t rows = depth == 0 ? 0 : sizes.count(input) / depth;
    return make_work(static_cast<uint64_t>(rows), grain_of_ns(20 + ns * static_cast<double>(depth)),
                     [=](const Call& call, uint64_t begin, uint64_t end) {
                       const auto offset = static_cast<int64_t>(begin) * depth;
                       run_rows(depth, call.input<T>(0) + offset, call.output<T>(0) + offset,
                                static_cast<int64_t>(end - begin));
                     });
  });
}

}  // namespace baton::cpu
