// Float matrix products of every kernel of f32_gemm_families.h against sums in double.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "delegates/kernels/gemm.h"
#include "delegates/kernels/kernel.h"
#include "tests/kernels/f32_gemm_families.h"
#include "tests/kernels/guarded.h"
#include "tests/support/split_mix.h"

namespace baton::kernels {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
// In gaps and behind outputs. No sum is as large.
constexpr float kCanary = -12345678.0f;

struct Clamp {
  float low = -kInfinity, high = kInfinity;
};

struct Case {
  size_t rows, columns, taps, depth;
  Clamp clamp = {};
  bool residual = false;
  Clamp clamp2 = {};
  bool bias = true;
  bool depth_last = true;  // weights [columns][taps][depth], else [taps][depth][columns]
  bool in_place = false;   // the residual is the output

  std::string name() const {
    return std::to_string(rows) + " x " + std::to_string(columns) + ", " + std::to_string(taps) +
           " x " + std::to_string(depth);
  }
};

// To bfloat16, to nearest even, and back.
float rounded(float value) {
  uint32_t bits = std::bit_cast<uint32_t>(value);
  bits += 0x7fff + (bits >> 16 & 1);
  return std::bit_cast<float>(bits & 0xffff0000);
}

class Numbers {
 public:
  explicit Numbers(uint64_t seed) : random_(seed) {}
  std::vector<float> make(size_t count) {
    std::vector<float> numbers(count);
    for (float& number : numbers) {
      number = static_cast<float>(static_cast<int64_t>(random_.next() >> 40)) / (1 << 23) - 1;
    }
    return numbers;
  }

 private:
  test::SplitMix random_;
};

float clamped(double value, const Clamp& clamp) {
  return std::min(std::max(static_cast<float>(value), clamp.low), clamp.high);
}

struct Problem {
  Case shape;
  std::vector<float> a;        // [rows][taps][depth]
  std::vector<float> weights;  // as the case says
  std::vector<float> bias, residual;

  explicit Problem(const Case& of) : shape(of) {
    Numbers numbers(of.rows * 131 + of.columns * 17 + of.taps * 7 + of.depth);
    a = numbers.make(of.rows * of.taps * of.depth);
    weights = numbers.make(of.columns * of.taps * of.depth);
    bias = numbers.make(of.columns);
    residual = numbers.make(of.rows * of.columns);
  }

  F32GemmWeights description() const {
    F32GemmWeights from;
    from.data = weights.data();
    const auto columns = static_cast<int64_t>(shape.columns);
    const auto depth = static_cast<int64_t>(shape.depth);
    from.column_stride = shape.depth_last ? static_cast<int64_t>(shape.taps) * depth : 1;
    from.tap_stride = shape.depth_last ? depth : depth * columns;
    from.depth_stride = shape.depth_last ? 1 : columns;
    from.bias = shape.bias ? bias.data() : nullptr;
    from.columns = shape.columns;
    from.taps = shape.taps;
    from.depth = shape.depth;
    return from;
  }

  float weight(size_t n, size_t t, size_t k) const {
    return weights[shape.depth_last ? (n * shape.taps + t) * shape.depth + k
                                    : (t * shape.depth + k) * shape.columns + n];
  }

  std::vector<float> expected(bool rounds) const {
    const auto operand = [rounds](float x) { return rounds ? rounded(x) : x; };
    std::vector<float> out(shape.rows * shape.columns);
    for (size_t m = 0; m < shape.rows; ++m) {
      for (size_t n = 0; n < shape.columns; ++n) {
        double sum = shape.bias ? bias[n] : 0;
        for (size_t t = 0; t < shape.taps; ++t) {
          for (size_t k = 0; k < shape.depth; ++k) {
            sum += double{operand(a[(m * shape.taps + t) * shape.depth + k])} *
                   operand(weight(n, t, k));
          }
        }
        float& result = out[m * shape.columns + n];
        result = clamped(sum, shape.clamp);
        if (shape.residual) {
          result = clamped(double{result} + residual[m * shape.columns + n], shape.clamp2);
        }
      }
    }
    return out;
  }
};

// Runs all of it: packs in two goes, and gives each run `panels_at_once` panels.
std::vector<float> compute(const F32Gemm& gemm, const Problem& problem, size_t panels_at_once) {
  const Case& shape = problem.shape;
  Problem own = problem;
  own.a = with_slack(own.a, kNan);
  own.weights = with_slack(own.weights, kNan);
  own.bias = with_slack(own.bias, kNan);

  const AlignedBytes packed(packed_bytes(gemm, shape.columns, shape.taps, shape.depth));
  const size_t panels = (shape.columns + gemm.columns - 1) / gemm.columns;
  gemm.pack(own.description(), panels / 2, panels, packed.get());
  gemm.pack(own.description(), 0, panels / 2, packed.get());

  // Columns are followed by a gap, and by nothing at all in the last row.
  const size_t stride = shape.columns + 3;
  const auto spread = [&](const std::vector<float>& values, float gap) {
    std::vector<float> wide(shape.rows * stride, gap);
    for (size_t i = 0; i < values.size(); ++i) {
      wide[i / shape.columns * stride + i % shape.columns] = values[i];
    }
    return wide;
  };
  std::vector<float> out(shape.rows * stride, kCanary);
  const std::vector<float> residual = with_slack(spread(own.residual, kNan), kNan);
  if (shape.in_place) out = with_slack(spread(own.residual, kCanary), kCanary);
  const AlignedBytes scratch(gemm.scratch_bytes(shape.taps, shape.depth));

  for (size_t row = 0; row < shape.rows; row += gemm.rows) {
    const size_t rows = std::min(gemm.rows, shape.rows - row);
    std::vector<const float*> pointers(shape.taps * gemm.rows, nullptr);
    for (size_t t = 0; t < shape.taps; ++t) {
      for (size_t m = 0; m < rows; ++m) {
        pointers[t * gemm.rows + m] = &own.a[((row + m) * shape.taps + t) * shape.depth];
      }
    }
    for (size_t panel = 0; panel < panels; panel += panels_at_once) {
      F32GemmTile tile;
      tile.a = pointers.data();
      tile.packed = packed.get();
      tile.taps = shape.taps;
      tile.depth = shape.depth;
      tile.rows = rows;
      tile.first_column = panel * gemm.columns;
      tile.columns = std::min(panels_at_once * gemm.columns, shape.columns - tile.first_column);
      tile.out = out.data() + row * stride + tile.first_column;
      tile.out_stride = static_cast<int64_t>(stride);
      tile.low = shape.clamp.low;
      tile.high = shape.clamp.high;
      if (shape.residual) {
        const std::vector<float>& from = shape.in_place ? out : residual;
        tile.residual = from.data() + row * stride + tile.first_column;
        tile.residual_stride = tile.out_stride;
        tile.low2 = shape.clamp2.low;
        tile.high2 = shape.clamp2.high;
      }
      tile.scratch = scratch.get();
      gemm.run(tile);
    }
  }

  std::vector<float> result;
  for (size_t i = 0; i < out.size(); ++i) {
    if (i < shape.rows * stride && i % stride < shape.columns) {
      result.push_back(out[i]);
    } else {
      EXPECT_EQ(out[i], kCanary) << "written behind row " << i / stride;
    }
  }
  return result;
}

void expect_right(const F32GemmFamily& family, const Case& shape, size_t panels_at_once) {
  SCOPED_TRACE(shape.name());
  const Problem problem(shape);
  const std::vector<float> expected = problem.expected(family.rounds);
  const std::vector<float> result = compute(*family.gemm, problem, panels_at_once);
  ASSERT_EQ(result.size(), expected.size());
  float largest = 0;
  for (const float value : expected) largest = std::max(largest, std::abs(value));
  const double depth = static_cast<double>(shape.taps * shape.depth);
  const double epsilon = std::numeric_limits<float>::epsilon();
  const double allowed = std::max(1e-5, 10 * epsilon * std::sqrt(depth)) * largest;
  for (size_t i = 0; i < result.size(); ++i) {
    ASSERT_NEAR(result[i], expected[i], allowed)
        << "row " << i / shape.columns << ", column " << i % shape.columns;
  }
}

class FloatGemm : public testing::TestWithParam<F32GemmFamily> {
 protected:
  void SetUp() override {
    if (!includes(best_level(), GetParam().needs)) {
      GTEST_SKIP() << name_of(best_level()) << " is below " << name_of(GetParam().needs);
    }
  }
};

TEST_P(FloatGemm, AnyRowsAndColumns) {
  const F32Gemm& gemm = *GetParam().gemm;
  for (size_t rows = 1; rows <= gemm.rows; ++rows) {
    for (size_t columns = 1; columns <= 2 * gemm.columns + 1; ++columns) {
      expect_right(GetParam(), {.rows = rows, .columns = columns, .taps = 1, .depth = 7}, 8);
    }
  }
}

TEST_P(FloatGemm, AnyDepthAndTaps) {
  for (const size_t taps : {1, 2, 9, 49}) {
    for (const size_t depth : {1, 2, 3, 4, 5, 8, 15, 16, 17, 27, 31, 32, 33, 64, 70}) {
      for (const size_t rows : {1, 2, 3, 5, 14}) {
        expect_right(GetParam(), {.rows = rows, .columns = 40, .taps = taps, .depth = depth}, 8);
      }
    }
  }
}

TEST_P(FloatGemm, RealSizes) {
  expect_right(GetParam(), {.rows = 49, .columns = 160, .taps = 1, .depth = 960}, 2);
  expect_right(GetParam(), {.rows = 13, .columns = 64, .taps = 9, .depth = 512}, 1);
  expect_right(GetParam(), {.rows = 1, .columns = 1001, .taps = 1, .depth = 1024}, 100);
  expect_right(GetParam(), {.rows = 20, .columns = 24, .taps = 1, .depth = 4608}, 1);
}

TEST_P(FloatGemm, WeightsOfAnyLayout) {
  for (const bool depth_last : {false, true}) {
    for (const bool bias : {false, true}) {
      for (const size_t columns : {3, 31, 32, 100}) {
        Case shape = {.rows = 5, .columns = columns, .taps = 3, .depth = 37};
        shape.bias = bias;
        shape.depth_last = depth_last;
        expect_right(GetParam(), shape, 1);
      }
    }
  }
}

TEST_P(FloatGemm, ClampsAndResiduals) {
  const Clamp relu = {0, kInfinity}, narrow = {-1, 1}, relu6 = {0, 6};
  for (const size_t columns : {1, 9, 24, 70}) {
    Case shape = {.rows = GetParam().gemm->rows + 1, .columns = columns, .taps = 1, .depth = 20};
    for (const Clamp& clamp : {Clamp(), relu, relu6, narrow}) {
      shape.clamp = clamp;
      shape.residual = shape.in_place = false;
      expect_right(GetParam(), shape, 1);
      shape.residual = true;
      for (const Clamp& clamp2 : {Clamp(), relu, narrow}) {
        shape.clamp2 = clamp2;
        shape.in_place = false;
        expect_right(GetParam(), shape, 2);
        shape.in_place = true;
        expect_right(GetParam(), shape, 2);
      }
    }
  }
}

// Every row but the one with a NaN, or an infinity, is as without.
TEST_P(FloatGemm, NanAndInfinityStay) {
  for (const size_t rows : {1, 2, 4, 12}) {
    for (const float special : {kNan, kInfinity, -kInfinity}) {
      Case shape = {.rows = rows, .columns = 37, .taps = 1, .depth = 10};
      shape.clamp = shape.clamp2 = {-2, 2};
      shape.residual = true;
      Problem problem(shape);
      std::fill(problem.residual.begin(), problem.residual.end(), 0.0f);
      const std::vector<float> before = compute(*GetParam().gemm, problem, 1);
      problem.a[(rows - 1) * shape.depth + 3] = special;
      const std::vector<float> after = compute(*GetParam().gemm, problem, 1);
      for (size_t i = 0; i < after.size(); ++i) {
        const float weight = problem.weight(i % shape.columns, 0, 3);
        if (i / shape.columns + 1 < rows) {
          EXPECT_EQ(after[i], before[i]);
        } else if (std::isnan(special)) {
          EXPECT_TRUE(std::isnan(after[i])) << "column " << i % shape.columns;
        } else {
          EXPECT_EQ(after[i], (special > 0) == (weight > 0) ? 2 : -2);
        }
      }
    }
  }
}

TEST_P(FloatGemm, NanOfTheResidualStays) {
  Case shape = {.rows = 3, .columns = 37, .taps = 1, .depth = 4};
  shape.clamp2 = {0, 6};
  shape.residual = true;
  Problem problem(shape);
  problem.residual[40] = kNan;
  const std::vector<float> result = compute(*GetParam().gemm, problem, 1);
  for (size_t i = 0; i < result.size(); ++i) EXPECT_EQ(std::isnan(result[i]), i == 40);
}

INSTANTIATE_TEST_SUITE_P(Kernels, FloatGemm, testing::ValuesIn(f32_gemm_families()),
                         [](const auto& info) {
                           return std::string(info.param.kernel->types) + "_" +
                                  name_of(info.param.kernel->isa);
                         });

}  // namespace
}  // namespace baton::kernels
