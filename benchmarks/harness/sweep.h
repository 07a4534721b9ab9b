// Measures the rows of each model, in turns.
#pragma once

#include <string>
#include <vector>

#include "benchmarks/harness/options.h"
#include "benchmarks/harness/row.h"

namespace baton::benchmarks {

struct Sweep {
  std::vector<Row> rows;             // by model, in the user's order of delegates
  std::vector<double> yardstick_us;  // of all rounds
};

// Throws tools::Failure when a delegate that the user named is not there. What else goes wrong is
// in the row.
Sweep measure(const Options& options);

}  // namespace baton::benchmarks
