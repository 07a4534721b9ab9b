#include "tests/conformance/subject.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

std::vector<Case> cases(uint64_t) { return {}; }

}  // namespace

extern const Group reshape_group{"reshape", "new shapes in a running session", cases};

}  // namespace baton::conformance
