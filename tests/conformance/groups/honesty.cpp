#include "tests/conformance/subject.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

std::vector<Case> cases(uint64_t) { return {}; }

}  // namespace

extern const Group honesty_group{"honesty", "what it accepts it can do", cases};

}  // namespace baton::conformance
