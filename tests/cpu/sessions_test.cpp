// Several sessions of one compiled model at once, and runs that are ended early. Run under the
// thread sanitizer by the test command.
#include <chrono>
#include <thread>

#include "tests/cpu/harness.h"

namespace baton::test {
namespace {

constexpr uint64_t kMillisecond = 1'000'000;

TEST(CpuSessions, ManyOfOneCompiledModel) {
  for (const File& file : {movement_model(BATON_FLOAT32), small_cnn_int8(), rnn_model()}) {
    const Loaded loaded = load(file);
    const Compiled compiled = or_throw(loaded.model.compile(on_cpu()));
    constexpr uint32_t kRuns = 4;
    std::vector<std::vector<Outputs>> outputs(4);
    std::vector<std::thread> threads;
    for (size_t t = 0; t < outputs.size(); ++t) {
      threads.emplace_back([&, t] {
        Session session = or_throw(compiled.session(1 + static_cast<uint32_t>(t % 3)));
        for (uint32_t run = 0; run < kRuns; ++run) {
          outputs[t].push_back(run_on_pattern(session, run));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    Session reference = make_session(loaded);
    for (uint32_t run = 0; run < kRuns; ++run) {
      const Outputs expected = run_on_pattern(reference, run);
      for (const auto& of_thread : outputs) expect_close(reference, of_thread[run], expected);
    }
  }
}

// Long enough to be ended in the middle on any machine.
constexpr int kLong = 3000;

void expect_good_run(Session& session) {
  session.set_timeout(0);
  std::vector<float> x(512 * 512);
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i);
  set<float>(session, 0, x);
  or_throw(session.run());
  EXPECT_EQ(get(session, 0), x);
}

TEST(CpuSessions, AreCancelled) {
  const Loaded loaded = load(long_model(kLong));
  for (const uint32_t threads : {1u, 3u}) {
    SCOPED_TRACE("threads " + std::to_string(threads));
    Session session = make_session(loaded, on_cpu().strict(), threads);
    for (const uint64_t wait : {uint64_t{0}, kMillisecond, 5 * kMillisecond}) {
      or_throw(session.run_async());
      if (wait != 0) {
        EXPECT_EQ(session.wait(wait).code(), BATON_TIMED_OUT);
      }
      session.cancel();
      EXPECT_EQ(session.wait().code(), BATON_CANCELLED);
    }
    EXPECT_EQ(events(session.placement()), std::vector<std::string>{});
  }
  Session session = make_session(loaded, on_cpu().strict(), 2);
  or_throw(session.run_async());
  session.cancel();
  EXPECT_EQ(session.wait().code(), BATON_CANCELLED);
  expect_good_run(session);
}

TEST(CpuSessions, HaveATimeLimit) {
  const Loaded loaded = load(long_model(kLong));
  for (const uint32_t threads : {1u, 3u}) {
    Session session = make_session(loaded, on_cpu().strict(), threads);
    session.set_timeout(2 * kMillisecond);
    EXPECT_EQ(session.run().code(), BATON_TIMED_OUT);
  }
}

}  // namespace
}  // namespace baton::test
