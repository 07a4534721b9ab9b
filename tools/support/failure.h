// How a command gives up: one sentence and an exit status.
#pragma once

#include <fmt/core.h>

#include <stdexcept>
#include <string>
#include <utility>

#include "baton/baton.hpp"

namespace baton::tools {

class Failure : public std::runtime_error {
 public:
  Failure(int exit_status, const std::string& sentence)
      : std::runtime_error(sentence), exit_status_(exit_status) {}
  int exit_status() const { return exit_status_; }

 private:
  int exit_status_;
};

// The work failed: exit status 1.
template <typename... Args>
[[noreturn]] void fail(fmt::format_string<Args...> text, Args&&... args) {
  throw Failure(1, fmt::format(text, std::forward<Args>(args)...));
}

// Wrong usage: exit status 2.
template <typename... Args>
[[noreturn]] void misuse(fmt::format_string<Args...> text, Args&&... args) {
  throw Failure(2, fmt::format(text, std::forward<Args>(args)...));
}

inline void check(const Status& status) {
  if (!status) throw Failure(status.code() == BATON_INVALID_ARGUMENT ? 2 : 1, status.message());
}

// A run: what its tensors hold is no matter of the command line.
inline void check_run(const Status& status) {
  if (!status) throw Failure(1, status.message());
}

template <typename T>
T check(Result<T> result) {
  if (!result) check(result.status());
  return std::move(*result);
}

}  // namespace baton::tools
