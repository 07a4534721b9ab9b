// The suite's cases as the worker lists them, and what became of each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace baton::tools {

enum class Outcome : uint8_t {
  kOk,
  kUnsupported,
  kMismatch,
  kError,
  kCrash,
  kTimeOut,
  kNotRun,
};
inline constexpr size_t kOutcomeCount = 7;

// "ok", "time-out": in the worker's reports and in JSON.
const char* outcome_name(Outcome outcome);

// One that says something against the delegate.
constexpr bool is_wrong(Outcome outcome) {
  return outcome >= Outcome::kMismatch && outcome <= Outcome::kTimeOut;
}

struct CheckCase {
  size_t group = 0;     // in the catalogue
  uint32_t number = 0;  // the worker's
  std::string name;     // "operators/ADD/int8/3"
  std::string op;
  std::string type;
};

struct CheckGroup {
  std::string name;
  std::string summary;
};

struct Catalogue {
  std::vector<CheckGroup> groups;
  std::vector<CheckCase> cases;  // by group, then number
};

struct CheckResult {
  Outcome outcome = Outcome::kNotRun;
  bool expected = false;  // it fails, as the expected-failures file says
  std::string text;
  std::string output;  // the end of what it wrote, when it crashed or did not end
  double ms = 0;
  std::vector<std::string> files;  // saved: model, inputs
};

}  // namespace baton::tools
