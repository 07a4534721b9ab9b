#include "tests/conformance/subject.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

std::vector<Case> cases(uint64_t) { return {}; }

}  // namespace

extern const Group partitions_group{
    "partitions", "borders, constants, optional inputs, shared tensors, state", cases};

}  // namespace baton::conformance
