#include "tools/check/runner.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <list>
#include <memory>
#include <utility>

#include "tools/support/failure.h"

namespace baton::tools {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;

// Crashes and time-outs after which the rest of a group is left.
constexpr uint32_t kMostInARow = 3;
constexpr uint32_t kMostInGroup = 10;

// Cases that a worker is given at once: few enough that the jobs end at about the same time, and
// enough that starting workers costs little.
constexpr size_t kFewestCases = 10;
constexpr size_t kMostCases = 200;

// For starting and for the list of cases, where nothing of the plugin runs: a busy machine is no
// fault of anybody's.
constexpr std::chrono::seconds kStartLimit{120};

// Cases of one group, in one worker after the other.
struct Piece {
  size_t group = 0;
  std::vector<size_t> cases;
};

class Lane;

// What the lanes share.
struct Run {
  const Worker& worker;
  const Catalogue& catalogue;
  const RunLimits& limits;
  const Expectations& expectations;
  std::vector<CheckResult>& results;
  const CaseDone& done;
  std::vector<uint32_t> deaths;      // by group
  std::vector<std::string> stopped;  // by group: why its rest is not run
};

class Lane {
 public:
  Lane(Run* run, Piece piece) : run_(*run), piece_(std::move(piece)) { restart(); }

  // Takes in what its worker did, or did not do.
  void step() {
    const bool ended = child_->ended();
    child_->read();
    for (Json report; child_->next_report(&report);) take(report);
    if (ended) return worker_ended();
    if (Clock::now() < deadline_) return;
    child_->kill();
    timed_out();
  }
  bool is_over() const { return child_ == nullptr; }
  Child* child() const { return child_.get(); }
  Clock::time_point deadline() const { return deadline_; }
  size_t group() const { return piece_.group; }

  // Leaves the rest of the cases.
  void stop() {
    child_.reset();
    for (; next_ < piece_.cases.size(); ++next_) leave(&run_, piece_.group, piece_.cases[next_]);
  }
  static void leave(Run* run, size_t group, size_t position) {
    CheckResult& result = run->results[position];
    result.text = run->stopped[group];
    run->done(position, result);
  }

 private:
  CheckResult& result(size_t place) { return run_.results[piece_.cases[place]]; }

  void limit(Clock::duration duration) { deadline_ = Clock::now() + duration; }
  void limit_case() {
    limit(std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double>(run_.limits.timeout)));
  }

  void restart() {
    child_.reset();
    if (next_ == piece_.cases.size()) return;
    std::vector<uint32_t> numbers;
    for (size_t i = next_; i < piece_.cases.size(); ++i) {
      numbers.push_back(run_.catalogue.cases[piece_.cases[i]].number);
    }
    child_ = run_.worker.start(run_.catalogue.groups[piece_.group].name, numbers);
    began_ = running_ = finished_ = false;
    limit(kStartLimit);
  }

  void take(const Json& report) {
    if (report.contains("end")) {
      finished_ = true;
      return limit_case();
    }
    if (next_ == piece_.cases.size() ||
        number_in(report, "case") != run_.catalogue.cases[piece_.cases[next_]].number) {
      return;
    }
    if (report.contains("begin")) {
      began_ = running_ = true;
      started_ = Clock::now();
      return limit_case();
    }
    CheckResult& result = this->result(next_);
    const std::string outcome = text_in(report, "outcome");
    for (const Outcome known :
         {Outcome::kOk, Outcome::kUnsupported, Outcome::kMismatch, Outcome::kError}) {
      if (outcome == outcome_name(known)) result.outcome = known;
    }
    result.text = text_in(report, "text");
    if (const auto ms = report.find("ms"); ms != report.end() && ms->is_number()) {
      result.ms = ms->get<double>();
    }
    in_a_row_ = 0;
    running_ = false;
    limit_case();
    end_case();
  }

  void end_case() {
    const size_t position = piece_.cases[next_++];
    CheckResult& result = run_.results[position];
    result.expected = is_wrong(result.outcome) && run_.expectations.expects(position);
    run_.done(position, result);
  }

  void worker_ended() {
    if (!began_) run_.worker.is_broken(*child_, child_->end_text());
    if (running_) return died(Outcome::kCrash, child_->end_text());
    if (!finished_ || !child_->ended_well()) {
      return died_between(Outcome::kCrash, child_->end_text());
    }
    restart();
  }

  void timed_out() {
    const std::string text = fmt::format("it did not end within {:g} s", run_.limits.timeout);
    if (!began_) run_.worker.is_broken(*child_, "it began no case");
    if (running_) return died(Outcome::kTimeOut, text);
    died_between(Outcome::kTimeOut, text);
  }

  // In a case.
  void died(Outcome outcome, const std::string& text) {
    CheckResult& result = this->result(next_);
    result.outcome = outcome;
    result.text = text;
    result.output = child_->output();
    result.ms = std::chrono::duration<double, std::milli>(Clock::now() - started_).count();
    end_case();
    count_death(result);
  }

  // After a case and before the next, or when all was over and the plugin was let go: the last case
  // has to answer for it.
  void died_between(Outcome outcome, const std::string& text) {
    const size_t position = piece_.cases[next_ - 1];
    CheckResult& result = run_.results[position];
    if (!is_wrong(result.outcome)) {
      result.outcome = outcome;
      result.text = (next_ == piece_.cases.size() ? "when the plugin was let go after this case, "
                                                  : "after this case was over, ") +
                    text;
      result.output = child_->output();
      result.expected = run_.expectations.expects(position);
    }
    count_death(result);
  }

  void count_death(const CheckResult& result) {
    if (!result.expected) {
      const uint32_t deaths = ++run_.deaths[piece_.group];
      std::string& reason = run_.stopped[piece_.group];
      if (++in_a_row_ >= kMostInARow) {
        reason = fmt::format("{} crashes or time-outs in a row before it", in_a_row_);
      } else if (deaths >= kMostInGroup) {
        reason = fmt::format("{} crashes or time-outs in its group before it", deaths);
      }
      if (!reason.empty()) return stop();
    }
    restart();
  }

  Run& run_;
  Piece piece_;
  size_t next_ = 0;  // the first of piece_.cases that has no result
  std::unique_ptr<Child> child_;
  Clock::time_point deadline_;
  Clock::time_point started_;
  bool began_ = false;     // this worker began a case
  bool running_ = false;   // and has not ended it
  bool finished_ = false;  // and has ended all, and let the plugin go
  uint32_t in_a_row_ = 0;
};

std::deque<Piece> cut(const Catalogue& catalogue, const std::vector<size_t>& cases, uint32_t jobs) {
  std::vector<Piece> groups(catalogue.groups.size());
  for (const size_t i : cases) {
    groups[catalogue.cases[i].group].cases.push_back(i);
  }
  std::deque<Piece> pieces;
  for (size_t g = 0; g < groups.size(); ++g) {
    const std::vector<size_t>& all = groups[g].cases;
    const size_t size = std::clamp(all.size() / (size_t{4} * jobs), kFewestCases, kMostCases);
    for (size_t begin = 0; begin < all.size(); begin += size) {
      const size_t end = std::min(begin + size, all.size());
      pieces.push_back({g,
                        {all.begin() + static_cast<ptrdiff_t>(begin),
                         all.begin() + static_cast<ptrdiff_t>(end)}});
    }
  }
  return pieces;
}

}  // namespace

void run_cases(const Worker& worker, const Catalogue& catalogue, const std::vector<size_t>& cases,
               const RunLimits& limits, const Expectations& expectations,
               std::vector<CheckResult>* results, const CaseDone& done) {
  Run run{worker,
          catalogue,
          limits,
          expectations,
          *results,
          done,
          std::vector<uint32_t>(catalogue.groups.size()),
          std::vector<std::string>(catalogue.groups.size())};
  std::deque<Piece> pieces = cut(catalogue, cases, limits.jobs);
  std::list<Lane> lanes;
  for (;;) {
    while (lanes.size() < limits.jobs && !pieces.empty()) {
      Piece piece = std::move(pieces.front());
      pieces.pop_front();
      if (run.stopped[piece.group].empty()) {
        lanes.emplace_back(&run, std::move(piece));
        continue;
      }
      for (const size_t position : piece.cases) Lane::leave(&run, piece.group, position);
    }
    if (lanes.empty()) return;

    std::vector<Child*> children;
    for (const Lane& lane : lanes) children.push_back(lane.child());
    // Not for long: time-outs, and workers whose children keep the pipes open.
    wait(children, std::chrono::milliseconds(50));
    for (Lane& lane : lanes) {
      if (!lane.is_over() && !run.stopped[lane.group()].empty()) lane.stop();
      if (!lane.is_over()) lane.step();
    }
    lanes.remove_if([](const Lane& lane) { return lane.is_over(); });
  }
}

}  // namespace baton::tools
