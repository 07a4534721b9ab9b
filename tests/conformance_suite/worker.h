// The suite's worker process, as `baton delegate_check` uses it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace baton::test {

struct CaseResult {
  std::string name;
  std::string outcome;  // "ok", "unsupported", "mismatch", "error", "crash" or "hang"
  std::string text;
};

// The names of a group's cases.
std::vector<std::string> case_names(const std::string& group);

// Runs every so manieth case of a group in order until `enough` says so of one, or the worker is
// gone: its last result is then a crash, or a hang when a case took longer than `limit`.
std::vector<CaseResult> run_cases(const std::string& group, const std::vector<std::string>& names,
                                  const std::vector<std::string>& arguments,
                                  std::chrono::seconds limit,
                                  const std::function<bool(const CaseResult&)>& enough,
                                  size_t every = 1);

}  // namespace baton::test
