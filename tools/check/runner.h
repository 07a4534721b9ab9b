// Runs cases in workers, side by side; survives whatever becomes of them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tools/check/case.h"
#include "tools/check/expectations.h"
#include "tools/check/worker.h"

namespace baton::tools {

struct RunLimits {
  double timeout = 20;  // seconds for one case
  uint32_t jobs = 2;
};

// Called after each case with its position and result.
using CaseDone = std::function<void(size_t, const CheckResult&)>;

// Of the cases (positions in the catalogue, ascending); others stay "not run". A crash or a
// time-out ends the worker, and another goes on with the next case; when that happens again and
// again in a group, without the file expecting it, the rest of the group is not run.
void run_cases(const Worker& worker, const Catalogue& catalogue, const std::vector<size_t>& cases,
               const RunLimits& limits, const Expectations& expectations,
               std::vector<CheckResult>* results, const CaseDone& done);

}  // namespace baton::tools
