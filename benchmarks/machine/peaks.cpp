#include "benchmarks/machine/peaks.h"

namespace baton::benchmarks {

size_t PeakKernel::a_elements() const {
  // Lanes have operands of their own; a matrix' rows share them.
  const bool lanes = layout == SumLayout::kLanes || layout == SumLayout::kHalves;
  return size_t{lanes ? columns : rows} * depth;
}

size_t PeakKernel::b_elements() const { return size_t{columns} * depth; }

}  // namespace baton::benchmarks
