// All rows of the table that are 8-bit matrix products, and run here.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "delegates/kernels/kernel.h"
#include "tests/kernels/int8_gemm_suite.h"

namespace baton::kernels {
namespace {

std::vector<const Kernel*> kernels_here() {
  std::vector<const Kernel*> found;
  for (const Kernel& kernel : kernels()) {
    if (std::holds_alternative<const Int8Gemm*>(kernel.functions) &&
        includes(best_level(), kernel.isa)) {
      found.push_back(&kernel);
    }
  }
  return found;
}

class Int8GemmTest : public testing::TestWithParam<Int8GemmGroup> {};

TEST_P(Int8GemmTest, IsExact) {
  ASSERT_FALSE(kernels_here().empty());
  for (const Kernel* kernel : kernels_here()) {
    SCOPED_TRACE(std::string(kernel->types) + " " + name_of(kernel->isa));
    GetParam().check(*std::get<const Int8Gemm*>(kernel->functions));
  }
}

INSTANTIATE_TEST_SUITE_P(, Int8GemmTest, testing::ValuesIn(int8_gemm_groups()),
                         [](const auto& group) { return std::string(group.param.name); });

}  // namespace
}  // namespace baton::kernels
