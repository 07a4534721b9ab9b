#include "tests/conformance/subject.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

std::vector<Case> cases(uint64_t) { return {}; }

}  // namespace

extern const Group cache_group{"cache", "compiled programs as bytes", cases};

}  // namespace baton::conformance
