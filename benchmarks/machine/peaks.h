// Kernels that do nothing but multiply and add in registers: what no real kernel is faster than.
// One row for each way that a processor has; the rows of one architecture are in one file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "benchmarks/cost/node_cost.h"

namespace baton::benchmarks {

// How a kernel's sums follow from its operands. After `iterations` each sum is so many times what
// it is after one.
enum class SumLayout {
  // sum s, lane l: over g < depth of a[s % 2][l * depth + g] * b[l * depth + g]
  kLanes,
  // The same over both halves of the vectors: for lanes of 2 + 2 bytes on 64-bit Arm.
  kHalves,
  // sum s is a matrix [rows][columns]: over d < depth of a[s % 2][row][d] * b[column][d]
  kMatrix,
  // The same with b as [depth / group][column][group], as matrix units read it: group is 4 bytes.
  kTile
};

struct PeakKernel {
  Precision precision;
  const char* isa;  // needs all of "avx2+fma"
  SumLayout layout;
  uint32_t sums;     // independent ones, so that their latency does not count
  uint32_t rows;     // of a sum; 1 for lanes
  uint32_t columns;  // of a sum, or its lanes
  uint32_t depth;    // products that one sum takes in at a time
  // a: two vectors; b: one; sums: written. Elements are float, bfloat16, or bytes: of 0 to 63 in a,
  // so that it does not matter whether they are signed there, and of -63 to 63 in b; sums are float
  // or int32.
  void (*run)(const void* a, const void* b, void* sums, uint64_t iterations);

  uint64_t multiply_adds_per_iteration() const { return uint64_t{sums} * rows * columns * depth; }
  size_t sum_count() const { return size_t{sums} * rows * columns; }
  // Elements of each vector of a, and of b.
  size_t a_elements() const;
  size_t b_elements() const;
};

// Of this architecture, whether the machine has them or not.
std::span<const PeakKernel> peak_kernels();

// Reads memory as fast as the instructions allow, `passes` times; what it returns is the exclusive
// or of all 64-bit words read.
struct ReadKernel {
  const char* isa;
  uint64_t (*run)(const std::byte* data, size_t bytes, uint64_t passes);  // bytes: of 512 each
};
// The fastest last; the first needs nothing.
std::span<const ReadKernel> read_kernels();

}  // namespace baton::benchmarks
