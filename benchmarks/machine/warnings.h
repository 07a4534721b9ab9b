// Reasons not to trust what is measured here and now.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "benchmarks/machine/facts.h"

namespace baton::benchmarks {

// What the facts of the machine do not say.
struct Circumstances {
  bool optimised = true;  // false: a debug build is measured
  std::string sanitizer;  // "" for none
  uint32_t threads = 1;
};

// One sentence each, the gravest first.
std::vector<std::string> machine_warnings(const Facts& facts, const Circumstances& circumstances);

// For a stretch of time: what LoadMeter saw. Nothing when the machine was quiet.
std::vector<std::string> load_warnings(const Load& load, uint32_t cores);

// Whether others use so much of the machine that figures suffer.
bool is_quiet(const Load& load, uint32_t cores);

}  // namespace baton::benchmarks
