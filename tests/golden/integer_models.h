// Recorded models that compute on integers alone, whose outputs have to be the same bits whatever
// runs them.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "tests/golden/model_run.h"
#include "tests/support/golden.h"

namespace baton::test {

struct IntegerModel {
  GoldenEntry entry;
  Golden golden;
  // By output: where a part alone was recorded, all of it by the reference kernels.
  std::map<uint32_t, std::vector<std::byte>> whole;
};

// Read once. Empty without the shared data.
const std::vector<IntegerModel>& integer_models();

// Fails the test where the model, run once, gives other bits. `taken` gets whether the CPU delegate
// ran any of it.
void expect_bits(const IntegerModel& model, const CompileOptions& options, uint32_t threads,
                 bool* taken);

}  // namespace baton::test
