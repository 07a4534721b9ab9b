// Which result of one report is which of the other's.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "benchmarks/report/fields.h"

namespace baton::report {

struct Pair {
  const Json* before;
  const Json* after;  // nullptr: the second report has none
};
struct Matches {
  std::vector<Pair> pairs;              // in the order of the first report
  std::vector<const Json*> only_after;  // of the second report only
};

// By model, threads and precision; by the delegate's exact text and device, then by its name and
// device where that is unique, and where both reports have just one result of the model by that
// alone.
Matches match(const Json& before, const Json& after);

}  // namespace baton::report
