// Which elements of a tensor a reduction brings together, in the form that the kernels take.
#pragma once

#include <cstdint>
#include <vector>

#include "baton/plugin.hpp"

namespace baton::cpu {

// Loops around a kernel call.
struct LoopNest {
  struct Loop {
    int64_t size = 1;
    int64_t step = 0;  // in elements of the input
  };
  std::vector<Loop> loops;  // from the innermost

  int64_t iterations() const {
    int64_t product = 1;
    for (const Loop& loop : loops) product *= loop.size;
    return product;
  }
  int64_t offset(int64_t iteration) const {
    int64_t offset = 0;
    for (const Loop& loop : loops) {
      offset += iteration % loop.size * loop.step;
      iteration /= loop.size;
    }
    return offset;
  }
};

// A line is a run of neighbouring results that one kernel call can compute.
struct ReduceLayout {
  bool rows = false;    // the innermost dimension is reduced: see kernels/reduce.h
  int64_t results = 1;  // of a line
  int64_t count = 1;    // elements of a result in one call
  int64_t stride = 0;   // Reduction::stride
  int64_t depth = 1;    // elements of a result
  LoopNest lines;       // where each line begins
  LoopNest calls;       // where each call of a line begins, relative to that

  int64_t result_step() const { return rows ? stride : 1; }
};

// `reduced`: bit i stands for dimension i.
ReduceLayout make_reduce_layout(sdk::Span<const int32_t> dims, uint32_t reduced);

}  // namespace baton::cpu
