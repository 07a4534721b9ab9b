// A prepared run allocates nothing. (Nodes whose shapes are only known in the run are not prepared
// before it: their shape rules may allocate.)

#include "tests/session/allocation_count.h"
#include "tests/session/fixture.h"

namespace baton::test {
namespace {

uint64_t allocations_of_runs(Session& session) {
  or_throw(session.run());
  start_counting_allocations();
  for (int i = 0; i < 3; ++i) (void)baton_session_run(session.get(), nullptr);
  return stop_counting_allocations();
}

TEST(Allocation, TheCounterCounts) {
  start_counting_allocations();
  std::vector<int>* made = new std::vector<int>(1000);
  EXPECT_EQ(made->size(), 1000u);
  delete made;
  EXPECT_GE(stop_counting_allocations(), 2u);
}

TEST(Allocation, PreparedRunsAllocateNothing) {
  struct Case {
    const char* name;
    File file;
  };
  const Case cases[] = {
      {"element-wise", elementwise_model()},
      {"cnn", small_cnn()},
      {"cnn int8", small_cnn_int8()},
      {"rnn", rnn_model()},
      {"lstm", lstm_model()},
      {"hybrid lstm", lstm_model(true)},
      {"chain", chain_model(50)},
      {"flatten", flatten_model()},
  };
  for (const Case& c : cases) {
    const Loaded loaded = load(c.file);
    for (const uint32_t threads : {1u, 4u}) {
      Session session = make_session(loaded, {}, threads);
      EXPECT_EQ(allocations_of_runs(session), 0u) << c.name << ", " << threads << " threads";
      session.enable_profile();
      EXPECT_EQ(allocations_of_runs(session), 0u) << c.name << ", profiled";
    }
  }
}

}  // namespace
}  // namespace baton::test
