#include "tests/conformance/subject.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

std::vector<Case> cases(uint64_t) { return {}; }

}  // namespace

extern const Group cancellation_group{"cancellation", "cancelled and timed-out runs", cases};

}  // namespace baton::conformance
