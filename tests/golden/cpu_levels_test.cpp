// Models of integers give the same bits at every level of instruction sets and with every number of
// threads: those recorded. Of some (int16) the delegate takes nothing.
#include <gtest/gtest.h>

#include <cstdio>

#include "delegates/kernels/isa.h"
#include "tests/golden/cpu_runs.h"
#include "tests/golden/integer_models.h"

namespace baton::test {
namespace {

class CpuLevels : public testing::TestWithParam<kernels::Isa> {};

TEST_P(CpuLevels, SameBitsWithAnyNumberOfThreads) {
  if (!shared_data()) GTEST_SKIP() << "no shared data";
  const std::string level = name_of(GetParam());
  EXPECT_GE(integer_models().size(), 50u);
  size_t taken_models = 0;
  for (const IntegerModel& model : integer_models()) {
    bool taken = false;
    for (const uint32_t threads : {1u, 2u, 3u}) {
      SCOPED_TRACE(model.entry.model + " at " + level + ", threads " + std::to_string(threads));
      expect_bits(model, on_cpu({{"isa", level}}), threads, &taken);
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
