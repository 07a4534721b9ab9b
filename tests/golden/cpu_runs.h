// Models on the CPU delegate.
#pragma once

#include <string>

#include "tests/golden/model_run.h"

namespace baton::test {

// Everything that the delegate can take goes there, whatever it costs.
inline CompileOptions on_cpu(const CompileOptions::Options& options = {}) {
  CompileOptions compile;
  compile.delegate(std::string(BATON_PLUGINS_DIR) + "/libbaton_cpu.so", options).ignore_costs();
  return compile;
}

// What went wrong with the delegate first; "" when nothing did.
inline std::string first_event(ModelRun& run) {
  if (!run.problem().empty()) return run.problem();
  const char* event = run.session().placement().event(0);
  return event == nullptr ? "" : event;
}

// Nodes that the delegate runs: without any, a right answer is the reference kernels'.
uint32_t nodes_on_cpu(ModelRun& run);

// The first node that the delegate has left to the reference kernels although it is of a kind that
// docs/cpu.md says it takes; "" when there is none.
std::string first_left_behind(ModelRun& run);

}  // namespace baton::test
