#include "benchmarks/harness/remote.h"

#include <fmt/core.h>

#include <chrono>
#include <filesystem>
#include <sstream>

#include "tools/support/failure.h"
#include "tools/support/text.h"

namespace baton::benchmarks {
namespace {

using Clock = std::chrono::steady_clock;

std::string own_program() {
  std::error_code problem;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", problem);
  if (problem) tools::fail("the program's own file is not known: {}", problem.message());
  return path.string();
}

// The last line that was printed, in the form of a clause.
std::string last_words(const tools::Child& child) {
  std::istringstream text(child.output());
  std::string last;
  for (std::string line; std::getline(text, line);) {
    if (!line.empty()) last = line;
  }
  return last.empty() ? "" : fmt::format("; its last words: {}", tools::plain(last));
}

}  // namespace

Remote::Remote(double timeout_seconds)
    : timeout_seconds_(timeout_seconds),
      child_(std::make_unique<tools::Child>(
          std::vector<std::string>{own_program(), "benchmark_worker"})) {}

Remote::~Remote() {
  child_->end_input();
  const Clock::time_point deadline = Clock::now() + std::chrono::seconds(2);
  while (!child_->ended() && Clock::now() < deadline) {
    tools::Child* const one[] = {child_.get()};
    tools::wait(one, std::chrono::milliseconds(5));
    child_->read();
  }
}

nlohmann::json Remote::call(const nlohmann::ordered_json& command, const std::string& stage) {
  using Kind = WorkerProblem::Kind;
  // One that cannot be told anything has ended: its end is found below.
  child_->send(command.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  const auto limit =
      std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(timeout_seconds_));
  Clock::time_point deadline = Clock::now() + limit;
  for (;;) {
    tools::Child* const one[] = {child_.get()};
    tools::wait(one, std::chrono::milliseconds(100));
    const bool ended = child_->ended();
    child_->read();
    for (nlohmann::json report; child_->next_report(&report);) {
      deadline = Clock::now() + limit;
      if (report.contains("done")) return report["done"];
      if (report.contains("error")) {
        throw WorkerProblem(Kind::kFailed, report.value("error", ""), report.value("code", 1));
      }
    }
    if (ended) {
      throw WorkerProblem(Kind::kCrashed,
                          fmt::format("{} {}{}", child_->end_text(), stage, last_words(*child_)));
    }
    if (Clock::now() < deadline) continue;
    child_->kill();
    throw WorkerProblem(Kind::kHung,
                        fmt::format("nothing was heard of it for {:g} s {}, and it was ended (see "
                                    "--timeout_secs)",
                                    timeout_seconds_, stage));
  }
}

std::vector<std::string> Remote::warnings() const {
  std::vector<std::string> lines;
  std::istringstream text(child_->output());
  for (std::string line; std::getline(text, line);) {
    if (line.rfind("warning: ", 0) == 0) lines.push_back(tools::plain(line.substr(9)));
  }
  return lines;
}

}  // namespace baton::benchmarks
