// A delegate that fails, however it does: right outputs, right state, one clear line.

#include <sstream>

#include "tests/delegates/plugins.h"

namespace baton::test {
namespace {

using Options = CompileOptions::Options;
using Outputs = std::vector<std::vector<std::vector<uint8_t>>>;

constexpr int kRuns = 6;

Outputs several_runs(Session& session) {
  Outputs result;
  for (uint32_t run = 0; run < kRuns; ++run) result.push_back(run_on_pattern(session, run));
  return result;
}

struct FallBack {
  std::vector<std::string> lines;   // of the log
  std::vector<std::string> events;  // of the placement
};

// Runs a model with the delegate and, beside it, without.
FallBack run_with(const File& file, const std::string& plugin, const Options& options,
                  bool outputs_count = true) {
  KeptLog log;
  const baton_runtime_options runtime_options = log.options();
  FallBack result;
  {
    const Loaded loaded = load(file, &runtime_options);
    Session reference = make_session(loaded);
    const Outputs expected = several_runs(reference);
    CompileOptions compile;
    compile.delegate(plugin, options).ignore_costs();
    Session session = make_session(loaded, compile);
    const Outputs actual = several_runs(session);
    result.events = events(session.placement());
    // What the misbehaving plugins compute is nonsense: right outputs mean that they were caught.
    for (size_t i = 0; i < expected.size() && outputs_count; ++i) {
      expect_same(session, actual[i], expected[i], plugin + ", run " + std::to_string(i));
    }
  }
  result.lines = log.lines();
  return result;
}

std::string join(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

// Compiles, makes a session and runs with `strict`: the first error.
Status run_strictly(const File& file, const std::string& plugin, const Options& options) {
  const Loaded loaded = load(file);
  CompileOptions compile;
  compile.delegate(plugin, options).ignore_costs().strict();
  Result<Compiled> compiled = loaded.model.compile(compile);
  if (!compiled) return compiled.status();
  Result<Session> session = compiled->session();
  if (!session) return session.status();
  for (int run = 0; run < kRuns; ++run) {
    if (Status status = session->run(); !status) return status;
  }
  return {};
}

TEST(FallBack, AtEachStage) {
  for (const char* stage : {"examine", "compile", "instantiate", "execute", "half_way"}) {
    for (const File& file : {small_cnn(), small_cnn_int8(), rnn_model(), elementwise_model()}) {
      const Options options{{"fail_at", stage}};
      const FallBack result = run_with(file, test_plugin("fake_npu"), options);
      ASSERT_EQ(result.lines.size(), 1u) << stage << "\n" << join(result.lines);
      EXPECT_EQ(result.events, result.lines) << stage;
      EXPECT_NE(result.lines[0].find("fake_npu"), std::string::npos) << result.lines[0];
      const Status strict = run_strictly(file, test_plugin("fake_npu"), options);
      EXPECT_EQ(strict.code(), BATON_DELEGATE_FAILED) << stage << ": " << strict.message();
    }
  }
}

// The delegate works twice and fails in the third run, in the middle of a sequence with state.
TEST(FallBack, AStatefulRunIsRepeatedWithTheRightState) {
  for (const char* after : {"0", "1", "2", "4"}) {
    const FallBack result = run_with(rnn_model(), test_plugin("fake_npu"),
                                     {{"fail_at", "execute"}, {"fail_after", after}});
    EXPECT_EQ(result.lines.size(), 1u) << join(result.lines);
  }
}

TEST(FallBack, OneSessionsFailureIsSaidOnceForAll) {
  KeptLog log;
  const baton_runtime_options runtime_options = log.options();
  const Loaded loaded = load(small_cnn_int8(), &runtime_options);
  Session reference = make_session(loaded);
  CompileOptions compile;
  compile.delegate(test_plugin("fake_npu"), {{"fail_at", "execute"}, {"fail_after", "1"}});
  compile.ignore_costs();
  const Compiled compiled = or_throw(loaded.model.compile(compile));
  Session a = or_throw(compiled.session());
  Session b = or_throw(compiled.session());
  for (uint32_t run = 0; run < 4; ++run) {
    const auto expected = run_on_pattern(reference, run);
    EXPECT_EQ(run_on_pattern(a, run), expected);
    EXPECT_EQ(run_on_pattern(b, run), expected);
  }
  EXPECT_EQ(log.lines().size(), 1u) << join(log.lines());
}

// A run over its step quota is nobody's failure. Nodes count alike whoever runs them.
TEST(FallBack, AStepQuotaIsTheUsers) {
  const File file = chain_model(12);
  const auto status = [&](uint64_t steps) {
    const Runtime runtime = or_throw(Runtime::create());
    LoadOptions quotas;
    quotas.max_steps = steps;
    const Model model = or_throw(runtime.load(file.data(), file.size(), &quotas));
    CompileOptions options;
    options.delegate(test_plugin("fake_npu")).ignore_costs().strict();
    Session session = or_throw(or_throw(model.compile(options)).session());
    EXPECT_EQ(session.placement().partition_count(), 1u);
    const baton_status first = session.run().code();
    EXPECT_EQ(session.run().code(), first);
    EXPECT_EQ(session.placement().event(0), nullptr);
    return first;
  };
  EXPECT_EQ(status(12), BATON_OK);
  EXPECT_EQ(status(11), BATON_OUT_OF_MEMORY);
}

TEST(FallBack, TheNextDelegateTakesOver) {
  const Loaded loaded = load(elementwise_model());
  CompileOptions compile;
  compile.delegate(test_plugin("fake_npu"), {{"fail_at", "compile"}});
  compile.delegate(shipped_plugin("template")).ignore_costs();
  const Compiled compiled = or_throw(loaded.model.compile(compile));
  const Placement placement = compiled.placement();
  for (uint32_t i = 0; i < placement.node_count(); ++i) {
    EXPECT_STREQ(placement.node(i).delegate, "template");
    EXPECT_EQ(placement.refusal(i, 0).reason, BATON_REASON_DELEGATE_FAILED);
  }
}

TEST(FallBack, BoundMemoryStaysBound) {
  const Loaded loaded = load(elementwise_model());
  CompileOptions compile;
  compile.delegate(test_plugin("fake_npu"), {{"fail_at", "execute"}, {"fail_after", "1"}});
  compile.ignore_costs();
  Session session = make_session(loaded, compile);
  alignas(64) float in[4 + 16] = {1, 2, 3, 4};
  alignas(64) float out[4 + 16] = {};
  or_throw(session.bind_input(0, in, sizeof(in)));
  or_throw(session.bind_output(0, out, sizeof(out)));
  for (int run = 0; run < 3; ++run) {
    out[0] = 0;
    in[0] = static_cast<float>(run);
    or_throw(session.run());
    EXPECT_EQ(out[0], (in[0] + 1) * in[0] + in[0]) << "run " << run;
  }
  EXPECT_EQ(events(session.placement()).size(), 1u);
}

TEST(FallBack, NotThereIsAnError) {
  const Loaded loaded = load(elementwise_model());
  const Result<Compiled> by_path =
      loaded.model.compile(CompileOptions().delegate("/nowhere/libbaton_x.so"));
  ASSERT_FALSE(by_path);
  EXPECT_EQ(by_path.status().code(), BATON_NOT_FOUND);
  const Result<Compiled> by_name = loaded.model.compile(CompileOptions().delegate("templat"));
  ASSERT_FALSE(by_name);
  EXPECT_NE(by_name.message().find("template"), std::string::npos) << by_name.message();
  const Result<Compiled> option = loaded.model.compile(
      CompileOptions().delegate(test_plugin("fake_npu"), {{"latensy_us", "1"}}));
  ASSERT_FALSE(option);
  EXPECT_NE(option.message().find("latency_us"), std::string::npos) << option.message();
}

// ---- Misbehaving plugins ----------------------------------------------------------------------

std::vector<std::string> bad_modes() {
  std::vector<std::string> modes;
  std::stringstream list(BATON_BAD_PLUGINS);
  for (std::string mode; std::getline(list, mode, ',');) modes.push_back(mode);
  modes.push_back("no_symbol");
  return modes;
}

class BadPlugin : public testing::TestWithParam<std::string> {};

TEST_P(BadPlugin, FallsBackWithOneLine) {
  const std::string& mode = GetParam();
  // Reshaping is tried below; ending comes after the outputs; a delegate that refuses all is no
  // fault.
  const bool shows_in_a_run =
      mode != "throw_reshape" && mode != "fail_reshape" && mode != "throw_destroy";
  const FallBack result =
      run_with(elementwise_model(), test_plugin("bad_" + mode), {}, shows_in_a_run);
  if (mode != "throw_reshape" && mode != "fail_reshape") {
    ASSERT_EQ(result.lines.size(), 1u) << join(result.lines);
    std::printf("%s\n", result.lines[0].c_str());
  }
  if (!shows_in_a_run) return;
  EXPECT_EQ(result.events, result.lines);
  const Status strict = run_strictly(elementwise_model(), test_plugin("bad_" + mode), {});
  EXPECT_EQ(strict.code(), BATON_DELEGATE_FAILED) << strict.message();
}

TEST(BadReshape, FallsBackWithOneLine) {
  for (const char* mode : {"bad_throw_reshape", "bad_fail_reshape"}) {
    KeptLog log;
    const baton_runtime_options runtime_options = log.options();
    const Loaded loaded = load(elementwise_model(), &runtime_options);
    CompileOptions compile;
    compile.delegate(test_plugin(mode)).ignore_costs();
    Session session = make_session(loaded, compile);
    Session reference = make_session(loaded);
    or_throw(session.resize_input(0, {3, 4}));
    or_throw(reference.resize_input(0, {3, 4}));
    or_throw(session.prepare());
    or_throw(reference.prepare());
    expect_same(session, run_on_pattern(session), run_on_pattern(reference), mode);
    EXPECT_EQ(log.lines().size(), 1u) << join(log.lines());

    compile.strict();
    Session strict = make_session(loaded, compile);
    or_throw(strict.resize_input(0, {3, 4}));
    EXPECT_EQ(strict.prepare().code(), BATON_DELEGATE_FAILED);
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, BadPlugin, testing::ValuesIn(bad_modes()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace baton::test
