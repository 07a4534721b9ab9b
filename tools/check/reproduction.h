// --save-failing: models and inputs that show failures, and the commands to look at them with.
#pragma once

#include <string>
#include <vector>

#include "tools/check/case.h"
#include "tools/check/worker.h"
#include "tools/support/config.h"

namespace baton::tools {

// Makes the folder, with a configuration that keeps `baton run` from leaving small models to the
// reference kernels. Throws Failure.
void prepare_folder(const std::string& folder, const Config& config);

// For each of the cases that went wrong: fills in the results' files, and gives back the commands,
// by position, "" where there is none.
std::vector<std::string> save_failing(const Worker& worker, const Catalogue& catalogue,
                                      const std::vector<size_t>& cases, const std::string& folder,
                                      const DelegateChoice& delegate,
                                      std::vector<CheckResult>* results);

}  // namespace baton::tools
