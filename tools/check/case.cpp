#include "tools/check/case.h"

namespace baton::tools {

const char* outcome_name(Outcome outcome) {
  static constexpr const char* kNames[kOutcomeCount] = {"ok",    "unsupported", "mismatch", "error",
                                                        "crash", "time-out",    "not run"};
  return kNames[static_cast<size_t>(outcome)];
}

}  // namespace baton::tools
