// Many threads on one compiled model. Run under the thread sanitizer by the test command.

#include <thread>

#include "tests/session/fixture.h"

namespace baton::test {
namespace {

// Sessions of several threads each, on several threads, all on one compiled model.
void run_together(const File& file, int runs) {
  const Loaded loaded = load(file);
  const Compiled compiled = or_throw(loaded.model.compile());
  Session reference = or_throw(compiled.session());
  std::vector<std::vector<std::vector<uint8_t>>> expected;
  for (int run = 0; run < runs; ++run) {
    expected.push_back(run_on_pattern(reference, static_cast<uint32_t>(run)));
  }
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      Session session = or_throw(compiled.session(4));
      for (int run = 0; run < runs; ++run) {
        wrong[t] += run_on_pattern(session, static_cast<uint32_t>(run)) !=
                    expected[static_cast<size_t>(run)];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(SessionThreads, FourSessionsOfFourThreads) { run_together(small_cnn(), 8); }
TEST(SessionThreads, FourSessionsOfFourThreadsInt8) { run_together(small_cnn_int8(), 8); }
TEST(SessionThreads, FourSessionsOnLongGraphs) { run_together(random_graph_model(3, 40), 8); }

TEST(SessionThreads, AsynchronousRunsWhileOthersRun) {
  const Loaded loaded = load(small_cnn());
  const Compiled compiled = or_throw(loaded.model.compile());
  std::vector<Session> sessions;
  for (int i = 0; i < 4; ++i) sessions.push_back(or_throw(compiled.session(2)));
  for (int round = 0; round < 4; ++round) {
    for (Session& session : sessions) or_throw(session.run_async());
    for (Session& session : sessions) or_throw(session.wait());
  }
}

TEST(SessionThreads, CancelRacesWithRuns) {
  const Loaded loaded = load(chain_model(60));
  Session session = make_session(loaded);
  std::thread canceller([&] {
    for (int i = 0; i < 2000; ++i) session.cancel();
  });
  for (int i = 0; i < 200; ++i) {
    const baton_status code = session.run().code();
    EXPECT_TRUE(code == BATON_OK || code == BATON_CANCELLED);
  }
  canceller.join();
}

}  // namespace
}  // namespace baton::test
