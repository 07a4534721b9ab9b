#include "tests/conformance/subject.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

std::vector<Case> cases(uint64_t) { return {}; }

}  // namespace

extern const Group load_group{"load", "the file, its tables, versions and devices", cases};

}  // namespace baton::conformance
