#include "tests/conformance/subject.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

std::vector<Case> cases(uint64_t) { return {}; }

}  // namespace

extern const Group lifecycle_group{"lifecycle", "every legal order of making and destroying",
                                   cases};

}  // namespace baton::conformance
