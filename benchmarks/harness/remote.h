// A worker, from the side of benchmark_model.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "tools/support/child.h"

namespace baton::benchmarks {

// How a row ends early: what happened, and a sentence.
struct WorkerProblem : std::runtime_error {
  enum class Kind { kFailed, kCrashed, kHung };
  WorkerProblem(Kind kind, const std::string& sentence, int code = 1)
      : std::runtime_error(sentence), kind(kind), code(code) {}
  Kind kind;
  int code;  // kFailed: the exit status that the worker would have
};

class Remote {
 public:
  // A worker that is not heard of for so long hangs. Throws tools::Failure when there is none.
  explicit Remote(double timeout_seconds);
  // Lets the worker end by itself, so that drivers are left in order; not for long.
  ~Remote();
  Remote(const Remote&) = delete;
  Remote& operator=(const Remote&) = delete;

  // Does one command; what it answers. `stage` says what it is at: "while it loads the model".
  // Throws WorkerProblem; the worker is gone then, unless it only failed.
  nlohmann::json call(const nlohmann::ordered_json& command, const std::string& stage);

  // Lines that begin with "warning: ", of what it printed last.
  std::vector<std::string> warnings() const;

 private:
  double timeout_seconds_;
  std::unique_ptr<tools::Child> child_;
};

}  // namespace baton::benchmarks
