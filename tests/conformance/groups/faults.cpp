#include "tests/conformance/subject.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

std::vector<Case> cases(uint64_t) { return {}; }

}  // namespace

extern const Group faults_group{"faults", "memory that runs out, runs that fail", cases};

}  // namespace baton::conformance
