// Many threads in a session, and many sessions, compiled models and runtimes on threads of their
// own.
#include <atomic>
#include <mutex>
#include <thread>

#include "tests/conformance/probe.h"
#include "tests/conformance/subject.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

constexpr uint32_t kThreads = 4;
constexpr uint32_t kRuns = 12;

// Runs fn(number) on so many threads at the same time; the first verdict that is not ok counts.
Verdict on_threads(uint32_t count, const std::function<Verdict(uint32_t number)>& fn) {
  std::mutex mutex;
  Verdict result;
  std::atomic<uint32_t> waiting{count};
  std::vector<std::thread> threads;
  for (uint32_t number = 0; number < count; ++number) {
    threads.emplace_back([&, number] {
      // All set off together.
      waiting.fetch_sub(1);
      while (waiting.load() != 0) std::this_thread::yield();
      Verdict verdict = fn(number);
      if (verdict.outcome == Outcome::kOk) return;
      const std::lock_guard<std::mutex> lock(mutex);
      if (result.outcome != Outcome::kOk) return;
      result = std::move(verdict);
      result.text = format("thread %u of %u: ", number, count) + result.text;
    });
  }
  for (std::thread& thread : threads) thread.join();
  return result;
}

// A graph with work for several threads, and more than one partition where a node is refused.
ModelFile work_model(const Material& m, uint64_t seed) {
  Sketch s(m, seed);
  s.any_shape = true;
  tflite::Shape shape = m.shape;
  shape[0] = 32;
  std::vector<tflite::TensorId> ends;
  for (int i = 0; i < 3; ++i) ends.push_back(s.chain(s.input(shape), 3));
  s.b.output(s.chain(s.join(ends), 2));
  return s.b.finish();
}

Verdict compare(const Both& both, const Result<TrialOutputs>& actual,
                const TrialOutputs& expected) {
  if (!actual.ok()) return failure(actual.status().message());
  std::string found = both.difference(*actual, expected);
  return found.empty() ? ok() : mismatch(std::move(found));
}

// What a session of its own gives for this seed, by the reference kernels.
Result<TrialOutputs> expect(const Both& both, uint64_t seed, uint32_t runs = kRuns) {
  return run(both.reference, fill_random(seed), {.runs = runs, .resizes = {}});
}

// What a session of the subject's gives for it must be the same.
Verdict try_session(const Both& both, uint64_t seed, const TrialOutputs& expected,
                    uint32_t threads = 1) {
  TrialOptions options;
  options.threads = threads;
  options.runs = static_cast<uint32_t>(expected.size());
  return compare(both, run(both.compiled, fill_random(seed), options), expected);
}

// One session with so many threads.
Verdict session_threads(Subject& subject, uint64_t seed, uint32_t threads) {
  return for_each_material(subject, [&](const Material& m) {
    const Both both = compile_both(subject.bench(), work_model(m, seed));
    if (both.verdict.outcome != Outcome::kOk) return both.verdict;
    const auto expected = expect(both, seed);
    if (!expected.ok()) return failure("the reference kernels: " + expected.status().message());
    return try_session(both, seed, *expected, threads);
  });
}

// Sessions of one compiled model, each with inputs (and state) of its own.
Verdict sessions_of(Subject& subject, uint64_t seed, const ModelFile& file) {
  const Both both = compile_both(subject.bench(), file);
  if (both.verdict.outcome != Outcome::kOk) return both.verdict;
  std::vector<TrialOutputs> expected;
  for (uint32_t number = 0; number < kThreads; ++number) {
    auto outputs = expect(both, seed + number);
    if (!outputs.ok()) return failure("the reference kernels: " + outputs.status().message());
    expected.push_back(std::move(*outputs));
  }
  return on_threads(kThreads, [&](uint32_t number) {
    for (int round = 0; round < 3; ++round) {
      Verdict verdict = try_session(both, seed + number, expected[number], 1 + number % 2);
      if (verdict.outcome != Outcome::kOk) return verdict;
    }
    return ok();
  });
}

Verdict sessions(Subject& subject, uint64_t seed) {
  return for_each_material(
      subject, [&](const Material& m) { return sessions_of(subject, seed, work_model(m, seed)); });
}

// Each thread resizes its session as it likes.
Verdict sessions_resized(Subject& subject, uint64_t seed) {
  return for_each_material(subject, [&](const Material& m) {
    const Both both = compile_both(subject.bench(), resizable_model(m, seed, 4, false));
    if (both.verdict.outcome != Outcome::kOk) return both.verdict;
    std::vector<TrialOptions> options(kThreads);
    std::vector<TrialOutputs> expected;
    for (uint32_t number = 0; number < kThreads; ++number) {
      options[number].runs = kRuns;
      for (uint32_t i = 1; i < kRuns; ++i) {
        tflite::Shape shape = m.shape;
        shape[0] = static_cast<int32_t>(1 + (number * 3 + i * 5) % 9);
        options[number].resizes.push_back({shape});
      }
      auto outputs = run(both.reference, fill_random(seed), options[number]);
      if (!outputs.ok()) return failure("the reference kernels: " + outputs.status().message());
      expected.push_back(std::move(*outputs));
    }
    return on_threads(kThreads, [&](uint32_t number) {
      return compare(both, run(both.compiled, fill_random(seed), options[number]),
                     expected[number]);
    });
  });
}

// Models are compiled, run and let go of side by side: by one delegate object each, in one runtime.
Verdict compiled_models(Subject& subject, uint64_t seed) {
  return for_each_material(subject, [&](const Material& m) {
    return on_threads(kThreads, [&](uint32_t number) {
      for (uint64_t round = 0; round < 3; ++round) {
        const uint64_t own = mix_seed(seed, "model", number * 16 + round);
        const Both both = compile_both(subject.bench(), random_model(m, own, 12));
        if (both.verdict.outcome != Outcome::kOk) return both.verdict;
        const auto expected = expect(both, own, 2);
        if (!expected.ok()) return failure("the reference kernels: " + expected.status().message());
        Verdict verdict = try_session(both, own, *expected);
        if (verdict.outcome != Outcome::kOk) return verdict;
      }
      return ok();
    });
  });
}

// A runtime with a plugin object of its own on each thread.
Verdict runtimes(Subject& subject, uint64_t seed) {
  return for_each_material(subject, [&](const Material& m) {
    const ModelFile file = work_model(m, seed);
    return on_threads(3, [&](uint32_t) {
      for (int round = 0; round < 2; ++round) {
        Bench bench(subject);
        const Both both = compile_both(bench, file);
        if (both.verdict.outcome != Outcome::kOk) return both.verdict;
        const auto expected = expect(both, seed, 2);
        if (!expected.ok()) return failure("the reference kernels: " + expected.status().message());
        Verdict verdict = try_session(both, seed, *expected);
        if (verdict.outcome != Outcome::kOk) return verdict;
      }
      return ok();
    });
  });
}

// One session that is made on one thread, run by others in turn, and let go of by yet another.
Verdict handed_on(Subject& subject, uint64_t seed) {
  return for_each_material(subject, [&](const Material& m) {
    const Both both = compile_both(subject.bench(), work_model(m, seed));
    if (both.verdict.outcome != Outcome::kOk) return both.verdict;
    const auto expected = expect(both, seed, 6);
    if (!expected.ok()) return failure("the reference kernels: " + expected.status().message());
    std::unique_ptr<Session> session;
    TrialOutputs outputs;
    Status status;
    const auto on_another_thread = [&](const std::function<Status()>& fn) {
      if (status.ok()) std::thread([&] { status = fn(); }).join();
    };
    on_another_thread([&]() -> Status {
      BATON_ASSIGN_OR_RETURN(session, Session::create(both.compiled, {}));
      return {};
    });
    for (uint32_t i = 0; i < expected->size(); ++i) {
      on_another_thread([&]() -> Status {
        BATON_ASSIGN_OR_RETURN(auto row, run_once(*session, fill_random(seed), i));
        outputs.push_back(std::move(row));
        return {};
      });
    }
    std::thread([&] { session.reset(); }).join();
    if (!status.ok()) return failure(status.message());
    return compare(both, std::move(outputs), *expected);
  });
}

// Sessions that are made, never or once run, and let go of while another one runs on.
Verdict come_and_go(Subject& subject, uint64_t seed) {
  return for_each_material(subject, [&](const Material& m) {
    const Both both = compile_both(subject.bench(), work_model(m, seed));
    if (both.verdict.outcome != Outcome::kOk) return both.verdict;
    const auto expected = expect(both, seed, 2 * kRuns);
    if (!expected.ok()) return failure("the reference kernels: " + expected.status().message());
    const TrialOutputs first(expected->begin(), expected->begin() + 1);
    return on_threads(kThreads, [&](uint32_t number) {
      if (number == 0) return try_session(both, seed, *expected, 2);
      for (uint32_t i = 0; i < kRuns; ++i) {
        if (i % 2 == 0) {
          Verdict verdict = try_session(both, seed, first);
          if (verdict.outcome != Outcome::kOk) return verdict;
        } else if (auto session = Session::create(both.compiled, {}); !session.ok()) {
          return failure(session.status().message());
        }
      }
      return ok();
    });
  });
}

std::vector<Case> cases(uint64_t seed) {
  std::vector<Case> list;
  const auto add = [&](const std::string& name,
                       const std::function<Verdict(Subject&, uint64_t seed)>& run) {
    const uint64_t own = mix_seed(seed, name.c_str(), 0);
    list.push_back({name, "", "", [run, own](Subject& subject) { return run(subject, own); }});
  };
  for (uint32_t threads = 1; threads <= 4; ++threads) {
    add(format("session_threads/%u", threads), [threads](Subject& subject, uint64_t own) {
      return session_threads(subject, own, threads);
    });
  }
  add("sessions", sessions);
  add("sessions_resized", sessions_resized);
  for (const StateNode& node : state_nodes()) {
    add(std::string("sessions_with_state/") + node.name, [node](Subject& subject, uint64_t own) {
      return sessions_of(subject, own, state_model(node));
    });
  }
  add("compiled_models", compiled_models);
  add("runtimes", runtimes);
  add("handed_on", handed_on);
  add("come_and_go", come_and_go);
  return list;
}

}  // namespace

extern const Group threads_group{"threads", "many threads and sessions", cases};

}  // namespace baton::conformance
