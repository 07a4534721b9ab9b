// Rows quantised for hybrid products: the same bits from every row of the table.
#include <cmath>
#include <limits>

#include "delegates/kernels/hybrid.h"
#include "tests/kernels/slack.h"

namespace baton::kernels {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Expected {
  std::vector<int> quantized;
  float scale = 1;
  int32_t zero_point = 0;
};

// volatile: rounded to float after each step, as the definition has it.
int rounded(float value, float inverse, float offset, int low) {
  const volatile float product = value * inverse;
  const volatile float sum = offset + product;
  const double nearest = std::round(static_cast<double>(sum));
  if (!(nearest > low)) return low;
  return nearest >= 127 ? 127 : static_cast<int>(nearest);
}

Expected symmetric(const std::vector<float>& values) {
  Expected expected;
  expected.quantized.assign(values.size(), 0);
  float low = values.empty() ? 0 : values[0], high = low;
  for (const float value : values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const float largest = std::abs(low) < std::abs(high) ? std::abs(high) : std::abs(low);
  if (largest == 0) return expected;
  expected.scale = largest / 127;
  const float inverse = 127 / largest;
  for (size_t i = 0; i < values.size(); ++i) {
    expected.quantized[i] = rounded(values[i], inverse, -0.0f, -127);
  }
  return expected;
}

Expected asymmetric(const std::vector<float>& values) {
  Expected expected;
  expected.quantized.assign(values.size(), 0);
  float low = 0, high = 0;
  // NaN in front hides the rest of the row.
  if (!values.empty() && !std::isnan(values[0])) {
    for (const float value : values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low == high) return expected;
  const double scale = (double{high} - double{low}) / 255;
  const double low_steps = double{low} / scale, high_steps = double{high} / scale;
  const bool by_low = 128 + std::abs(low_steps) < 127 + std::abs(high_steps);
  const double exact = by_low ? -128 - low_steps : 127 - high_steps;
  expected.zero_point = exact >= 127   ? 127
                        : exact > -128 ? static_cast<int32_t>(std::round(exact))
                                       : -128;
  expected.scale = static_cast<float>(scale);
  const float inverse = 1.0f / expected.scale;
  for (size_t i = 0; i < values.size(); ++i) {
    expected.quantized[i] =
        rounded(values[i], inverse, static_cast<float>(expected.zero_point), -128);
  }
  return expected;
}

std::vector<std::vector<float>> all_rows() {
  std::vector<std::vector<float>> rows = {
      {},
      {0},
      {0, -0.0f, 0},
      {3},
      {-3},
      {kNan, 1, 2, -5},
      {1, kNan, 2, -5, kNan},
      {kInfinity, 1, -1},
      {1, -kInfinity, 2, kInfinity},
      std::vector<float>(20, kNan),
      {1e-40f, -1e-40f, 2e-40f},
      {3e38f, -3e38f},
  };
  // Halves of steps: 127 is the largest, so that steps are 1.
  std::vector<float> halves = {127};
  for (int i = -126; i < 126; ++i) halves.push_back(static_cast<float>(i) + 0.5f);
  rows.push_back(halves);
  for (const size_t count : {1, 2, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 100, 1000}) {
    const auto seed = static_cast<uint32_t>(count);
    rows.push_back(random_values<float>(count, seed));
    std::vector<float> positive = random_values<float>(count, seed + 1);
    for (float& value : positive) value = std::abs(value) + 3;
    rows.push_back(positive);
    std::vector<float> spoilt = random_values<float>(count, seed + 2);
    spoilt[count / 2] = kNan;
    rows.push_back(spoilt);
    std::vector<float> skewed = random_values<float>(count, seed + 3);
    skewed.back() = -40;
    rows.push_back(skewed);
  }
  return rows;
}

void expect_same_float(float actual, float expected) {
  if (std::isnan(expected)) {
    EXPECT_TRUE(std::isnan(actual));
  } else {
    EXPECT_EQ(actual, expected);
  }
}

void check(const char* types, Expected (*expect)(const std::vector<float>&)) {
  const bool has_zero_point = expect == asymmetric;
  for_each_row<HybridFunction>("quantize_row", types, [&](HybridFunction quantize) {
    for (const std::vector<float>& values : all_rows()) {
      SCOPED_TRACE(testing::PrintToString(values).substr(0, 60));
      const Input<float> input(values);
      const Output<int8_t> output(values.size());
      float scale = 0;
      int32_t zero_point = 12345;
      quantize({input.data(), values.size(), output.data(), &scale, &zero_point});
      output.expect_untouched_around();
      const Expected expected = expect(values);
      expect_same_float(scale, expected.scale);
      EXPECT_EQ(zero_point, has_zero_point ? expected.zero_point : 12345);
      for (size_t i = 0; i < values.size(); ++i) {
        EXPECT_EQ(int{output[i]}, expected.quantized[i]) << "element " << i;
      }
    }
  });
}

TEST(QuantizeRow, Symmetric) { check("symmetric", symmetric); }
TEST(QuantizeRow, Asymmetric) { check("asymmetric", asymmetric); }

}  // namespace
}  // namespace baton::kernels
