#include <gtest/gtest.h>

#include <cmath>

#include "tests/ops/op_harness.h"

namespace baton::test {
namespace {

baton_softmax_attributes with_beta(float beta) {
  baton_softmax_attributes attributes = BATON_SOFTMAX_ATTRIBUTES_INIT;
  attributes.beta = beta;
  return attributes;
}

// Row by row in double.
std::vector<double> oracle(const std::vector<double>& input, size_t depth, double beta) {
  std::vector<double> output(input.size());
  if (depth == 0) return output;
  for (size_t row = 0; row + depth <= input.size(); row += depth) {
    double largest = input[row];
    for (size_t i = 0; i < depth; ++i) largest = std::max(largest, input[row + i]);
    double sum = 0;
    for (size_t i = 0; i < depth; ++i) sum += std::exp(beta * (input[row + i] - largest));
    for (size_t i = 0; i < depth; ++i) {
      output[row + i] = std::exp(beta * (input[row + i] - largest)) / sum;
    }
  }
  return output;
}

struct Case {
  std::vector<int32_t> dims;
  float beta;
};

class Softmax : public testing::TestWithParam<Case> {
 protected:
  size_t count() const {
    size_t product = 1;
    for (const int32_t dim : GetParam().dims) product *= static_cast<size_t>(dim);
    return product;
  }
  size_t depth() const { return static_cast<size_t>(GetParam().dims.back()); }
};

TEST_P(Softmax, Float) {
  std::vector<float> input(count());
  for (size_t i = 0; i < input.size(); ++i) {
    input[i] = static_cast<float>(static_cast<int>(i * 37 % 101) - 50) / 7;
  }
  OpHarness op(BATON_OP_SOFTMAX);
  op.input(GetParam().dims, input).output(BATON_FLOAT32).attributes(with_beta(GetParam().beta));
  op.threads(3);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.dims(), GetParam().dims);
  const auto expected = oracle({input.begin(), input.end()}, depth(), GetParam().beta);
  const auto result = op.result<float>();
  ASSERT_EQ(result.size(), expected.size());
  for (size_t i = 0; i < result.size(); ++i) EXPECT_NEAR(result[i], expected[i], 1e-6);
}

template <typename T>
void check_integer(const Case& test, size_t count, size_t depth, float scale) {
  const int32_t low = std::numeric_limits<T>::lowest();
  std::vector<T> input(count);
  std::vector<double> real(count);
  for (size_t i = 0; i < count; ++i) {
    input[i] = static_cast<T>(low + static_cast<int32_t>(i * 61 % 256));
    real[i] = static_cast<double>(scale) * input[i];
  }
  OpHarness op(BATON_OP_SOFTMAX);
  op.input(test.dims, input, Quantization::per_tensor(scale, low + 128))
      .output(dtype_of<T>(), Quantization::per_tensor(1.0f / 256, low))
      .attributes(with_beta(test.beta));
  ASSERT_TRUE(op.run()) << op.message();
  const auto expected = oracle(real, depth, test.beta);
  const auto result = op.result<T>();
  ASSERT_EQ(result.size(), expected.size());
  for (size_t i = 0; i < result.size(); ++i) {
    const double exact = std::min(expected[i] * 256, 255.0) + low;
    EXPECT_NEAR(result[i], exact, 1.0) << i;
  }
}

TEST_P(Softmax, Int8) {
  for (const float scale : {0.1f, 0.0078125f, 1.0f}) {
    check_integer<int8_t>(GetParam(), count(), depth(), scale);
  }
}

TEST_P(Softmax, Uint8) {
  for (const float scale : {0.1f, 0.0078125f, 1.0f}) {
    check_integer<uint8_t>(GetParam(), count(), depth(), scale);
  }
}

// The tables interpolate to some units of 2^-15.
TEST_P(Softmax, Int16) {
  for (const float scale : {0.001f, 0.0001f}) {
    std::vector<int16_t> input(count());
    std::vector<double> real(count());
    for (size_t i = 0; i < input.size(); ++i) {
      input[i] = static_cast<int16_t>(static_cast<int>(i * 2741 % 4001) - 2000);
      real[i] = static_cast<double>(scale) * input[i];
    }
    OpHarness op(BATON_OP_SOFTMAX);
    op.input(GetParam().dims, input, Quantization::per_tensor(scale, 0))
        .output(BATON_INT16, Quantization::per_tensor(1.0f / 32768, 0))
        .attributes(with_beta(GetParam().beta))
        .threads(2);
    ASSERT_TRUE(op.run()) << op.message();
    const auto expected = oracle(real, depth(), GetParam().beta);
    const auto result = op.result<int16_t>();
    ASSERT_EQ(result.size(), expected.size());
    for (size_t i = 0; i < result.size(); ++i) {
      EXPECT_NEAR(result[i], std::min(expected[i] * 32768, 32767.0), 8.0) << i;
    }
  }
}

TEST_P(Softmax, Int8ToInt16) {
  std::vector<int8_t> input(count());
  std::vector<double> real(count());
  for (size_t i = 0; i < input.size(); ++i) {
    input[i] = static_cast<int8_t>(static_cast<int>(i * 61 % 256) - 128);
    real[i] = static_cast<double>(0.1f) * input[i];
  }
  OpHarness op(BATON_OP_SOFTMAX);
  op.input(GetParam().dims, input, Quantization::per_tensor(0.1f, 0))
      .output(BATON_INT16, Quantization::per_tensor(1.0f / 65536, -32768))
      .attributes(with_beta(GetParam().beta));
  ASSERT_TRUE(op.run()) << op.message();
  const auto expected = oracle(real, depth(), GetParam().beta);
  const auto result = op.result<int16_t>();
  ASSERT_EQ(result.size(), expected.size());
  for (size_t i = 0; i < result.size(); ++i) {
    EXPECT_NEAR(result[i], std::min(expected[i] * 65536, 65535.0) - 32768, 4.0) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, Softmax,
                         testing::Values(Case{{1}, 1.0f}, Case{{10}, 1.0f}, Case{{2, 5}, 1.0f},
                                         Case{{3, 7}, 0.5f}, Case{{2, 3, 4}, 2.0f},
                                         Case{{1, 2, 3, 5}, 1.0f}, Case{{2, 1, 2, 2, 3}, 1.0f},
                                         Case{{0, 4}, 1.0f}, Case{{4, 0}, 1.0f},
                                         Case{{1, 1001}, 1.0f}));

TEST(SoftmaxErrors, AreRefused) {
  OpHarness scalar(BATON_OP_SOFTMAX);
  scalar.input<float>({}, {1.0f}).output(BATON_FLOAT32).attributes(with_beta(1));
  EXPECT_EQ(scalar.infer().code(), BATON_INVALID_MODEL);

  OpHarness type(BATON_OP_SOFTMAX);
  type.input<int64_t>({2}, {1, 2}).output(BATON_INT64).attributes(with_beta(1));
  EXPECT_EQ(type.prepare().code(), BATON_UNSUPPORTED);

  OpHarness mixed(BATON_OP_SOFTMAX);
  mixed.input<float>({2}, {1, 2}).output(BATON_INT8).attributes(with_beta(1));
  EXPECT_EQ(mixed.prepare().code(), BATON_INVALID_MODEL);

  OpHarness unquantized(BATON_OP_SOFTMAX);
  unquantized.input<int8_t>({2}, {1, 2}).output(BATON_INT8).attributes(with_beta(1));
  EXPECT_EQ(unquantized.prepare().code(), BATON_INVALID_MODEL);

  OpHarness output_scale(BATON_OP_SOFTMAX);
  output_scale.input<int16_t>({2}, {1, 2}, Quantization::per_tensor(0.1f, 0))
      .output(BATON_INT16, Quantization::per_tensor(0.1f, 0))
      .attributes(with_beta(1));
  EXPECT_EQ(output_scale.prepare().code(), BATON_UNSUPPORTED);

  OpHarness beta(BATON_OP_SOFTMAX);
  beta.input<int8_t>({2}, {1, 2}, Quantization::per_tensor(0.1f, 0))
      .output(BATON_INT8, Quantization::per_tensor(1.0f / 256, -128))
      .attributes(with_beta(0));
  EXPECT_EQ(beta.prepare().code(), BATON_INVALID_MODEL);
}

}  // namespace
}  // namespace baton::test
