// Models of integers give the same bits at every level of instruction sets and with every number of
// threads: those recorded. Of some (int16) the delegate takes nothing.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "delegates/kernels/isa.h"
#include "tests/golden/agreement.h"
#include "tests/golden/cpu_runs.h"
#include "tests/support/compare.h"

namespace baton::test {
namespace {

bool has_float(const baton_graph& graph, const int32_t* tensors, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    if (tensors[i] >= 0 && graph.tensor(&graph, tensors[i])->dtype == BATON_FLOAT32) return true;
  }
  return false;
}

// No node takes floats to floats.
bool computes_on_integers(const Model& model) {
  for (uint32_t s = 0; s < model.subgraph_count(); ++s) {
    const baton_graph& graph = *model.subgraph(s);
    for (uint32_t n = 0; n < graph.node_count(&graph); ++n) {
      const baton_node& node = *graph.node(&graph, n);
      if (has_float(graph, node.inputs, node.input_count) &&
          has_float(graph, node.outputs, node.output_count)) {
        return false;
      }
    }
  }
  return true;
}

struct Expected {
  GoldenEntry entry;
  Golden golden;
  // By output: where a part alone was recorded, all of it by the reference kernels.
  std::map<uint32_t, std::vector<std::byte>> whole;
};

const std::vector<Expected>& integer_models() {
  static const std::vector<Expected> models = [] {
    std::vector<Expected> result;
    const Runtime runtime = or_throw(Runtime::create());
    for (const GoldenEntry& entry : recorded_entries()) {
      if (!computes_on_integers(or_throw(runtime.load(entry.model_path.string())))) continue;
      std::string problem;
      const auto golden = read_golden(entry.folder, &problem);
      EXPECT_TRUE(golden) << problem;
      if (!golden) continue;
      Expected expected{entry, *golden, {}};
      for (uint32_t i = 0; i < golden->outputs.size(); ++i) {
        if (!golden->outputs[i].sample) continue;
        ModelRun run(entry.model_path);
        EXPECT_EQ(run_recorded(run, *golden, 1), "");
        expected.whole[i] = run.output<std::byte>(i);
      }
      result.push_back(std::move(expected));
    }
    return result;
  }();
  return models;
}

// `taken` gets whether the delegate ran any of it.
void expect_bits(const Expected& expected, const CompileOptions& options, uint32_t threads,
                 bool* taken) {
  ModelRun run(expected.entry.model_path, options, threads);
  ASSERT_EQ(run_recorded(run, expected.golden, 1), "");
  *taken = nodes_on_cpu(run) != 0;
  EXPECT_EQ(first_event(run), "");
  EXPECT_EQ(first_left_behind(run), "");
  for (uint32_t i = 0; i < expected.golden.outputs.size(); ++i) {
    const GoldenTensor& output = expected.golden.outputs[i];
    const auto actual = run.output<std::byte>(i);
    const auto whole = expected.whole.find(i);
    const Comparison comparison = whole != expected.whole.end()
                                      ? compare_bytes(output.dtype, actual, whole->second)
                                      : compare_golden(output, actual);
    // Floats out of integers: the last node's, one rounding each.
    EXPECT_TRUE(agrees(output, comparison, 1e-6)) << "output " << i << ": " << comparison.text;
  }
}

class CpuLevels : public testing::TestWithParam<kernels::Isa> {};

TEST_P(CpuLevels, SameBitsWithAnyNumberOfThreads) {
  if (!shared_data()) GTEST_SKIP() << "no shared data";
  const std::string level = name_of(GetParam());
  EXPECT_GE(integer_models().size(), 50u);
  size_t taken_models = 0;
  for (const Expected& expected : integer_models()) {
    bool taken = false;
    for (const uint32_t threads : {1u, 2u, 3u}) {
      SCOPED_TRACE(expected.entry.model + " at " + level + ", threads " + std::to_string(threads));
      expect_bits(expected, on_cpu({{"isa", level}}), threads, &taken);
    }
    taken_models += taken;
  }
  std::printf("%zu models, the delegate takes part in %zu\n", integer_models().size(),
              taken_models);
  EXPECT_GE(taken_models, 52u);
}

INSTANTIATE_TEST_SUITE_P(Machine, CpuLevels, testing::ValuesIn(kernels::machine_levels()),
                         [](const auto& info) { return std::string(name_of(info.param)); });

}  // namespace
}  // namespace baton::test
