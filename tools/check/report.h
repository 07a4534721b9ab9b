// What a check found: as text, as JSON, and whether the delegate conforms.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tools/check/case.h"
#include "tools/check/worker.h"

namespace baton::tools {

struct CheckReport {
  const Catalogue& catalogue;
  DelegateInfo delegate;
  uint64_t seed = 1;
  double seconds = 0;
  std::vector<size_t> cases = {};            // chosen: positions in the catalogue
  std::vector<CheckResult> results = {};     // by position
  std::vector<std::string> commands = {};    // by position: what reproduces a failure, or ""
  std::vector<std::string> unexpected = {};  // lines of the expected-failures file
  bool has_expectations = false;

  bool conforms() const;
  // "NAME conforms: 12 cases ok, 3 unsupported (...)"
  std::string verdict() const;
  void print() const;
  nlohmann::ordered_json json() const;
};

}  // namespace baton::tools
