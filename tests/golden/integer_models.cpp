#include "tests/golden/integer_models.h"

#include <gtest/gtest.h>

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

}  // namespace

const std::vector<IntegerModel>& integer_models() {
  static const std::vector<IntegerModel> models = [] {
    std::vector<IntegerModel> result;
    const Runtime runtime = or_throw(Runtime::create());
    for (const GoldenEntry& entry : recorded_entries()) {
      if (!computes_on_integers(or_throw(runtime.load(entry.model_path.string())))) continue;
      std::string problem;
      const auto golden = read_golden(entry.folder, &problem);
      EXPECT_TRUE(golden) << problem;
      if (!golden) continue;
      IntegerModel kept{entry, *golden, {}};
      for (uint32_t i = 0; i < golden->outputs.size(); ++i) {
        if (!golden->outputs[i].sample) continue;
        ModelRun run(entry.model_path);
        EXPECT_EQ(run_recorded(run, *golden, 1), "");
        kept.whole[i] = run.output<std::byte>(i);
      }
      result.push_back(std::move(kept));
    }
    return result;
  }();
  return models;
}

void expect_bits(const IntegerModel& model, const CompileOptions& options, uint32_t threads,
                 bool* taken) {
  ModelRun run(model.entry.model_path, options, threads);
  ASSERT_EQ(run_recorded(run, model.golden, 1), "");
  *taken = nodes_on_cpu(run) != 0;
  EXPECT_EQ(first_event(run), "");
  EXPECT_EQ(first_left_behind(run), "");
  for (uint32_t i = 0; i < model.golden.outputs.size(); ++i) {
    const GoldenTensor& output = model.golden.outputs[i];
    const auto actual = run.output<std::byte>(i);
    const auto whole = model.whole.find(i);
    const Comparison comparison = whole != model.whole.end()
                                      ? compare_bytes(output.dtype, actual, whole->second)
                                      : compare_golden(output, actual);
    // Floats out of integers: the last node's, one rounding each.
    EXPECT_TRUE(agrees(output, comparison, 1e-6)) << "output " << i << ": " << comparison.text;
  }
}

}  // namespace baton::test
