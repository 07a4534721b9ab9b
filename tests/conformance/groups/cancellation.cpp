// Runs that are cancelled, or have no time left.
#include <atomic>
#include <thread>

#include "tests/conformance/bed.h"
#include "tests/conformance/probe.h"
#include "tests/conformance/subject.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

using tflite::TensorId;

// ---- One execution ------------------------------------------------------------------------------

// Cancels at the first, second ... time that execute asks, on one instance, and executes it in full
// after each, with other inputs.
Verdict cancel_at_each_poll(const Both& both, uint64_t seed) {
  auto created = PartitionBed::create(both);
  if (!created.ok()) return failure(created.status().message());
  PartitionBed& bed = **created;
  TrialOutputs expected[2];
  int64_t polls = 0;
  for (uint64_t inputs = 0; inputs < 2; ++inputs) {
    CountedServices services;
    bed.fill(seed + inputs);
    const Status status = bed.execute(services);
    if (!status.ok()) return failure(status.message());
    expected[inputs] = bed.written();
    polls = services.polls();
  }
  if (polls == 0) return unsupported("execute never asks is_cancelled");

  // What an execution left, with the inputs of this number.
  const auto judge = [&](uint64_t inputs, const std::string& which) {
    if (!bed.inputs_intact()) {
      return failure("an execution " + which +
                     " changed an input or state_in, which are only to be read");
    }
    const std::string found = both.difference(bed.written(), expected[inputs]);
    return found.empty() ? ok() : mismatch("an execution " + which + ": " + found);
  };
  // Each of the first calls, then some.
  for (int64_t poll = 1; poll <= polls; poll += 1 + poll / 6) {
    const std::string at = format("at call %lld of is_cancelled", static_cast<long long>(poll));
    CountedServices cancelling(poll);
    bed.fill(seed);
    Status status = bed.execute(cancelling);
    if (status.code() == BATON_CANCELLED) {
      if (!bed.inputs_intact()) return judge(0, "that was cancelled " + at);
    } else if (!status.ok()) {
      return failure("cancelled " + at +
                     " execute returned another error than BATON_CANCELLED: " + status.message());
    } else {
      Verdict verdict = judge(0, "that ended well although it was cancelled " + at);
      if (verdict.outcome != Outcome::kOk) return verdict;
    }
    CountedServices undisturbed;
    bed.fill(seed + 1);
    status = bed.execute(undisturbed);
    if (!status.ok()) {
      return failure("the execution after one that was cancelled " + at +
                     " failed: " + status.message());
    }
    Verdict verdict = judge(1, "after one that was cancelled " + at);
    if (verdict.outcome != Outcome::kOk) return verdict;
  }
  return ok();
}

// ---- Sessions -----------------------------------------------------------------------------------

// A session of the subject's, and one of the reference kernels' that makes the runs which count.
class Watched {
 public:
  Watched(const Both& both, uint64_t seed) : both_(both), fill_(fill_random(seed)) {}

  Status start() {
    BATON_ASSIGN_OR_RETURN(expected_, Session::create(both_.reference, {}));
    BATON_ASSIGN_OR_RETURN(actual_, Session::create(both_.compiled, {}));
    return {};
  }
  Session& session() { return *actual_; }

  // Fills the inputs, and lets `run` run the session; what it returns is judged: an outcome of
  // `stopped` must have left no trace, a run that ended well must be right.
  Verdict judge(baton_status stopped, const std::function<Status(Session&)>& run) {
    fill_inputs(*actual_, fill_, runs_);
    const Status status = run(*actual_);
    ++runs_;
    if (status.code() == stopped && stopped != BATON_OK) {
      ++stops_;
      return ok();
    }
    if (!status.ok()) return failure(status.message());
    auto expected = run_once(*expected_, fill_, runs_ - 1);
    if (!expected.ok()) return failure("the reference kernels: " + expected.status().message());
    const std::string found = both_.difference(runs_ - 1, read_outputs(*actual_), *expected);
    if (found.empty()) return ok();
    return mismatch(format("%s (%u runs before it were stopped)", found.c_str(), stops_));
  }
  Verdict plain_run() {
    return judge(BATON_OK, [](Session& session) { return session.run(); });
  }
  uint32_t stops() const { return stops_; }

 private:
  const Both& both_;
  Fill fill_;
  std::unique_ptr<Session> expected_;
  std::unique_ptr<Session> actual_;
  uint32_t runs_ = 0;
  uint32_t stops_ = 0;
};

using Disturb = std::function<Verdict(Watched&)>;

// Three times: a disturbance, and two runs that must not show it.
Verdict disturb(const Both& both, uint64_t seed, const Disturb& fn) {
  Watched watched(both, seed);
  const Status started = watched.start();
  if (!started.ok()) return failure(started.message());
  Verdict verdict = watched.plain_run();
  for (int round = 0; round < 3; ++round) {
    if (verdict.outcome == Outcome::kOk) verdict = fn(watched);
    for (int i = 0; i < 2 && verdict.outcome == Outcome::kOk; ++i) verdict = watched.plain_run();
  }
  return verdict;
}

void cancel_session(void* user, uint32_t, const baton_tensor*) {
  static_cast<Session*>(user)->cancel();
}

// While the run is under way: when this tensor of the main subgraph was written.
Verdict cancel_at_tensor(Watched& watched, int32_t tensor) {
  Session& session = watched.session();
  const Status tapped = session.tap(0, tensor, cancel_session, &session);
  if (!tapped.ok()) return failure("the suite's tap: " + tapped.message());
  const uint32_t before = watched.stops();
  Verdict verdict = watched.judge(BATON_CANCELLED, [](Session& running) { return running.run(); });
  const Status ended = session.tap(0, tensor, nullptr, nullptr);
  if (!ended.ok()) return failure("the suite's tap: " + ended.message());
  if (verdict.outcome == Outcome::kOk && watched.stops() == before) {
    return failure("a run that was cancelled in a tap ended well");
  }
  return verdict;
}

Verdict cancel_at_input(Watched& watched) {
  return cancel_at_tensor(watched, watched.session().inputs()[0].tensor);
}

Verdict cancel_at_output(Watched& watched) {
  return cancel_at_tensor(watched, watched.session().outputs()[0].tensor);
}

// At any time.
Verdict cancel_from_thread(Watched& watched) {
  for (int i = 0; i < 8; ++i) {
    std::atomic<bool> running{true};
    Session& session = watched.session();
    std::thread other([&] {
      for (int k = 0; k < i * 40; ++k) std::this_thread::yield();
      if (i % 2 == 0) {
        session.cancel();
      } else {
        while (running.load()) session.cancel();
      }
    });
    Verdict verdict = watched.judge(BATON_CANCELLED,
                                    [](Session& running_session) { return running_session.run(); });
    running.store(false);
    other.join();
    if (verdict.outcome != Outcome::kOk) return verdict;
  }
  return ok();
}

Verdict cancel_async(Watched& watched) {
  for (int i = 0; i < 6; ++i) {
    Verdict verdict = watched.judge(BATON_CANCELLED, [&](Session& session) -> Status {
      BATON_RETURN_IF_ERROR(session.run_async(nullptr, nullptr));
      for (int k = 0; k < i * 40; ++k) std::this_thread::yield();
      session.cancel();
      return session.wait(UINT64_MAX);
    });
    if (verdict.outcome != Outcome::kOk) return verdict;
  }
  return ok();
}

Verdict run_async(Watched& watched) {
  return watched.judge(BATON_OK, [](Session& session) -> Status {
    BATON_RETURN_IF_ERROR(session.run_async(nullptr, nullptr));
    return session.wait(UINT64_MAX);
  });
}

// When nothing runs: for nobody.
Verdict cancel_between_runs(Watched& watched) {
  watched.session().cancel();
  return watched.plain_run();
}

Verdict time_out(Watched& watched, uint64_t limit_ns) {
  watched.session().set_timeout(limit_ns);
  Verdict verdict = watched.judge(BATON_TIMED_OUT, [](Session& session) { return session.run(); });
  watched.session().set_timeout(0);
  return verdict;
}

// Any time-out, from none at all to more than enough.
Verdict time_outs(Watched& watched) {
  for (uint64_t limit_ns = 1; limit_ns < 10'000'000; limit_ns *= 5) {
    Verdict verdict = time_out(watched, limit_ns);
    if (verdict.outcome != Outcome::kOk) return verdict;
  }
  return ok();
}

Verdict generous_time_out(Watched& watched) {
  watched.session().set_timeout(uint64_t{3600} * 1'000'000'000);
  Verdict verdict = watched.plain_run();
  watched.session().set_timeout(0);
  return verdict;
}

// ---- The models ---------------------------------------------------------------------------------

// A chain of many nodes with an output on the way, so that it can be tapped.
ModelFile long_model(const Material& m, uint64_t seed) {
  Sketch s(m, seed);
  const TensorId middle = s.chain(s.input(), 8);
  s.b.output(middle);
  s.b.output(s.chain(middle, 16));
  return s.b.finish();
}

// In two partitions: operator 8 is kept off.
std::vector<Pin> in_two() { return {{.node = 8, .op = {}, .delegate = {}}}; }

Verdict with_chains(Subject& subject, uint64_t seed,
                    const std::function<Verdict(const Both&, uint64_t seed)>& run) {
  return for_each_material(subject, [&](const Material& m) {
    const Both both = compile_both(subject.bench(), long_model(m, seed), in_two());
    if (both.verdict.outcome != Outcome::kOk) return both.verdict;
    return run(both, seed);
  });
}

Verdict with_state(Subject& subject, uint64_t seed, const StateNode& node,
                   const std::function<Verdict(const Both&, uint64_t seed)>& run) {
  const Both both = compile_both(subject.bench(), state_model(node));
  if (both.verdict.outcome != Outcome::kOk) return both.verdict;
  return run(both, seed);
}

struct Disturbance {
  const char* name;
  Verdict (*fn)(Watched&);
};

constexpr Disturbance kDisturbances[] = {
    {"at_input", cancel_at_input},         {"at_output", cancel_at_output},
    {"from_thread", cancel_from_thread},   {"async", cancel_async},
    {"between_runs", cancel_between_runs}, {"run_async", run_async},
    {"time_out/any", time_outs},           {"time_out/generous", generous_time_out},
};

std::vector<Case> cases(uint64_t seed) {
  std::vector<Case> list;
  // With the chains, and with each kind of state.
  const auto add = [&](const std::string& name,
                       const std::function<Verdict(const Both&, uint64_t seed)>& run) {
    const uint64_t own = mix_seed(seed, name.c_str(), 0);
    list.push_back({name + "/chain", "", "",
                    [run, own](Subject& subject) { return with_chains(subject, own, run); }});
    for (const StateNode& node : state_nodes()) {
      list.push_back({name + "/" + node.name, "", "", [run, own, node](Subject& subject) {
                        return with_state(subject, own, node, run);
                      }});
    }
  };
  add("each_poll", cancel_at_each_poll);
  for (const Disturbance& disturbance : kDisturbances) {
    add(disturbance.name,
        [fn = disturbance.fn](const Both& both, uint64_t own) { return disturb(both, own, fn); });
  }
  return list;
}

}  // namespace

extern const Group cancellation_group{"cancellation", "cancelled and timed-out runs", cases};

}  // namespace baton::conformance
