// The conformance suite on the AMX kernels inside the plugin.
#include "tests/amx/plugin.h"
#include "tests/conformance_suite/cpu_conformance.h"

namespace baton::test {
namespace {

class AmxConformance : public testing::TestWithParam<CpuPart> {};

TEST_P(AmxConformance, Holds) {
  const std::string reason = why_no_amx_plugin();
  if (!reason.empty()) GTEST_SKIP() << reason;
  expect_conformance(BATON_AMX_PLUGIN, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Parts, AmxConformance, testing::ValuesIn(cpu_parts({kernels::Isa::kAmx})),
                         name_of_part);

}  // namespace
}  // namespace baton::test
