// What the integer schemes compute, beside the float model.
//
// Thresholds: eight bits over a range of about four standard deviations to each side have a
// signal-to-noise ratio of 6.02 * 8 + 4.77 - 20 log10(4) = 41 dB. Each rounding on the way adds
// noise of its own: ten of them 10 dB, so that 30 dB are left; the transformer's layer with two
// normalisations has thirty (15 dB).
#include <gtest/gtest.h>

#include "converter/quantize/quantize.h"
#include "converter/tflite/serialize.h"
#include "tests/quantize/networks.h"
#include "tests/quantize/runner.h"

namespace baton::test {
namespace {

using quantize::Scheme;

class IntegerSchemes : public testing::TestWithParam<Network> {
 protected:
  void expect_close(Scheme scheme, double least) {
    const tflite::Model model = GetParam().build();
    auto quantised = quantize::quantize(model, scheme, ranges_of(model));
    ASSERT_TRUE(quantised.ok()) << quantised.status().message();
    EXPECT_EQ(oddities(*quantised), oddities(model));
    // Other samples than those of the calibration.
    const std::vector<Sample> inputs = samples(model, 4, 2);
    const auto expected = run(model, inputs);
    const auto actual = run(*quantised, inputs);
    ASSERT_EQ(actual.size(), expected.size());
    for (size_t i = 0; i < actual.size(); ++i) {
      const double ratio = snr(expected[i], actual[i]);
      EXPECT_GE(ratio, least) << GetParam().name << ", output " << i;
      RecordProperty("snr_" + std::to_string(i), std::to_string(ratio));  // for --gtest_output
    }
  }
};

TEST_P(IntegerSchemes, Int8IsCloseToFloat) { expect_close(Scheme::kInt8, GetParam().integer_snr); }
TEST_P(IntegerSchemes, Uint8IsCloseToFloat) {
  expect_close(Scheme::kUint8, GetParam().integer_snr);
}

TEST_P(IntegerSchemes, EqualModelsGiveEqualFiles) {
  const tflite::Model model = GetParam().build();
  const quantize::Ranges ranges = ranges_of(model);
  auto one = quantize::quantize(model, Scheme::kInt8, ranges);
  auto two = quantize::quantize(model, Scheme::kInt8, ranges);
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_EQ(tflite::serialize(*one), tflite::serialize(*two));
}

INSTANTIATE_TEST_SUITE_P(Networks, IntegerSchemes, testing::ValuesIn(networks()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace baton::test
