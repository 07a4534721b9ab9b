// What the conformance suite is made of: groups of cases, each tried on a subject, the delegate
// under test. Lists of cases depend on nothing but the seed, so that a case can be named, and run
// alone in another process.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace baton::conformance {

class Subject;

// What became of a case. That it crashed or never ended only another process can say.
enum class Outcome : uint8_t {
  kOk,
  kUnsupported,  // the delegate said no; text: its reason
  kMismatch,     // another result than the reference kernels'; text: the first difference
  kError,        // something failed, or a rule of plugin.h is broken; text: what
};

const char* outcome_name(Outcome outcome);

struct Verdict {
  Outcome outcome = Outcome::kOk;
  std::string text;  // one sentence, "" when ok
};

inline Verdict ok() { return {}; }
inline Verdict unsupported(std::string text) { return {Outcome::kUnsupported, std::move(text)}; }
inline Verdict mismatch(std::string text) { return {Outcome::kMismatch, std::move(text)}; }
inline Verdict failure(std::string text) { return {Outcome::kError, std::move(text)}; }

// A model and what it is fed, to be looked at with other tools.
struct Reproduction {
  std::vector<uint8_t> model;
  std::vector<std::vector<uint8_t>> inputs;  // by position
};

struct Case {
  std::string name;  // within its group: "CONV_2D/int8/17"
  std::string op;    // group `operators`: row and column of the table of results
  std::string type;
  std::function<Verdict(Subject&)> run;
  std::function<Reproduction()> reproduce = nullptr;  // nullptr: there is no single model
};

struct Group {
  const char* name;
  const char* summary;
  std::vector<Case> (*cases)(uint64_t seed);
};

// In the order in which they are run: the first ask least of a delegate.
std::span<const Group* const> all_groups();
const Group* find_group(const std::string& name);

}  // namespace baton::conformance
