// What load options limit: a model, or a run, that goes over is refused in one sentence, and what
// there was before goes on.

#include <gtest/gtest.h>

#include <functional>

#include "tests/session/fixture.h"

namespace baton::test {
namespace {

Loaded load_with(File file, const LoadOptions& options) {
  Runtime runtime = or_throw(Runtime::create());
  Model model = or_throw(runtime.load(file.data(), file.size(), &options));
  return {std::move(file), std::move(runtime), std::move(model)};
}

Status load_status(const File& file, const LoadOptions& options) {
  Runtime runtime = or_throw(Runtime::create());
  return runtime.load(file.data(), file.size(), &options).status();
}

Status session_status(const Loaded& loaded) {
  return or_throw(loaded.model.compile({})).session(1).status();
}

LoadOptions options_with(const std::function<void(LoadOptions&)>& set) {
  LoadOptions options;
  set(options);
  return options;
}

bool says(const Status& status, const char* piece) {
  return status.message().find(piece) != std::string::npos;
}

uint64_t reserved(const Session& session) {
  baton_memory_figures figures = BATON_MEMORY_FIGURES_INIT;
  baton_session_memory(session.get(), &figures);
  return figures.arena_bytes + figures.dynamic_bytes;
}

TEST(Quota, BytesOfTheFile) {
  const File file = elementwise_model();
  const auto at_most = [&](uint64_t bytes) {
    return load_status(file, options_with([&](LoadOptions& o) { o.max_file_bytes = bytes; }));
  };
  EXPECT_TRUE(at_most(file.size()));
  EXPECT_EQ(at_most(file.size() - 1).code(), BATON_OUT_OF_MEMORY);
}

// At the file's shapes it is the load that fails, at others the resize.
TEST(Quota, BytesOfATensor) {
  EXPECT_EQ(load_status(elementwise_model(),
                        options_with([](LoadOptions& o) { o.max_tensor_bytes = 15; }))
                .code(),
            BATON_OUT_OF_MEMORY);
  const Loaded loaded =
      load_with(elementwise_model(), options_with([](LoadOptions& o) { o.max_tensor_bytes = 64; }));
  Session session = make_session(loaded);
  or_throw(session.resize_input(0, {4, 4}));
  or_throw(session.prepare());
  or_throw(session.resize_input(0, {5, 4}));
  const Status status = session.prepare();
  EXPECT_EQ(status.code(), BATON_OUT_OF_MEMORY);
  EXPECT_TRUE(says(status, "80 bytes, over the limit of 64")) << status.message();
  set<float>(session, 0, std::vector<float>(16, 1));
  or_throw(session.run());
  EXPECT_EQ(get(session, 0), std::vector<float>(16, 3));
}

TEST(Quota, BytesOfATensorWhoseShapeIsFoundInTheRun) {
  const Loaded loaded =
      load_with(growing_model(), options_with([](LoadOptions& o) { o.max_tensor_bytes = 400; }));
  Session session = make_session(loaded);
  set<int32_t>(session, 0, {100});
  or_throw(session.run());
  set<int32_t>(session, 0, {101});
  const Status status = session.run();
  EXPECT_EQ(status.code(), BATON_OUT_OF_MEMORY);
  EXPECT_TRUE(says(status, "404 bytes, over the limit of 400")) << status.message();
  set<int32_t>(session, 0, {3});
  or_throw(session.run());
  EXPECT_EQ(get<int32_t>(session, 0), (std::vector<int32_t>{0, 1, 2}));
}

TEST(Quota, BytesOfASession) {
  const uint64_t needed = [] {
    const Loaded loaded = load(elementwise_model());
    return reserved(make_session(loaded));
  }();
  const auto with = [](uint64_t bytes) {
    return load_with(elementwise_model(),
                     options_with([&](LoadOptions& o) { o.max_session_bytes = bytes; }));
  };
  const Status status = session_status(with(needed - 1));
  EXPECT_EQ(status.code(), BATON_OUT_OF_MEMORY);
  EXPECT_TRUE(says(status, "over its quota")) << status.message();

  const Loaded loaded = with(needed);
  Session session = make_session(loaded);
  set<float>(session, 0, {1, 1, 1, 1});
  or_throw(session.resize_input(0, {50, 4}));
  EXPECT_EQ(session.prepare().code(), BATON_OUT_OF_MEMORY);
  or_throw(session.run());
  EXPECT_EQ(get(session, 0), std::vector<float>(4, 3));
}

TEST(Quota, BytesOfASessionCountWhatTheRunFinds) {
  const Loaded loaded = load_with(
      growing_model(), options_with([](LoadOptions& o) { o.max_session_bytes = 10'000; }));
  Session session = make_session(loaded);
  for (int round = 0; round < 3; ++round) {
    set<int32_t>(session, 0, {1'000'000});
    EXPECT_EQ(session.run().code(), BATON_OUT_OF_MEMORY);
    set<int32_t>(session, 0, {2000});
    or_throw(session.run());
  }
  EXPECT_LE(reserved(session), 10'000u);
}

// The memory that variables hold counts, not only what they fill; too large memory is given back.
TEST(Quota, BytesOfASessionCountVariables) {
  constexpr uint64_t kQuota = 200'000;
  const Loaded loaded = load_with(
      kept_bytes_model(), options_with([](LoadOptions& o) { o.max_session_bytes = kQuota; }));
  Session session = make_session(loaded);
  const auto run = [&](int32_t size) {
    or_throw(session.resize_input(0, {size}));
    or_throw(session.prepare());
    set<uint8_t>(session, 0, std::vector<uint8_t>(static_cast<size_t>(size), 7));
    return session.run();
  };
  const auto state = [&] {
    baton_memory_figures figures = BATON_MEMORY_FIGURES_INIT;
    baton_session_memory(session.get(), &figures);
    EXPECT_LE(figures.arena_bytes + figures.dynamic_bytes + figures.state_bytes, kQuota);
    return figures.state_bytes;
  };
  constexpr uint64_t kBools = 2 * 3;
  or_throw(run(40'000));
  or_throw(run(40'000));
  EXPECT_EQ(state(), 80'000 + kBools);
  or_throw(run(8));
  EXPECT_EQ(state(), 40'008 + kBools);
  or_throw(run(8));
  EXPECT_EQ(state(), 16 + kBools);
  or_throw(run(40'000));
  EXPECT_EQ(run(60'000).code(), BATON_OUT_OF_MEMORY);
  EXPECT_EQ(state(), 40'008 + kBools);  // the variable stays as it was
  for (int i = 0; i < 3; ++i) {
    or_throw(run(20));
    EXPECT_EQ(get<uint8_t>(session, 0), std::vector<uint8_t>(20, 7));
    EXPECT_EQ(get<uint8_t>(session, 1), (std::vector<uint8_t>{0, 1, 1}));
  }
  or_throw(session.reset_state());
  EXPECT_EQ(state(), 0u);
}

// Three copies of state, and two of a resource variable: now, and as before the run.
TEST(Quota, BytesOfASessionCountState) {
  const auto fails_below = [](const File& file, uint64_t most) {
    const auto outcome = [&](uint64_t bytes) {
      const Loaded loaded =
          load_with(file, options_with([&](LoadOptions& o) { o.max_session_bytes = bytes; }));
      auto session = or_throw(loaded.model.compile({})).session(1);
      if (!session) return session.status();
      // In the second run there is something to go back to.
      const Status first = session->run();
      return first ? session->run() : first;
    };
    uint64_t bytes = 1;
    while (bytes < most && !outcome(bytes)) ++bytes;
    EXPECT_TRUE(outcome(bytes));
    EXPECT_EQ(outcome(bytes - 1).code(), BATON_OUT_OF_MEMORY);
    return bytes;
  };
  const auto arenas = [](const File& file) {
    const Loaded loaded = load(file);
    Session session = make_session(loaded);
    or_throw(session.run());
    return reserved(session);
  };
  EXPECT_EQ(fails_below(rnn_model(), 4096), arenas(rnn_model()) + 3 * 12);
  EXPECT_EQ(fails_below(counter_model(), 4096), arenas(counter_model()) + 2 * 4);
}

// ---- Depth ------------------------------------------------------------------------------------

TEST(Quota, DepthOfCalls) {
  const auto at_most = [](int depth, uint32_t most) {
    return load_status(nested_calls_model(depth),
                       options_with([&](LoadOptions& o) { o.max_subgraph_depth = most; }));
  };
  EXPECT_TRUE(at_most(3, 3));
  const Status status = at_most(4, 3);
  EXPECT_EQ(status.code(), BATON_OUT_OF_MEMORY);
  EXPECT_TRUE(says(status, "nest 4 deep, at most 3")) << status.message();
  EXPECT_TRUE(at_most(64, 0));
  EXPECT_TRUE(at_most(64, 1000));
  EXPECT_EQ(at_most(65, 0).code(), BATON_INVALID_MODEL);
  EXPECT_EQ(at_most(65, 1000).code(), BATON_INVALID_MODEL);
}

TEST(Quota, TheDeepestCallsFitOnTheStack) {
  const Loaded loaded = load(nested_calls_model(64));
  Session session = make_session(loaded);
  set<float>(session, 0, {1, 2});
  or_throw(session.run_async());  // a thread's stack is the smaller one
  or_throw(session.wait());
  EXPECT_EQ(get(session, 0), (std::vector<float>{-1, -2}));
}

// ---- Steps ------------------------------------------------------------------------------------

LoadOptions steps(uint64_t most) {
  return options_with([&](LoadOptions& o) { o.max_steps = most; });
}

TEST(Quota, StepsOfAChain) {
  const Loaded enough = load_with(chain_model(12), steps(12));
  Session session = make_session(enough);
  for (int i = 0; i < 3; ++i) or_throw(session.run());  // each run has its own
  const Loaded short_of_one = load_with(chain_model(12), steps(11));
  const Status status = make_session(short_of_one).run();
  EXPECT_EQ(status.code(), BATON_OUT_OF_MEMORY);
  EXPECT_TRUE(says(status, "more than the 11 nodes")) << status.message();
}

// A loop of n rounds: the WHILE, n + 1 conditions, n bodies, each a call and a node.
TEST(Quota, StepsOfALoop) {
  const Loaded loaded = load_with(while_model(), steps(1 + 2 * 11 + 2 * 10));
  Session session = make_session(loaded);
  const auto run = [&](int32_t limit, int32_t step) {
    set<int32_t>(session, 0, {0});
    set<int32_t>(session, 1, {limit});
    set<int32_t>(session, 2, {step});
    return session.run();
  };
  EXPECT_TRUE(run(10, 1));
  EXPECT_EQ(run(11, 1).code(), BATON_OUT_OF_MEMORY);
  EXPECT_EQ(run(10, 0).code(), BATON_OUT_OF_MEMORY);
  EXPECT_TRUE(run(10, 1));
  EXPECT_EQ(get<int32_t>(session, 0), std::vector<int32_t>{10});
}

TEST(Quota, ALoopWithoutNodesEnds) {
  const Loaded loaded = load_with(empty_loop_model(), steps(1000));
  Session session = make_session(loaded);
  EXPECT_EQ(session.run().code(), BATON_OUT_OF_MEMORY);
}

TEST(Quota, AStoppedRunLeavesStateAlone) {
  // The loop counts its rounds in a variable before it goes over the quota.
  const Loaded loaded = load_with(counting_loop_model(), steps(100));
  Session session = make_session(loaded);
  const auto run = [&](int32_t rounds) {
    set<int32_t>(session, 0, {rounds});
    return session.run();
  };
  or_throw(run(3));
  EXPECT_EQ(get<float>(session, 0), std::vector<float>{3});
  EXPECT_EQ(run(1'000'000).code(), BATON_OUT_OF_MEMORY);
  or_throw(run(2));
  EXPECT_EQ(get<float>(session, 0), std::vector<float>{5});
}

// Each level has the next one prepared three times: 3^depth preparations.
TEST(Quota, PreparationsDoNotGrowExponentially) {
  const Loaded loaded = load(restless_calls_model(20));
  const Status status = session_status(loaded);
  EXPECT_EQ(status.code(), BATON_INVALID_MODEL);
  EXPECT_TRUE(says(status, "call each other with ever other shapes")) << status.message();
  const Loaded small = load(restless_calls_model(4));
  or_throw(make_session(small).run());
}

}  // namespace
}  // namespace baton::test
