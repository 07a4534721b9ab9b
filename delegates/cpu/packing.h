// Where the packed weights of a product lie: panel after panel, group after group.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace baton::cpu {

inline uint64_t padded_to_line(uint64_t bytes) { return (bytes + 63) / 64 * 64; }

struct Packing {
  uint64_t groups = 1;
  uint64_t panels = 0;       // of a group
  uint64_t panel_bytes = 0;  // a multiple of 64

  Packing() = default;
  // `columns` of each group in panels of `panel_columns`.
  Packing(uint64_t groups, uint64_t columns, uint64_t panel_columns, uint64_t panel_bytes)
      : groups(groups),
        panels((columns + panel_columns - 1) / panel_columns),
        panel_bytes(panel_bytes) {}

  uint64_t all_panels() const { return groups * panels; }
  uint64_t group_bytes() const { return panels * panel_bytes; }
  uint64_t bytes() const { return groups * group_bytes(); }

  // fn(group, first panel, end panel) for panels [begin, end) of all groups.
  template <typename Fn>
  void for_groups(uint64_t begin, uint64_t end, const Fn& fn) const {
    while (begin < end) {
      const uint64_t group = begin / panels;
      const uint64_t last = std::min(end, (group + 1) * panels);
      fn(group, static_cast<size_t>(begin - group * panels),
         static_cast<size_t>(last - group * panels));
      begin = last;
    }
  }
};

}  // namespace baton::cpu
