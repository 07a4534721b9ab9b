#include "tests/conformance/operators/never_offered.h"

namespace baton::conformance {

const char* never_offered(const Operator& op) {
  if (op.flags & kHostOnly) return "control flow, variables and strings stay in the core";
  switch (op.code) {
    case BATON_OP_SHAPE:
    case BATON_OP_RANK:
      // Their outputs are far smaller than what the host folds at most.
      return "its value is computed while planning, or its input's shape is only known in the run";
    default:
      return nullptr;
  }
}

}  // namespace baton::conformance
