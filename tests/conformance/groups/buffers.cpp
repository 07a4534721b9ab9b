#include "tests/conformance/subject.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

std::vector<Case> cases(uint64_t) { return {}; }

}  // namespace

extern const Group buffers_group{"buffers", "what it may write and what not; memory of the device",
                                 cases};

}  // namespace baton::conformance
