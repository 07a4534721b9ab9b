// int8 tensors as uint8, each number and the zero point 128 greater.
//
// Instructions that multiply bytes take one operand unsigned. What convolutions pass to each other
// inside a partition, and nobody else sees, is stored as they want it: nothing is converted, and
// all results are the same.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "delegates/cpu/lowering.h"

namespace baton::cpu {

// Marks such operands in the nodes' views (Operand::lift), after the fusions. The tensors.
std::set<int32_t> lift_bytes(const sdk::Graph& partition, std::vector<LoweredNode>* nodes);

}  // namespace baton::cpu
