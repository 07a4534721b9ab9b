// The time that a machine's ceilings allow: no run is shorter, if the work is counted right and the
// ceilings are.
#pragma once

#include <cstdint>

#include "benchmarks/cost/node_cost.h"
#include "benchmarks/machine/ceilings.h"

namespace baton::benchmarks {

// Multiply-adds each second of the precision's best kernel; of float32's where the machine has none
// of its own. 16-bit integers are given the peak of 8 bits. Between one and all threads each brings
// what the first brought, up to what all reach.
double peak_multiply_adds(const Ceilings& ceilings, Precision precision, uint32_t threads);
// The same of a node: a hybrid one may multiply floats or bytes, whichever is faster.
double peak_multiply_adds(const Ceilings& ceilings, const NodeCost& cost, uint32_t threads);

// Bytes each second of the smallest cache that holds `bytes`, or of memory.
double peak_bytes(const Ceilings& ceilings, uint64_t bytes, uint32_t threads);

// The longer of multiplying and moving; 0 when the ceilings are not known.
double ceiling_seconds(const NodeCost& cost, const Ceilings& ceilings, uint32_t threads);

}  // namespace baton::benchmarks
