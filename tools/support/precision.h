// Reduced precision: what delegates were asked for by their option `precision`.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "baton/baton.hpp"
#include "tools/support/delegate_flag.h"

namespace baton::tools {

struct Precisions {
  // Delegates that were asked for less than float32 has, by the name that placements show: "bf16".
  std::map<std::string, std::string> reduced;

  // Of one delegate, and the least exact of all; "exact" where nothing is reduced.
  std::string of(const std::string& delegate) const;
  std::string least() const;
  bool exact() const { return reduced.empty(); }
  // Of the delegates that run something: one may have failed, or have taken nothing.
  Precisions in_use(const Placement& placement) const;
};

// A delegate's value is the choice's, else the default in the delegate's own list of options; one
// without such an option, or whose plugin cannot be opened, is exact. Opens the plugins.
Precisions asked_precisions(const Runtime& runtime, const std::vector<DelegateChoice>& choices);

// "precision is reduced (bf16)": what is said beside a difference that is not judged.
std::string reduced_text(const std::string& precision);

}  // namespace baton::tools
