#include "tests/conformance/subject.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

std::vector<Case> cases(uint64_t) { return {}; }

}  // namespace

extern const Group threads_group{"threads", "many threads and sessions", cases};

}  // namespace baton::conformance
