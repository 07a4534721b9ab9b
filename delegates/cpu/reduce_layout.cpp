#include "delegates/cpu/reduce_layout.h"

namespace baton::cpu {
namespace {

struct Group {
  int64_t size, step;
  bool reduced;
};

// Neighbouring dimensions of one kind as one, from the innermost; those of size 1 are left out.
std::vector<Group> make_groups(sdk::Span<const int32_t> dims, uint32_t reduced) {
  std::vector<Group> groups;
  int64_t step = 1;
  for (size_t i = dims.size(); i-- > 0;) {
    const bool is_reduced = (reduced >> i & 1) != 0;
    if (dims[i] == 1) continue;
    if (!groups.empty() && groups.back().reduced == is_reduced) {
      groups.back().size *= dims[i];
    } else {
      groups.push_back({dims[i], step, is_reduced});
    }
    step *= dims[i];
  }
  return groups;
}

}  // namespace

ReduceLayout make_reduce_layout(sdk::Span<const int32_t> dims, uint32_t reduced) {
  const std::vector<Group> groups = make_groups(dims, reduced);
  ReduceLayout layout;
  layout.rows = !groups.empty() && groups[0].reduced;
  for (size_t i = 0; i < groups.size(); ++i) {
    const Group& group = groups[i];
    if (group.reduced) layout.depth *= group.size;
    // The two innermost groups are the kernel's.
    if (i == 1) layout.stride = group.step;
    if (i < 2) {
      (group.reduced ? layout.count : layout.results) = group.size;
    } else {
      (group.reduced ? layout.calls : layout.lines).loops.push_back({group.size, group.step});
    }
  }
  return layout;
}

}  // namespace baton::cpu
