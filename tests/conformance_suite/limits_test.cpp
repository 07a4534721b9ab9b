// How far results may be off, for each precision.
#include "tests/conformance/limits.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "tests/conformance/random.h"
#include "tests/conformance/trial.h"

namespace baton::conformance {
namespace {

constexpr Limits kFloat32, kBf16{.significand_bits = 8};

TrialOutputs runs_of(const std::vector<std::vector<float>>& runs) {
  TrialOutputs outputs;
  for (const std::vector<float>& values : runs) {
    TrialOutput output;
    output.name = "y";
    output.dims = {static_cast<int32_t>(values.size())};
    output.bytes.resize(values.size() * sizeof(float));
    std::memcpy(output.bytes.data(), values.data(), output.bytes.size());
    outputs.push_back({output});
  }
  return outputs;
}

// To so many bits of significand; to nearest.
float rounded(float value, int bits) {
  int exponent = 0;
  const float fraction = std::frexp(value, &exponent);
  return std::ldexp(std::rint(std::ldexp(fraction, bits)), exponent - bits);
}

// 40 sums of products of operands in [-1, 1].
std::vector<float> sums(uint32_t depth, int bits) {
  Random random(7);
  std::vector<float> result;
  for (int i = 0; i < 40; ++i) {
    double sum = 0;
    for (uint32_t k = 0; k < depth; ++k) {
      const float a = rounded(static_cast<float>(random.real(-1, 1)), bits);
      const float b = rounded(static_cast<float>(random.real(-1, 1)), bits);
      sum += static_cast<double>(a) * static_cast<double>(b);
    }
    result.push_back(static_cast<float>(sum));
  }
  return result;
}

TEST(Limits, FollowTheSignificand) {
  EXPECT_DOUBLE_EQ(kFloat32.of_floats(1), 1e-5);
  EXPECT_DOUBLE_EQ(kFloat32.of_floats(1 << 20), std::ldexp(10 * 1024, -23));
  EXPECT_DOUBLE_EQ(kBf16.of_floats(1), 1.0 / 64);
  EXPECT_DOUBLE_EQ(kBf16.of_floats(16), 1.0 / 16);
  EXPECT_DOUBLE_EQ(kBf16.of_floats(1 << 20), 0.25);
  EXPECT_DOUBLE_EQ(Limits{.significand_bits = 11}.of_floats(4), 1.0 / 256);
}

TEST(Limits, AllowRoundedOperandsAndNoLess) {
  for (const uint32_t depth : {1u, 2u, 9u, 64u, 500u}) {
    SCOPED_TRACE(depth);
    const TrialOutputs expected = runs_of({sums(depth, 24)});
    EXPECT_EQ(difference(runs_of({sums(depth, 8)}), expected, depth, kBf16), "");
    EXPECT_NE(difference(runs_of({sums(depth, 8)}), expected, depth, kFloat32), "");
  }
  // With few products the limit is close.
  for (const uint32_t depth : {1u, 2u}) {
    SCOPED_TRACE(depth);
    const TrialOutputs expected = runs_of({sums(depth, 24)});
    EXPECT_NE(difference(runs_of({sums(depth, 4)}), expected, depth, kBf16), "");
  }
  // With many it still finds what is no rounding.
  std::vector<float> half = sums(500, 24);
  for (float& value : half) value /= 2;
  EXPECT_NE(difference(runs_of({half}), runs_of({sums(500, 24)}), 500, kBf16), "");
}

// One element may be close to zero by chance: other runs say how large it usually is.
TEST(Limits, OfRoundedNumbersAreForAllRuns) {
  const TrialOutputs actual = runs_of({{0.012f}});
  EXPECT_NE(difference(actual, runs_of({{0.001f}}), 1, kBf16), "");
  EXPECT_EQ(difference(actual, runs_of({{0.001f}, {-1.0f}}), 1, kBf16), "");
  EXPECT_NE(difference(actual, runs_of({{0.001f}, {-1.0f}}), 1, kFloat32), "");
}

}  // namespace
}  // namespace baton::conformance
