// Every model at hand on the CPU delegate, against what TensorFlow Lite's reference kernels
// answered. Each model is a test.
#include <gtest/gtest.h>

#include "tests/golden/agreement.h"
#include "tests/golden/cpu_runs.h"

namespace baton::test {
namespace {

// Floats agree within this much of the largest value.
constexpr double kTolerance = 1e-4;

void expect_agreement(const GoldenEntry& entry, const std::string& prefix, int runs) {
  ModelRun run(entry.model_path, on_cpu());
  EXPECT_EQ(disagreement(run, entry, prefix, runs, kTolerance), "");
  // A node that fails on the delegate runs again on the reference kernels: right, and slow.
  EXPECT_EQ(first_event(run), "");
  EXPECT_EQ(first_left_behind(run), "");
}

class CpuGolden : public testing::TestWithParam<GoldenEntry> {};
TEST_P(CpuGolden, Agrees) { expect_agreement(GetParam(), "", 1); }

class CpuStateful : public testing::TestWithParam<GoldenEntry> {};
TEST_P(CpuStateful, AgreesAfterFourRuns) { expect_agreement(GetParam(), "step4_", 4); }

// The sentences are the reference kernels', also where the delegate had the node.
class CpuRefused : public testing::TestWithParam<GoldenEntry> {};
TEST_P(CpuRefused, IsAnsweredAsByTheReferenceKernels) {
  ModelRun reference(GetParam().model_path);
  ModelRun run(GetParam().model_path, on_cpu());
  EXPECT_EQ(run_once(run), run_once(reference));
}

INSTANTIATE_TEST_SUITE_P(Models, CpuGolden, testing::ValuesIn(recorded_entries()), name_of_test);
INSTANTIATE_TEST_SUITE_P(Models, CpuStateful, testing::ValuesIn(stateful_entries()), name_of_test);
INSTANTIATE_TEST_SUITE_P(Models, CpuRefused, testing::ValuesIn(refused_entries()), name_of_test);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(CpuGolden);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(CpuStateful);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(CpuRefused);

}  // namespace
}  // namespace baton::test
