#include "benchmarks/report/match.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <map>

namespace baton::report {
namespace {

using Key = std::string (*)(const Json& row);

std::string joined(std::initializer_list<std::string> parts) {
  std::string key;
  // No text has this byte: text() escapes it.
  for (const std::string& part : parts) key += part + '\0';
  return key;
}

std::string setting(const Json& row) {
  return joined({text(row, "model"), short_number(number(row, "threads").value_or(1)),
                 text(row, "precision")});
}

// "npu" of "/x/libbaton_npu.so:key=value".
std::string delegate_name(const Json& row) {
  std::string name = text(row, "delegate");
  name = name.substr(0, name.find_first_of(":,"));
  name = name.substr(name.find_last_of('/') + 1);
  constexpr std::string_view kPrefix = "libbaton_";
  if (name.starts_with(kPrefix))
    name = name.substr(kPrefix.size(), name.find('.') - kPrefix.size());
  return name;
}

// From the strictest to the loosest.
constexpr Key kKeys[] = {
    [](const Json& row) {
      return joined({setting(row), text(row, "delegate"), text(row, "device")});
    },
    [](const Json& row) {
      return joined({setting(row), text(row, "delegate")});
    },
    [](const Json& row) {
      return joined({setting(row), delegate_name(row), text(row, "device")});
    },
};

using Rows = std::vector<const Json*>;

Rows rows_of(const Json& report) {
  Rows rows;
  for (const Json& row : list(report, "results")) rows.push_back(&row);
  return rows;
}

}  // namespace

Matches match(const Json& before, const Json& after) {
  const Rows all_before = rows_of(before);
  const Rows all_after = rows_of(after);
  std::map<const Json*, const Json*> partner;
  std::map<const Json*, bool> taken;

  // Rows of the same key are partners where there is one on each side. Those of the strictest key
  // are in order where there are several: a sweep may measure the same thing twice.
  const auto pair_by = [&](const std::function<std::string(const Json&)>& key, bool several,
                           bool everything) {
    std::map<std::string, std::pair<Rows, Rows>> groups;
    for (const Json* row : all_before) {
      if (everything || !partner.contains(row)) groups[key(*row)].first.push_back(row);
    }
    for (const Json* row : all_after) {
      if (everything || !taken[row]) groups[key(*row)].second.push_back(row);
    }
    for (const auto& [name, group] : groups) {
      const size_t count = std::min(group.first.size(), group.second.size());
      if (!several && (group.first.size() != 1 || group.second.size() != 1)) continue;
      for (size_t i = 0; i < count; ++i) {
        if (partner.contains(group.first[i]) || taken[group.second[i]]) continue;
        partner[group.first[i]] = group.second[i];
        taken[group.second[i]] = true;
      }
    }
  };
  for (const Key key : kKeys) pair_by(key, key == kKeys[0], false);
  pair_by([](const Json& row) { return text(row, "model"); }, false, true);

  Matches matches;
  for (const Json* row : all_before) {
    const auto found = partner.find(row);
    matches.pairs.push_back({row, found == partner.end() ? nullptr : found->second});
  }
  for (const Json* row : all_after) {
    if (!taken[row]) matches.only_after.push_back(row);
  }
  return matches;
}

}  // namespace baton::report
