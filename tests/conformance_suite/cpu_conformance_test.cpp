// The CPU delegate on the conformance suite: each group at each level of instruction sets that this
// machine has. Under the sanitizers, which make everything many times slower, a sample.
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "delegates/kernels/isa.h"
#include "tests/conformance_suite/worker.h"

namespace baton::test {
namespace {

const std::string kSanitizer = BATON_TEST_SANITIZER;

constexpr std::chrono::seconds kLong{120};

std::vector<std::string> groups() {
  // The others have nothing that threads could do to each other.
  if (kSanitizer == "thread") return {"threads"};
  return {
#define BATON_CONFORMANCE_GROUP(name) #name,
#include "tests/conformance/groups.inc"
#undef BATON_CONFORMANCE_GROUP
  };
}

std::vector<kernels::Isa> levels() {
  if (kSanitizer == "thread") return {kernels::best_level()};
  return kernels::machine_levels();
}

// Every so manieth case is run.
size_t stride(size_t cases) {
  if (kSanitizer.empty()) return 1;
  constexpr size_t kSample = 60;
  // Odd: types and sizes take turns in the lists.
  return std::max<size_t>(1, cases / kSample) | 1;
}

class CpuConformance : public testing::TestWithParam<std::tuple<std::string, kernels::Isa>> {};

TEST_P(CpuConformance, Holds) {
  const auto& [group, level] = GetParam();
  const std::vector<std::string> names = case_names(group);
  ASSERT_FALSE(names.empty());
  size_t ok = 0, unsupported = 0;
  const auto results = run_cases(
      group, names, {"--delegate=cpu", std::string("--option=isa=") + name_of(level)}, kLong,
      [&](const CaseResult& result) {
        ok += result.outcome == "ok";
        unsupported += result.outcome == "unsupported";
        return false;
      },
      stride(names.size()));
  for (const CaseResult& result : results) {
    EXPECT_TRUE(result.outcome == "ok" || result.outcome == "unsupported")
        << result.name << ": " << result.outcome << " " << result.text;
  }
  std::printf("%zu of %zu cases: %zu ok, %zu unsupported\n", results.size(), names.size(), ok,
              unsupported);
}

INSTANTIATE_TEST_SUITE_P(Levels, CpuConformance,
                         testing::Combine(testing::ValuesIn(groups()), testing::ValuesIn(levels())),
                         [](const auto& info) {
                           return std::get<0>(info.param) + "_" + name_of(std::get<1>(info.param));
                         });

}  // namespace
}  // namespace baton::test
