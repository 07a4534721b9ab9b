// Sessions on the reference kernels: shapes, memory, state, control flow, interruption, looking
// inside.

#include <atomic>
#include <cmath>
#include <map>
#include <thread>

#include "tests/session/fixture.h"

namespace baton::test {
namespace {

std::vector<int32_t> dims(const baton_tensor& tensor) {
  return {tensor.dims, tensor.dims + tensor.rank};
}

// y = relu(x + 1) * x + x
std::vector<float> elementwise(const std::vector<float>& x) {
  std::vector<float> y;
  for (const float v : x) y.push_back(std::max(v + 1, 0.0f) * v + v);
  return y;
}

TEST(Session, RunsAndKeepsItsInputs) {
  const Loaded loaded = load(elementwise_model());
  Session session = make_session(loaded);
  const std::vector<float> x{1, -2, 0.5f, 3};
  set(session, 0, x);
  for (int run = 0; run < 3; ++run) {
    or_throw(session.run());
    EXPECT_EQ(get(session, 0), elementwise(x)) << "run " << run;
  }
}

TEST(Session, NamesItsInputsAndOutputs) {
  const Loaded loaded = load(elementwise_model());
  Session session = make_session(loaded);
  EXPECT_EQ(session.input_name(0), "x");
  EXPECT_EQ(session.find_input("x"), 0);
  EXPECT_EQ(session.find_input("y"), -1);
  EXPECT_EQ(session.find_output("y"), 0);
  EXPECT_EQ(dims(session.output(0)), (std::vector<int32_t>{1, 4}));
}

TEST(Session, WrongSizeNamesTheTensorAndBothSizes) {
  const Loaded loaded = load(elementwise_model());
  Session session = make_session(loaded);
  const float one = 1;
  const Status status = session.set_input(0, &one, sizeof(one));
  EXPECT_EQ(status.code(), BATON_INVALID_ARGUMENT);
  EXPECT_EQ(status.message(), "input 'x' has 16 bytes (float32[1,4]), 4 were given");
  EXPECT_EQ(session.set_input(7, &one, 4).code(), BATON_INVALID_ARGUMENT);
}

TEST(Session, UsesSignatures) {
  const Loaded loaded = load(signature_model());
  Session session = make_session(loaded, {}, 1, "both");
  EXPECT_EQ(session.input_name(0), "right");
  EXPECT_EQ(session.find_input("left"), 1);
  set<float>(session, 0, {2, 3});
  set<float>(session, 1, {10, 20});
  or_throw(session.run());
  EXPECT_EQ(get(session, static_cast<uint32_t>(session.find_output("sum"))),
            (std::vector<float>{12, 23}));
  EXPECT_EQ(get(session, static_cast<uint32_t>(session.find_output("product"))),
            (std::vector<float>{20, 60}));
  const Compiled compiled = or_throw(loaded.model.compile());
  const Result<Session> none = compiled.session(1, "neither");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.message(), "the model has no signature 'neither'; it has 'both'");
}

// ---- Shapes -----------------------------------------------------------------------------------

TEST(Session, Resizes) {
  const Loaded loaded = load(elementwise_model());
  Session session = make_session(loaded);
  for (const int32_t batch : {3, 1, 7, 0, 2}) {
    or_throw(session.resize_input(0, {batch, 4}));
    or_throw(session.prepare());
    EXPECT_EQ(dims(session.output(0)), (std::vector<int32_t>{batch, 4}));
    std::vector<float> x(static_cast<size_t>(batch) * 4);
    for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i) - 5;
    set(session, 0, x);
    or_throw(session.run());
    EXPECT_EQ(get(session, 0), elementwise(x));
  }
}

TEST(Session, FoldsShapeArithmeticAgainAfterEachResize) {
  const Loaded loaded = load(flatten_model());
  Session session = make_session(loaded);
  uint32_t folded = 0;
  const Placement placement = session.placement();
  for (uint32_t i = 0; i < placement.node_count(); ++i) folded += placement.node(i).folded != 0;
  EXPECT_EQ(folded, 3u) << "SHAPE, STRIDED_SLICE and PACK follow from the input's shape";
  for (const int32_t batch : {1, 5, 2}) {
    or_throw(session.resize_input(0, {batch, 2, 3}));
    std::vector<float> x(static_cast<size_t>(batch) * 6, 2.0f);
    set(session, 0, x);
    EXPECT_EQ(dims(session.output(0)), (std::vector<int32_t>{batch, 6}));
    or_throw(session.run());
    EXPECT_EQ(get(session, 0), std::vector<float>(x.size(), 3.0f));
  }
}

TEST(Session, TwoInputsAreResizedTogether) {
  const Loaded loaded = load(concat_model());
  Session session = make_session(loaded);
  or_throw(session.resize_input(0, {3, 2}));
  or_throw(session.resize_input(1, {3, 2}));
  or_throw(session.prepare());
  EXPECT_EQ(dims(session.output(0)), (std::vector<int32_t>{6, 2}));
}

TEST(Session, AShapeThatDoesNotFitLeavesTheOldOnes) {
  const Loaded loaded = load(small_cnn());
  Session session = make_session(loaded);
  const auto before = run_on_pattern(session);
  or_throw(session.resize_input(0, {1, 16, 16, 4}));
  const Status status = session.prepare();
  ASSERT_FALSE(status);
  EXPECT_NE(status.message().find("subgraph 0, operator 0 (CONV_2D)"), std::string::npos)
      << status.message();
  EXPECT_EQ(dims(session.input(0)), (std::vector<int32_t>{1, 16, 16, 3}));
  EXPECT_EQ(run_on_pattern(session), before);
  EXPECT_FALSE(session.resize_input(0, {1, -3}));
  EXPECT_EQ(run_on_pattern(session), before);
}

TEST(Session, ARefusedShapeLeavesContentsAndBindings) {
  const Loaded loaded = load(concat_model());
  Session session = make_session(loaded);
  alignas(64) float out[4 + 16] = {};
  or_throw(session.bind_output(0, out, sizeof(out)));
  set<float>(session, 0, {1, 2});
  set<float>(session, 1, {10, 20});
  // The first input could change, the second is too large for any machine.
  or_throw(session.resize_input(0, {1000000, 2}));
  or_throw(session.resize_input(1, {1 << 30, 1 << 15}));
  EXPECT_FALSE(session.prepare());
  EXPECT_EQ(dims(session.input(0)), (std::vector<int32_t>{1, 2}));
  const std::vector<float> million(2000000);
  EXPECT_EQ(session.set_input(0, million.data(), million.size() * 4).code(),
            BATON_INVALID_ARGUMENT);
  or_throw(session.run());
  EXPECT_EQ(std::vector<float>(out, out + 4), (std::vector<float>{11, 22, 1, 2}));
}

TEST(Session, AnInputThatIsAVariableGrows) {
  const Loaded loaded = load(variable_input_model());
  Session session = make_session(loaded);
  for (const int32_t size : {1, 4000, 7}) {
    or_throw(session.resize_input(0, {1, size}));
    or_throw(session.prepare());
    set(session, 0, std::vector<float>(static_cast<size_t>(size), 2.5f));
    or_throw(session.run());
    EXPECT_EQ(get(session, 0), std::vector<float>(static_cast<size_t>(size), 5.0f));
  }
}

TEST(Session, OutputsWhoseShapeIsFoundInTheRun) {
  const Loaded loaded = load(counter_model());
  Session session = make_session(loaded);
  EXPECT_TRUE(session.output(0).flags & BATON_TENSOR_UNKNOWN_SHAPE);
  float value = 0;
  EXPECT_EQ(session.get_output(0, &value, 4).message(),
            "output 'sum' has no content yet: run first");
  alignas(64) float out[1 + 16] = {};
  set<float>(session, 0, {3});
  for (int run = 0; run < 2; ++run) {
    EXPECT_EQ(session.bind_output(0, out, sizeof(out)).code(), BATON_UNSUPPORTED);
    or_throw(session.bind_output(0, nullptr, 0));
    or_throw(session.run());
    EXPECT_EQ(get(session, 0), std::vector<float>{3.0f * static_cast<float>(run + 1)});
  }
}

// ---- Memory -----------------------------------------------------------------------------------

TEST(Session, BindsTheCallersMemory) {
  const Loaded loaded = load(elementwise_model());
  Session session = make_session(loaded);
  alignas(64) float in[4 + 16] = {1, 2, 3, 4};
  alignas(64) float out[4 + 16] = {};
  or_throw(session.bind_input(0, in, sizeof(in)));
  or_throw(session.bind_output(0, out, sizeof(out)));
  or_throw(session.run());
  EXPECT_EQ(session.input_data(0), in);
  EXPECT_EQ(session.output_data(0), out);
  EXPECT_EQ(std::vector<float>(out, out + 4), elementwise({1, 2, 3, 4}));

  in[0] = -1;
  or_throw(session.run());
  EXPECT_EQ(out[0], elementwise({-1})[0]);

  // Back to the session's own.
  or_throw(session.bind_output(0, nullptr, 0));
  out[0] = 99;
  or_throw(session.run());
  EXPECT_EQ(out[0], 99);
  EXPECT_EQ(get(session, 0)[0], elementwise({-1})[0]);

  const Status misaligned = session.bind_input(0, in + 1, sizeof(in) - 4);
  EXPECT_EQ(misaligned.code(), BATON_INVALID_ARGUMENT);
  const Status small = session.bind_input(0, in, 16);
  EXPECT_EQ(small.code(), BATON_INVALID_ARGUMENT);
  EXPECT_NE(small.message().find("'x'"), std::string::npos);
}

TEST(Session, ReusesMemoryAlongAChain) {
  const Loaded loaded = load(chain_model(200));
  Session session = make_session(loaded);
  run_on_pattern(session);
  const baton_memory_figures figures = session.memory();
  // Input and output stay; between them the chain works in place, in one more tensor at most.
  EXPECT_LE(figures.arena_bytes, 3u * 64);
  EXPECT_GE(figures.arena_bytes, figures.arena_lower_bound);
}

// ---- State ------------------------------------------------------------------------------------

std::vector<std::vector<float>> steps(Session& session, int count) {
  std::vector<std::vector<float>> result;
  for (int i = 0; i < count; ++i) {
    set<float>(session, 0, {0.5f, -0.25f, static_cast<float>(i) / 8});
    or_throw(session.run());
    result.push_back(get(session, 0));
  }
  return result;
}

TEST(Session, CarriesStateAndResetsIt) {
  const Loaded loaded = load(rnn_model());
  Session session = make_session(loaded);
  const auto first = steps(session, 5);
  EXPECT_NE(first[0], first[1]);
  const auto second = steps(session, 5);
  EXPECT_NE(first, second) << "state must go on";
  or_throw(session.reset_state());
  EXPECT_EQ(steps(session, 5), first);
}

TEST(Session, TenStepsOfRecurrentModelsAgainAfterAReset) {
  for (const File& file : {lstm_model(), lstm_model(true), svdf_model()}) {
    const Loaded loaded = load(file);
    Session session = make_session(loaded);
    const auto ten_steps = [&] {
      std::vector<std::vector<std::vector<uint8_t>>> outputs;
      for (uint32_t i = 1; i <= 10; ++i) outputs.push_back(run_on_pattern(session, i));
      return outputs;
    };
    const auto first = ten_steps();
    EXPECT_NE(ten_steps(), first) << "state must go on";
    or_throw(session.reset_state());
    EXPECT_EQ(ten_steps(), first);
  }
}

TEST(Session, StateBelongsToTheSession) {
  const Loaded loaded = load(rnn_model());
  const Compiled compiled = or_throw(loaded.model.compile());
  Session a = or_throw(compiled.session());
  Session b = or_throw(compiled.session());
  const auto of_a = steps(a, 3);
  EXPECT_EQ(steps(b, 3), of_a);
}

TEST(Session, ResourceVariablesCountAndReset) {
  const Loaded loaded = load(counter_model());
  Session session = make_session(loaded);
  for (const float expected : {2.0f, 4.0f, 6.0f}) {
    set<float>(session, 0, {2});
    or_throw(session.run());
    EXPECT_EQ(get(session, 0), std::vector<float>{expected});
  }
  or_throw(session.reset_state());
  or_throw(session.run());
  EXPECT_EQ(get(session, 0), std::vector<float>{2});
}

// ---- Control flow -----------------------------------------------------------------------------

TEST(Session, RunsLoops) {
  const Loaded loaded = load(while_model());
  Session session = make_session(loaded);
  struct Case {
    int32_t i, limit, step, expected;
  };
  for (const Case& c : {Case{0, 10, 3, 12}, Case{5, 5, 1, 5}, Case{-3, 0, 1, 0}}) {
    set<int32_t>(session, 0, {c.i});
    set<int32_t>(session, 1, {c.limit});
    set<int32_t>(session, 2, {c.step});
    or_throw(session.run());
    EXPECT_EQ(get<int32_t>(session, 0), std::vector<int32_t>{c.expected});
  }
}

TEST(Session, RunsBranches) {
  const Loaded loaded = load(if_model());
  Session session = make_session(loaded);
  set<float>(session, 0, {-1, 4});
  or_throw(session.run());
  EXPECT_EQ(get(session, 0), (std::vector<float>{1, -4}));
  set<float>(session, 0, {1, 4});
  or_throw(session.run());
  EXPECT_EQ(get(session, 0), (std::vector<float>{10, 40}));
}

// ---- Interruption -----------------------------------------------------------------------------

void loop_for_ever(Session& session) {
  set<int32_t>(session, 0, {0});
  set<int32_t>(session, 1, {1});
  set<int32_t>(session, 2, {0});
}

TEST(Session, TimesOut) {
  const Loaded loaded = load(while_model());
  Session session = make_session(loaded);
  loop_for_ever(session);
  session.set_timeout(20'000'000);
  const Status status = session.run();
  EXPECT_EQ(status.code(), BATON_TIMED_OUT);
  EXPECT_EQ(status.message(), "the run took longer than its limit of 20.000 ms");
  session.set_timeout(0);
  set<int32_t>(session, 2, {1});
  or_throw(session.run());
  EXPECT_EQ(get<int32_t>(session, 0), std::vector<int32_t>{1});
}

TEST(Session, IsCancelledFromAnotherThread) {
  const Loaded loaded = load(while_model());
  Session session = make_session(loaded);
  loop_for_ever(session);
  or_throw(session.run_async());
  EXPECT_EQ(session.wait(1'000'000).code(), BATON_TIMED_OUT);
  EXPECT_EQ(session.run().code(), BATON_BUSY);
  session.cancel();
  EXPECT_EQ(session.wait().code(), BATON_CANCELLED);
  set<int32_t>(session, 2, {1});
  or_throw(session.run());
}

TEST(Session, CancelRightAfterTheStartCounts) {
  const Loaded loaded = load(while_model());
  Session session = make_session(loaded);
  loop_for_ever(session);
  for (int i = 0; i < 20; ++i) {
    or_throw(session.run_async());
    session.cancel();
    EXPECT_EQ(session.wait().code(), BATON_CANCELLED);
  }
  or_throw(session.run_async());  // and destroying ends it
}

TEST(Session, ALimitOfForEver) {
  const Loaded loaded = load(elementwise_model());
  Session session = make_session(loaded);
  for (const uint64_t limit : {UINT64_MAX, UINT64_MAX / 2, uint64_t{INT64_MAX}}) {
    session.set_timeout(limit);
    or_throw(session.run());
  }
}

TEST(Session, RunsAsynchronously) {
  const Loaded loaded = load(elementwise_model());
  Session session = make_session(loaded);
  EXPECT_EQ(session.wait().code(), BATON_INVALID_ARGUMENT);
  set<float>(session, 0, {1, 2, 3, 4});
  std::atomic<int> done{-1};
  for (int i = 0; i < 3; ++i) {
    done = -1;
    or_throw(session.run_async(
        [](void* user, baton_status status) { *static_cast<std::atomic<int>*>(user) = status; },
        &done));
    or_throw(session.wait());
    EXPECT_EQ(done, BATON_OK);
    EXPECT_EQ(get(session, 0), elementwise({1, 2, 3, 4}));
  }
}

// ---- Looking inside ---------------------------------------------------------------------------

TEST(Session, TapsReadEveryTensorWithoutChangingTheRun) {
  const Loaded loaded = load(elementwise_model());
  Session plain = make_session(loaded);
  const auto expected = run_on_pattern(plain);
  const baton_memory_figures memory = plain.memory();

  Session session = make_session(loaded);
  const baton_graph* graph = loaded.model.subgraph(0);
  std::map<std::string, std::vector<float>> seen;
  for (int32_t t = 0; t < static_cast<int32_t>(graph->tensor_count(graph)); ++t) {
    or_throw(session.tap(
        0, t,
        [](void* user, uint32_t, const baton_tensor* tensor) {
          const auto* data = static_cast<const float*>(tensor->data);
          (*static_cast<std::map<std::string, std::vector<float>>*>(user))[tensor->name] =
              std::vector<float>(data, data + tensor->bytes / 4);
        },
        &seen));
  }
  EXPECT_EQ(run_on_pattern(session), expected);
  EXPECT_EQ(session.memory().arena_bytes, memory.arena_bytes);
  ASSERT_EQ(seen.size(), graph->tensor_count(graph));
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(seen["a"][i], seen["x"][i] + 1);
    EXPECT_EQ(seen["r"][i], std::max(seen["a"][i], 0.0f));
    EXPECT_EQ(seen["m"][i], seen["r"][i] * seen["x"][i]);
  }
}

TEST(Session, TapsCheckTheirIndices) {
  const Loaded loaded = load(elementwise_model());
  Session session = make_session(loaded);
  const auto nothing = [](void*, uint32_t, const baton_tensor*) {};
  EXPECT_EQ(session.tap(99, 0, nothing, nullptr).message(), "there is no tensor 0 in subgraph 99");
  EXPECT_EQ(session.tap(0, -1, nothing, nullptr).code(), BATON_INVALID_ARGUMENT);
  EXPECT_EQ(session.tap(0, 1000, nullptr, nullptr).code(), BATON_INVALID_ARGUMENT);
}

TEST(Session, ProfilesEachNode) {
  const Loaded loaded = load(small_cnn());
  Session session = make_session(loaded);
  session.enable_profile();
  run_on_pattern(session);
  std::map<int32_t, uint64_t> times;
  session.profile([&](uint32_t, int32_t node, int32_t partition, uint64_t ns) {
    EXPECT_EQ(partition, -1);
    times[node] += ns;
  });
  EXPECT_EQ(times.size(), 8u);
  EXPECT_GT(times[0], 0u);
}

TEST(Session, OutlivesWhatItWasMadeFrom) {
  const File file = small_cnn();
  Result<Session> session = Status();
  {
    Runtime runtime = or_throw(Runtime::create());
    Model model = or_throw(runtime.load(file.data(), file.size()));
    Compiled compiled = or_throw(model.compile());
    session = compiled.session();
  }
  EXPECT_EQ(run_on_pattern(*session).size(), 1u);
}

TEST(Session, ThreadsGiveTheSameBits) {
  for (const File& file : {small_cnn(), small_cnn_int8()}) {
    const Loaded loaded = load(file);
    Session one = make_session(loaded, {}, 1);
    Session four = make_session(loaded, {}, 4);
    EXPECT_EQ(run_on_pattern(one), run_on_pattern(four));
  }
}

}  // namespace
}  // namespace baton::test
