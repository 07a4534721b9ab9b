// The report of a sweep: docs/benchmarking.md.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

#include "benchmarks/harness/options.h"
#include "benchmarks/harness/sweep.h"

namespace baton::benchmarks {

// Of a report, what does not come from the sweep.
struct Surroundings {
  nlohmann::ordered_json machine;
  std::vector<std::string> warnings;  // about the machine and the build
  // Seconds that the machine's ceilings allow a node of Workload::describe(), on so many threads;
  // nothing where they are not known.
  std::function<std::optional<double>(const nlohmann::json& node, uint32_t threads)> ceiling;
};

nlohmann::ordered_json make_report(const Options& options, const Sweep& sweep,
                                   const Surroundings& surroundings);

}  // namespace baton::benchmarks
