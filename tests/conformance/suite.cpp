#include "tests/conformance/suite.h"

namespace baton::conformance {

#define BATON_CONFORMANCE_GROUP(name) extern const Group name##_group;
#include "tests/conformance/groups.inc"
#undef BATON_CONFORMANCE_GROUP

namespace {

constexpr const Group* kGroups[] = {
#define BATON_CONFORMANCE_GROUP(name) &name##_group,
#include "tests/conformance/groups.inc"
#undef BATON_CONFORMANCE_GROUP
};

}  // namespace

const char* outcome_name(Outcome outcome) {
  static constexpr const char* kNames[] = {"ok", "unsupported", "mismatch", "error"};
  return kNames[static_cast<size_t>(outcome)];
}

std::span<const Group* const> all_groups() { return kGroups; }

const Group* find_group(const std::string& name) {
  for (const Group* group : kGroups) {
    if (name == group->name) return group;
  }
  return nullptr;
}

}  // namespace baton::conformance
