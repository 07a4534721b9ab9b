// The kernels for AMX on a model of its tile registers: what a machine without can test of them.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "delegates/kernels/amx/bf16_gemm.h"
#include "delegates/kernels/amx/int8_gemm.h"
#include "delegates/kernels/isa.h"
#include "tests/kernels/amx_model_tiles.h"
#include "tests/kernels/int8_gemm_harness.h"
#include "tests/kernels/int8_gemm_suite.h"

namespace baton::kernels {
namespace {

class AmxEmulationTest : public testing::Test {
 protected:
  void SetUp() override {
    // Around the tiles there is code for AVX-512.
    if (!includes(best_level(), Isa::kAvx512Bf16)) {
      GTEST_SKIP() << "this machine has " << name_of(best_level()) << ", not avx512bf16";
    }
    ModelTiles::fault = false;
  }
  void TearDown() override {
    EXPECT_FALSE(ModelTiles::fault) << "the processor would have faulted";
  }
};

class AmxInt8EmulationTest : public AmxEmulationTest,
                             public testing::WithParamInterface<Int8GemmGroup> {};

TEST_P(AmxInt8EmulationTest, IsExact) { GetParam().check(kAmxInt8Gemm<ModelTiles>); }

INSTANTIATE_TEST_SUITE_P(, AmxInt8EmulationTest, testing::ValuesIn(int8_gemm_groups()),
                         [](const auto& group) { return std::string(group.param.name); });

// Depths of whole steps, whose rows are not gathered where they are evenly spaced.
TEST_F(AmxEmulationTest, Int8RowsInPlaceAreExact) {
  for (const size_t depth : {64, 128, 192}) {
    for (const size_t taps : {1, 3}) {
      for (const size_t rows : {1, 2, 15, 16, 17, 31, 32}) {
        for (unsigned signs = 0; signs < 8; ++signs) {
          check(kAmxInt8Gemm<ModelTiles>, {.rows = rows,
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

float rounded(float x) { return std::bit_cast<float>(uint32_t{bfloat16_of(x)} << 16); }

struct FloatCase {
  size_t rows, columns, taps, depth;
  bool residual, clamps, transposed;
};

// Memory of which exactly 64 bytes can be read behind `count` floats.
std::vector<float> numbers(size_t count, std::mt19937* random) {
  std::vector<float> values(count + 16, std::numeric_limits<float>::quiet_NaN());
  std::uniform_real_distribution<float> uniform(-1, 1);
  for (size_t i = 0; i < count; ++i) values[i] = uniform(*random);
  return values;
}

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};
std::unique_ptr<void, Free> aligned(size_t bytes) {
  return std::unique_ptr<void, Free>(std::aligned_alloc(64, (bytes + 63) / 64 * 64));
}

void check_bf16(const F32Gemm& gemm, const FloatCase& test) {
  SCOPED_TRACE(testing::Message() << test.rows << " rows, " << test.columns << " columns, "
                                  << test.taps << " taps, depth " << test.depth
                                  << (test.residual ? ", residual" : ""));
  std::mt19937 random(static_cast<uint32_t>(test.rows * 1000 + test.columns + test.depth));
  const size_t size = test.taps * test.depth;
  const std::vector<float> a = numbers(test.rows * size, &random);
  const std::vector<float> w = numbers(test.columns * size, &random);
  const std::vector<float> bias = numbers(test.columns, &random);
  const size_t stride = test.columns + 5;
  const std::vector<float> residual = numbers(test.rows * stride, &random);

  F32GemmWeights weights;
  weights.data = w.data();
  weights.column_stride = test.transposed ? 1 : static_cast<int64_t>(size);
  weights.depth_stride = test.transposed ? static_cast<int64_t>(test.columns) : 1;
  weights.tap_stride = static_cast<int64_t>(test.depth) * weights.depth_stride;
  weights.bias = bias.data();
  weights.columns = test.columns;
  weights.taps = test.taps;
  weights.depth = test.depth;
  const auto packed = aligned(packed_bytes(gemm, test.columns, test.taps, test.depth));
  gemm.pack(weights, 0, (test.columns + gemm.columns - 1) / gemm.columns, packed.get());

  const auto scratch = aligned(gemm.scratch_bytes(test.taps, test.depth));
  std::vector<const float*> pointers(test.taps * gemm.rows, nullptr);
  for (size_t t = 0; t < test.taps; ++t) {
    for (size_t m = 0; m < test.rows; ++m) {
      pointers[t * gemm.rows + m] = a.data() + (t * test.rows + m) * test.depth;
    }
  }
  const float infinity = std::numeric_limits<float>::infinity(), canary = 12345;
  std::vector<float> out(test.rows * stride, canary);
  F32GemmTile tile;
  tile.a = pointers.data();
  tile.packed = packed.get();
  tile.taps = test.taps;
  tile.depth = test.depth;
  tile.rows = test.rows;
  tile.columns = test.columns;
  tile.out = out.data();
  tile.out_stride = static_cast<int64_t>(stride);
  tile.low = test.clamps ? -0.5f : -infinity;
  tile.high = test.clamps ? 0.5f : infinity;
  tile.residual = test.residual ? residual.data() : nullptr;
  tile.residual_stride = static_cast<int64_t>(stride);
  tile.low2 = test.clamps ? -0.9f : -infinity;
  tile.high2 = test.clamps ? 0.8f : infinity;
  tile.scratch = scratch.get();
  gemm.run(tile);

  double largest = 0, error = 0;
  for (size_t m = 0; m < test.rows; ++m) {
    for (size_t n = 0; n < stride; ++n) {
      const float got = out[m * stride + n];
      if (n >= test.columns) {
        ASSERT_EQ(got, canary) << "written behind column " << n;
        continue;
      }
      double sum = bias[n];
      for (size_t k = 0; k < size; ++k) {
        const float x = pointers[k / test.depth * gemm.rows + m][k % test.depth];
        const float y = test.transposed ? w[k * test.columns + n] : w[n * size + k];
        sum += double{rounded(x)} * double{rounded(y)};
      }
      sum = std::min(std::max(sum, double{tile.low}), double{tile.high});
      if (test.residual) {
        sum += double{residual[m * stride + n]};
        sum = std::min(std::max(sum, double{tile.low2}), double{tile.high2});
      }
      ASSERT_TRUE(std::isfinite(got)) << "row " << m << ", column " << n;
      largest = std::max(largest, std::fabs(sum));
      error = std::max(error, std::fabs(sum - double{got}));
    }
  }
  const double epsilon = std::numeric_limits<float>::epsilon();
  EXPECT_LE(error, std::max(1e-5, 10 * epsilon * std::sqrt(static_cast<double>(size))) * largest);
}

TEST_F(AmxEmulationTest, Bf16IsAccurate) {
  const F32Gemm& gemm = kAmxBf16Gemm<ModelTiles>;
  for (size_t depth = 1; depth <= 70; ++depth) {
    check_bf16(gemm, {1 + depth % 32, 1 + depth * 3 % 70, 1, depth, depth % 2 != 0, depth % 3 == 0,
                      depth % 5 == 0});
  }
  for (size_t taps = 1; taps <= 9; ++taps) {
    check_bf16(gemm, {20, 33, taps, 3 + taps, false, false, taps % 2 == 0});
    check_bf16(gemm, {16, 16, taps, 32, true, false, false});
  }
  for (size_t rows = 1; rows <= 32; ++rows) {
    check_bf16(gemm, {rows, 31 + rows % 3, 1, 40, false, rows % 2 != 0, false});
  }
  check_bf16(gemm, {32, 64, 1, 4608, false, false, false});
}

TEST_F(AmxEmulationTest, Bf16KeepsNaN) {
  float a[32 + 16] = {}, w[32 + 16] = {};
  a[5] = std::numeric_limits<float>::quiet_NaN();
  const F32Gemm& gemm = kAmxBf16Gemm<ModelTiles>;
  F32GemmWeights weights;
  weights.data = w;
  weights.columns = 1;
  weights.depth = 32;
  const auto packed = aligned(packed_bytes(gemm, 1, 1, 32));
  gemm.pack(weights, 0, 1, packed.get());
  const auto scratch = aligned(gemm.scratch_bytes(1, 32));
  const float* rows[32] = {a};
  float out = 0;
  F32GemmTile tile;
  tile.a = rows;
  tile.packed = packed.get();
  tile.depth = 32;
  tile.rows = tile.columns = 1;
  tile.out = &out;
  tile.out_stride = 1;
  tile.low = -1;
  tile.high = 1;
  tile.scratch = scratch.get();
  gemm.run(tile);
  EXPECT_TRUE(std::isnan(out));
}

}  // namespace
}  // namespace baton::kernels
