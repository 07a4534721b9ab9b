#include "tests/golden/agreement.h"

#include <algorithm>
#include <cstdio>

#include "tests/support/compare.h"
#include "tests/support/generator.h"

namespace baton::test {
namespace {

std::vector<GoldenEntry> entries(bool ok) {
  std::string problem;
  std::vector<GoldenEntry> result = golden_index(kShared, "", &problem);
  std::erase_if(result, [&](const GoldenEntry& entry) { return (entry.status == "ok") != ok; });
  return result;
}

std::string fill_inputs(ModelRun& run, const Golden& golden) {
  for (uint32_t i = 0; i < golden.inputs.size(); ++i) {
    const GoldenTensor& input = golden.inputs[i];
    const std::string problem = run.set(i, generate_input(input.dtype, input.elements()));
    if (!problem.empty()) return problem;
  }
  return "";
}

}  // namespace

std::vector<GoldenEntry> recorded_entries() { return entries(true); }
std::vector<GoldenEntry> refused_entries() { return entries(false); }

std::vector<GoldenEntry> stateful_entries() {
  std::string problem;
  const auto models = stateful_models(kShared, &problem);
  std::vector<GoldenEntry> result = recorded_entries();
  std::erase_if(result, [&](const GoldenEntry& entry) {
    return std::find(models.begin(), models.end(), entry.model) == models.end();
  });
  return result;
}

std::string name_of_test(const testing::TestParamInfo<GoldenEntry>& info) {
  std::string name = info.param.model;
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
}

std::string run_recorded(ModelRun& run, const Golden& golden, int runs) {
  if (!run.problem().empty()) return run.problem();
  if (run.session().input_count() != golden.inputs.size() ||
      run.session().output_count() != golden.outputs.size()) {
    return "the numbers of inputs and outputs are not those recorded";
  }
  std::string problem;
  for (int i = 0; i < runs && problem.empty(); ++i) {
    problem = fill_inputs(run, golden);
    if (problem.empty()) problem = run.run();
  }
  return problem;
}

std::string run_once(ModelRun& run) {
  if (!run.problem().empty()) return run.problem();
  for (uint32_t i = 0; i < run.session().input_count(); ++i) {
    const baton_tensor& input = run.session().input(i);
    if (element_size(input.dtype) == 0) continue;
    const std::string problem =
        run.set(i, generate_input(input.dtype, input.bytes / element_size(input.dtype)));
    if (!problem.empty()) return problem;
  }
  return run.run();
}

std::string disagreement(ModelRun& run, const GoldenEntry& entry, const std::string& prefix,
                         int runs, double tolerance) {
  std::string problem;
  const auto golden = read_golden(entry.folder, &problem, prefix);
  if (!golden) return problem;
  problem = run_recorded(run, *golden, runs);
  if (!problem.empty()) return problem;
  for (uint32_t i = 0; i < golden->outputs.size(); ++i) {
    const GoldenTensor& expected = golden->outputs[i];
    const auto* data = run.session().output_data<std::byte>(i);
    const Comparison comparison = compare_golden(expected, {data, run.session().output(i).bytes});
    const std::string name = "output " + std::to_string(i);
    testing::Test::RecordProperty(name, comparison.text);
    std::printf("%-60s %s %s\n", entry.model.c_str(), name.c_str(), comparison.text.c_str());
    if (!agrees(expected, comparison, tolerance)) problem = name + ": " + comparison.text;
  }
  return problem;
}

}  // namespace baton::test
