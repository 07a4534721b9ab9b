// Any subset of nodes on a delegate gives the outputs of the reference kernels.

#include <filesystem>
#include <fstream>
#include <set>

#include "tests/delegates/plugins.h"

namespace baton::test {
namespace {

using Options = CompileOptions::Options;

struct NamedModel {
  std::string name;
  File file;
};

std::vector<NamedModel> models() {
  return {{"element-wise", elementwise_model()},
          {"cnn", small_cnn()},
          {"cnn int8", small_cnn_int8()},
          {"rnn", rnn_model()},
          {"random", random_graph_model(5, 40)},
          {"chain", chain_model(30)},
          {"branch", if_model()},
          {"counter", counter_model()},
          {"flatten", flatten_model()},
          {"half-known branch", half_known_if_model()},
          {"loop", while_model()}};
}

// Three runs, so that state and the unwatched execution are seen, too.
std::vector<std::vector<std::vector<uint8_t>>> three_runs(Session& session) {
  std::vector<std::vector<std::vector<uint8_t>>> result;
  for (uint32_t seed = 1; seed <= 3; ++seed) result.push_back(run_on_pattern(session, seed));
  return result;
}

void expect_same_runs(const Loaded& loaded, const CompileOptions& options,
                      const std::string& place) {
  Session reference = make_session(loaded);
  Session session = make_session(loaded, options);
  const auto expected = three_runs(reference);
  const auto actual = three_runs(session);
  for (size_t i = 0; i < expected.size(); ++i) {
    expect_same(session, actual[i], expected[i], place + ", run " + std::to_string(i));
  }
  EXPECT_EQ(events(session.placement()), std::vector<std::string>{}) << place;
}

// WHILE loops of the pattern inputs may not end: they get inputs of their own.
bool endless(const NamedModel& model) { return model.name == "loop"; }

TEST(Placement, RandomSharesOfNodes) {
  for (const NamedModel& model : models()) {
    if (endless(model)) continue;
    const Loaded loaded = load(model.file);
    for (int seed = 1; seed <= 12; ++seed) {
      const Options options{{"take_percent", std::to_string(seed * 8)},
                            {"seed", std::to_string(seed)}};
      CompileOptions compile;
      compile.delegate(test_plugin("fake_npu"), options).ignore_costs();
      expect_same_runs(loaded, compile, model.name + ", seed " + std::to_string(seed));
    }
  }
}

TEST(Placement, RandomPinsAndTwoDelegates) {
  uint32_t state = 99;
  for (const NamedModel& model : models()) {
    if (endless(model)) continue;
    const Loaded loaded = load(model.file);
    const baton_graph* graph = loaded.model.subgraph(0);
    for (int round = 0; round < 8; ++round) {
      CompileOptions compile;
      compile.delegate(shipped_plugin("template"));
      compile.delegate(test_plugin("fake_npu")).ignore_costs();
      for (uint32_t node = 0; node < graph->node_count(graph); ++node) {
        state = state * 1664525u + 1013904223u;
        if ((state >> 24) % 3 == 0) compile.pin(0, static_cast<int32_t>(node), "", "template");
        if ((state >> 16) % 3 == 0) compile.pin(0, static_cast<int32_t>(node), "", "fake_npu");
      }
      expect_same_runs(loaded, compile, model.name + ", round " + std::to_string(round));
    }
  }
}

TEST(Placement, EveryWayTheDelegateWorks) {
  const Options ways[] = {{{"groups", "single"}},      {{"groups", "all"}},
                          {{"static_shapes", "true"}}, {{"latency_us", "300"}},
                          {{"costs", "false"}},        {{"max_elements", "100"}},
                          {{"refuse", "ADD+CONV_2D"}}};
  for (const NamedModel& model : models()) {
    if (endless(model)) continue;
    const Loaded loaded = load(model.file);
    for (const Options& way : ways) {
      CompileOptions compile;
      compile.delegate(test_plugin("fake_npu"), way).ignore_costs();
      expect_same_runs(loaded, compile, model.name + ", " + way[0].first);
    }
    CompileOptions compile;
    compile.delegate(test_plugin("fake_npu_one_thread")).ignore_costs();
    expect_same_runs(loaded, compile, model.name + ", one thread");
  }
}

TEST(Placement, DelegatesAreResizedWithTheSession) {
  for (const char* static_shapes : {"false", "true"}) {
    const Loaded loaded = load(elementwise_model());
    CompileOptions compile;
    compile.delegate(test_plugin("fake_npu"), {{"static_shapes", static_shapes}}).ignore_costs();
    Session reference = make_session(loaded);
    Session session = make_session(loaded, compile);
    for (const int32_t batch : {4, 1, 9, 9, 2}) {
      or_throw(session.resize_input(0, {batch, 4}));
      or_throw(reference.resize_input(0, {batch, 4}));
      or_throw(session.prepare());
      or_throw(reference.prepare());
      expect_same(session, run_on_pattern(session), run_on_pattern(reference),
                  "batch " + std::to_string(batch));
    }
    EXPECT_EQ(session.placement().partition_count(), 1u);
    EXPECT_EQ(events(session.placement()), std::vector<std::string>{});
  }
}

// A delegate that cannot take the new shape is asked anew, which is no failure.
TEST(Placement, AShapeTooLargeForTheDevice) {
  const Loaded loaded = load(elementwise_model());
  CompileOptions compile;
  compile.delegate(test_plugin("fake_npu"), {{"max_elements", "16"}}).ignore_costs();
  Session reference = make_session(loaded);
  Session session = make_session(loaded, compile);
  EXPECT_EQ(session.placement().partition_count(), 1u);
  for (const int32_t batch : {4, 5, 4}) {
    or_throw(session.resize_input(0, {batch, 4}));
    or_throw(reference.resize_input(0, {batch, 4}));
    or_throw(session.prepare());
    or_throw(reference.prepare());
    EXPECT_EQ(session.placement().partition_count(), batch == 4 ? 1u : 0u);
    expect_same(session, run_on_pattern(session), run_on_pattern(reference), "");
  }
  EXPECT_EQ(events(session.placement()), std::vector<std::string>{});
}

TEST(Placement, SaysWhyForEachNode) {
  const Loaded loaded = load(small_cnn());
  CompileOptions compile;
  compile.delegate(shipped_plugin("template"));
  compile.delegate(test_plugin("fake_npu"), {{"refuse", "SOFTMAX"}}).ignore_costs();
  compile.pin(-1, 1, "", "fake_npu");
  const Compiled compiled = or_throw(loaded.model.compile(compile));
  const Placement placement = compiled.placement();
  for (uint32_t i = 0; i < placement.node_count(); ++i) {
    const baton_node_placement& node = placement.node(i);
    const bool on_reference = std::string(node.delegate) == "reference";
    ASSERT_EQ(node.refusal_count, on_reference ? 2u : 1u) << node.op_name;
    for (uint32_t r = 0; r < node.refusal_count; ++r) {
      const baton_refusal& refusal = placement.refusal(i, r);
      EXPECT_NE(std::string(refusal.delegate), node.delegate);
      EXPECT_NE(std::string(refusal.text), "") << node.op_name;
      if (std::string(refusal.delegate) != "fake_npu") continue;
      if (i == 1) {
        EXPECT_EQ(refusal.reason, BATON_REASON_PINNED);
      }
      if (std::string(node.op_name) == "SOFTMAX") {
        EXPECT_EQ(refusal.reason, BATON_REASON_OPTION);
        EXPECT_NE(std::string(refusal.text).find("SOFTMAX"), std::string::npos);
      }
    }
  }
}

TEST(Placement, TapsReachIntoPartitions) {
  const Loaded loaded = load(small_cnn());
  Session reference = make_session(loaded);
  CompileOptions compile;
  compile.delegate(test_plugin("fake_npu")).ignore_costs();
  Session session = make_session(loaded, compile);
  using Contents = std::vector<std::vector<float>>;
  const baton_graph* graph = loaded.model.subgraph(0);
  Contents expected(graph->tensor_count(graph)), actual(graph->tensor_count(graph));
  const auto keep = [](void* user, uint32_t, const baton_tensor* tensor) {
    const auto* data = static_cast<const float*>(tensor->data);
    (*static_cast<Contents*>(user))[static_cast<size_t>(tensor->index)].assign(
        data, data + tensor->bytes / 4);
  };
  for (uint32_t i = 0; i < graph->node_count(graph); ++i) {
    const int32_t t = graph->node(graph, i)->outputs[0];
    or_throw(reference.tap(0, t, keep, &expected));
    or_throw(session.tap(0, t, keep, &actual));
  }
  run_on_pattern(reference);
  run_on_pattern(session);
  for (size_t t = 0; t < expected.size(); ++t) {
    ASSERT_EQ(actual[t].size(), expected[t].size()) << "tensor " << t;
    for (size_t i = 0; i < expected[t].size(); ++i) {
      EXPECT_NEAR(actual[t][i], expected[t][i], 1e-4) << "tensor " << t;
    }
  }
}

TEST(Placement, ProgramsComeFromTheCacheFolder) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / "baton_placement_cache";
  std::filesystem::remove_all(folder);
  const std::string path = folder.string();
  baton_runtime_options options = BATON_RUNTIME_OPTIONS_INIT;
  options.cache_folder = path.c_str();
  CompileOptions compile;
  compile.delegate(test_plugin("fake_npu")).ignore_costs();
  const auto files = [&] {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      names.insert(entry.path().filename());
    }
    return names;
  };
  std::vector<std::vector<uint8_t>> first;
  {
    const Loaded loaded = load(small_cnn(), &options);
    Session session = make_session(loaded, compile);
    first = run_on_pattern(session);
  }
  const std::set<std::string> kept = files();
  EXPECT_EQ(kept.size(), 1u);
  {
    const Loaded loaded = load(small_cnn(), &options);
    Session session = make_session(loaded, compile);
    EXPECT_EQ(run_on_pattern(session), first);
  }
  EXPECT_EQ(files(), kept);
  {  // Another model's programs are others.
    const Loaded loaded = load(small_cnn(2), &options);
    Session reference = make_session(loaded);
    Session session = make_session(loaded, compile);
    expect_same(session, run_on_pattern(session), run_on_pattern(reference), "other model");
  }
  EXPECT_EQ(files().size(), 2u);
  // Damaged files are not used.
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ofstream(entry.path(), std::ios::binary | std::ios::in).seekp(40).put('x');
  }
  const Loaded loaded = load(small_cnn(), &options);
  Session session = make_session(loaded, compile);
  EXPECT_EQ(run_on_pattern(session), first);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace baton::test
