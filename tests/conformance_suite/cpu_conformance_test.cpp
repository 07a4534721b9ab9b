// The CPU delegate on the conformance suite: each group at each level of instruction sets that this
// machine has. Under the sanitizers, which make everything many times slower, a sample.
#include <gtest/gtest.h>

#include "tests/conformance_suite/cpu_conformance.h"

namespace baton::test {
namespace {

class CpuConformance : public testing::TestWithParam<CpuPart> {};

TEST_P(CpuConformance, Holds) { expect_conformance("cpu", GetParam()); }

INSTANTIATE_TEST_SUITE_P(Parts, CpuConformance,
                         testing::ValuesIn(cpu_parts(kernels::machine_levels())), name_of_part);

}  // namespace
}  // namespace baton::test
