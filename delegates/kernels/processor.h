// What the processor and the system have: a file of its own, so that a test can take its place.
#pragma once

#include <vector>

#include "delegates/kernels/isa.h"

namespace baton::kernels {

// The levels of this machine, as machine_levels() keeps them.
std::vector<Isa> ask_processor();

}  // namespace baton::kernels
