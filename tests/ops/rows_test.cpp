// Operators along the last dimension: LOG_SOFTMAX, L2_NORMALIZATION, LOCAL_RESPONSE_NORMALIZATION.
#include "tests/ops/op_cases.h"

namespace baton::test {
namespace {

const Dims kShapes[] = {{1}, {7}, {3, 5}, {2, 3, 4, 300}, {2, 0}, {0, 3}};
const ElementType kFloat{BATON_FLOAT32};

using RowFunction = void (*)(const double* in, double* out, size_t depth);

void log_softmax(const double* in, double* out, size_t depth) {
  const double largest = *std::max_element(in, in + depth);
  double sum = 0;
  for (size_t i = 0; i < depth; ++i) sum += std::exp(in[i] - largest);
  for (size_t i = 0; i < depth; ++i) out[i] = in[i] - largest - std::log(sum);
}

void l2_norm(const double* in, double* out, size_t depth) {
  double squares = 0;
  for (size_t i = 0; i < depth; ++i) squares += in[i] * in[i];
  for (size_t i = 0; i < depth; ++i) out[i] = in[i] / std::max(std::sqrt(squares), 1e-6);
}

void check(int32_t code, RowFunction function, const Dims& dims, const ElementType& from,
           const ElementType& to, double low, double high, double units) {
  SCOPED_TRACE("operator " + std::to_string(code) + text_of(dims) + dtype_name(from.dtype));
  Reals input = scattered(count_of(dims), low, high, 12);
  OpHarness op(code);
  add_input(op, dims, input, from);
  if (code == BATON_OP_L2_NORMALIZATION) {
    op.attributes(baton_l2_norm_attributes(BATON_L2_NORM_ATTRIBUTES_INIT));
  }
  op.output(to.dtype, to.quantization()).threads(2);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.dims(), dims);
  Reals expected(input.size());
  const auto depth = static_cast<size_t>(dims.back());
  for (size_t at = 0; at < input.size(); at += depth) function(&input[at], &expected[at], depth);
  const Reals actual = result_reals(op, to);
  ASSERT_EQ(actual.size(), expected.size());
  if (!to.quantized()) {
    // Differences of numbers of the input's size, which may cancel.
    for (size_t i = 0; i < actual.size(); ++i) ASSERT_NEAR(actual[i], expected[i], 1e-6 * high);
    return;
  }
  const double unit = static_cast<double>(to.scale);
  const double type_low = to.dtype == BATON_UINT8 ? 0 : -128;
  const auto zero = static_cast<double>(to.zero_point);
  for (size_t i = 0; i < actual.size(); ++i) {
    const double exact =
        std::clamp(expected[i], (type_low - zero) * unit, (type_low + 255 - zero) * unit);
    ASSERT_NEAR(actual[i], exact, units * unit) << "element " << i;
  }
}

TEST(LogSoftmax, EveryType) {
  for (const Dims& dims : kShapes) {
    check(BATON_OP_LOG_SOFTMAX, log_softmax, dims, kFloat, kFloat, -9, 9, 0);
    const ElementType int8_out{BATON_INT8, 1.0f / 16, 127};
    const ElementType uint8_out{BATON_UINT8, 1.0f / 16, 255};
    check(BATON_OP_LOG_SOFTMAX, log_softmax, dims, {BATON_INT8, 0.1f, 5}, int8_out, -12, 12, 0.51);
    check(BATON_OP_LOG_SOFTMAX, log_softmax, dims, {BATON_UINT8, 0.05f, 100}, uint8_out, -5, 7,
          0.51);
    check(BATON_OP_LOG_SOFTMAX, log_softmax, dims, {BATON_INT8, 0.5f, 0}, int8_out, -60, 60, 0.51);
  }
}

TEST(LogSoftmax, Refusals) {
  OpHarness scalar(BATON_OP_LOG_SOFTMAX);
  scalar.input<float>({}, {1}).output(BATON_FLOAT32);
  EXPECT_EQ(scalar.infer().code(), BATON_INVALID_MODEL);
  OpHarness scale(BATON_OP_LOG_SOFTMAX);
  scale.input<int8_t>({1}, {1}, Quantization::per_tensor(0.1f, 0));
  scale.output(BATON_INT8, Quantization::per_tensor(0.1f, 127));
  EXPECT_EQ(scale.prepare().code(), BATON_INVALID_MODEL);
  OpHarness tiny(BATON_OP_LOG_SOFTMAX);
  tiny.input<int8_t>({1}, {1}, Quantization::per_tensor(1e-12f, 0));
  tiny.output(BATON_INT8, Quantization::per_tensor(1.0f / 16, 127));
  EXPECT_EQ(tiny.prepare().code(), BATON_INVALID_MODEL);
  OpHarness type(BATON_OP_LOG_SOFTMAX);
  type.input<int16_t>({1}, {1}).output(BATON_INT16);
  EXPECT_EQ(type.prepare().code(), BATON_UNSUPPORTED);
}

TEST(L2Normalization, EveryType) {
  for (const Dims& dims : kShapes) {
    check(BATON_OP_L2_NORMALIZATION, l2_norm, dims, kFloat, kFloat, -9, 9, 0);
    check(BATON_OP_L2_NORMALIZATION, l2_norm, dims, {BATON_INT8, 0.1f, 5},
          {BATON_INT8, 1.0f / 128, 0}, -12, 12, 1.01);
    check(BATON_OP_L2_NORMALIZATION, l2_norm, dims, {BATON_UINT8, 0.05f, 100},
          {BATON_UINT8, 1.0f / 128, 128}, -5, 7, 1.01);
  }
}

TEST(L2Normalization, OfZeros) {
  OpHarness real(BATON_OP_L2_NORMALIZATION);
  real.input<float>({2}, {0, 1e-9f}).output(BATON_FLOAT32);
  real.attributes(baton_l2_norm_attributes(BATON_L2_NORM_ATTRIBUTES_INIT));
  ASSERT_TRUE(real.run()) << real.message();
  EXPECT_FLOAT_EQ(real.result<float>()[1], 1e-3f);
  OpHarness quantised(BATON_OP_L2_NORMALIZATION);
  quantised.input<int8_t>({2}, {3, 3}, Quantization::per_tensor(1, 3));
  quantised.output(BATON_INT8, Quantization::per_tensor(1.0f / 128, 0));
  quantised.attributes(baton_l2_norm_attributes(BATON_L2_NORM_ATTRIBUTES_INIT));
  ASSERT_TRUE(quantised.run()) << quantised.message();
  EXPECT_EQ(quantised.result<int8_t>(), (std::vector<int8_t>{0, 0}));
}

TEST(L2Normalization, Refusals) {
  baton_l2_norm_attributes relu = BATON_L2_NORM_ATTRIBUTES_INIT;
  relu.fused_activation_function = BATON_ACTIVATION_RELU;
  OpHarness activation(BATON_OP_L2_NORMALIZATION);
  activation.input<float>({1}, {1}).output(BATON_FLOAT32).attributes(relu);
  EXPECT_EQ(activation.infer().code(), BATON_UNSUPPORTED);
  OpHarness scale(BATON_OP_L2_NORMALIZATION);
  scale.input<int8_t>({1}, {1}, Quantization::per_tensor(0.1f, 0));
  scale.output(BATON_INT8, Quantization::per_tensor(0.1f, 0));
  scale.attributes(baton_l2_norm_attributes(BATON_L2_NORM_ATTRIBUTES_INIT));
  EXPECT_EQ(scale.prepare().code(), BATON_INVALID_MODEL);
}

TEST(LocalResponseNormalization, WindowWithoutItsLastChannel) {
  for (const int32_t radius : {0, 1, 2, 5, 100, -3}) {
    for (const Dims& dims : {Dims{1, 2, 3, 7}, Dims{2, 1, 1, 1}, Dims{1, 0, 2, 3}}) {
      Reals input = scattered(count_of(dims), -2, 2, 13);
      baton_local_response_normalization_attributes attributes =
          BATON_LOCAL_RESPONSE_NORMALIZATION_ATTRIBUTES_INIT;
      attributes.radius = radius;
      attributes.bias = 1.5f;
      attributes.alpha = 0.5f;
      attributes.beta = 0.75f;
      OpHarness op(BATON_OP_LOCAL_RESPONSE_NORMALIZATION);
      add_input(op, dims, input, kFloat);
      op.attributes(attributes).output(BATON_FLOAT32).threads(2);
      ASSERT_TRUE(op.run()) << op.message();
      Reals expected;
      for (size_t i = 0; i < input.size(); ++i) {
        const auto at = static_cast<int32_t>(i) % dims[3];
        double squares = 0;
        for (int32_t k = 0; k < dims[3]; ++k) {
          const double x = input[i - static_cast<size_t>(at) + static_cast<size_t>(k)];
          if (k >= at - radius && k < at + radius) squares += x * x;
        }
        expected.push_back(input[i] / std::pow(1.5 + 0.5 * squares, 0.75));
      }
      expect_close(op, expected, kFloat, 1e-5);
    }
  }
  OpHarness rank(BATON_OP_LOCAL_RESPONSE_NORMALIZATION);
  rank.input<float>({1}, {1}).output(BATON_FLOAT32);
  EXPECT_EQ(rank.infer().code(), BATON_INVALID_MODEL);
}

}  // namespace
}  // namespace baton::test
