// The kernels for AMX on a model of its tile registers: what a machine without can test of them.
// The float kernel goes through f32_gemm_test.cpp.
#include <gtest/gtest.h>

#include <string>

#include "delegates/kernels/amx/bf16_gemm.h"
#include "delegates/kernels/amx/int8_gemm.h"
#include "tests/amx/tile_model.h"
#include "tests/kernels/f32_gemm_families.h"
#include "tests/kernels/int8_gemm_harness.h"
#include "tests/kernels/int8_gemm_suite.h"

namespace baton::kernels {
namespace {

// Around the tiles there is code for AVX-512.
constexpr Isa kNeeds = Isa::kAvx512Bf16;

class AmxInt8EmulationTest : public testing::TestWithParam<Int8GemmGroup> {
 protected:
  void SetUp() override {
    if (!includes(best_level(), kNeeds)) {
      GTEST_SKIP() << name_of(best_level()) << " is below " << name_of(kNeeds);
    }
  }
};

TEST_P(AmxInt8EmulationTest, IsExact) { GetParam().check(kAmxInt8Gemm<ModelTiles>); }

INSTANTIATE_TEST_SUITE_P(, AmxInt8EmulationTest, testing::ValuesIn(int8_gemm_groups()),
                         [](const auto& group) { return std::string(group.param.name); });

// Depths that are parts of steps, and whole steps, whose rows are not gathered where they are
// evenly spaced.
void steps(const Int8Gemm& gemm) {
  for (const size_t depth : {16, 32, 48, 64, 96, 128}) {
    for (const size_t taps : {1, 3}) {
      for (const size_t rows : {1, 2, 15, 16, 17, 31, 32}) {
        for (unsigned signs = 0; signs < 8; ++signs) {
          check(gemm, {.rows = rows,
                       .columns = 16 * (1 + rows % 3) + signs,
                       .taps = taps,
                       .depth = depth,
                       .unsigned_input = (signs & 1) != 0,
                       .unsigned_weights = (signs & 2) != 0,
                       .unsigned_output = (signs & 4) != 0,
                       .input_zero = 3,
                       .weights_zero = rows % 2 != 0 ? 128 : 120,
                       .seed = static_cast<uint32_t>(rows)});
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Steps, AmxInt8EmulationTest,
                         testing::Values(Int8GemmGroup{"Steps", steps}),
                         [](const auto& group) { return std::string(group.param.name); });

constexpr Kernel kModelled = {"gemm", "bf16", Isa::kAmx, "32x32", &kAmxBf16Gemm<ModelTiles>};

}  // namespace

std::vector<F32GemmFamily> f32_gemm_families() {
  return {{&kModelled, &kAmxBf16Gemm<ModelTiles>, true, kNeeds}};
}

}  // namespace baton::kernels
