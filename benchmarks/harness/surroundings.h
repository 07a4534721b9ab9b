// The machine that a sweep runs on, as its report tells of it.
#pragma once

#include "benchmarks/harness/options.h"
#include "benchmarks/harness/report.h"

namespace baton::benchmarks {

// Looks at the machine and, unless the options forbid it, measures its ceilings where they are not
// known yet.
Surroundings look_around(const Options& options);

}  // namespace baton::benchmarks
