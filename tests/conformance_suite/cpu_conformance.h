// The groups of the conformance suite on the CPU delegate.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "delegates/kernels/isa.h"

namespace baton::test {

struct CpuPart {
  std::string group;
  kernels::Isa level;
  std::string precision = "exact";
};

// Each group at each of the levels, which begin with the lowest, and the operators at the highest
// with bf16 where it has that; under the sanitizers fewer.
std::vector<CpuPart> cpu_parts(const std::vector<kernels::Isa>& levels);

std::string name_of_part(const testing::TestParamInfo<CpuPart>& info);

// Fails the test where cases do not hold, or where hardly any operator is taken. `plugin` is a
// name, or a path. Under the sanitizers a sample of the cases is run.
void expect_conformance(const std::string& plugin, const CpuPart& part);

}  // namespace baton::test
