// Operators of one input, element by element, with their 8-bit forms.
#include "tests/ops/op_cases.h"

namespace baton::test {
namespace {

const Dims kShapes[] = {{}, {1}, {7}, {2, 3, 5}, {0, 4}, {1, 130, 300}};
const ElementType kFloat{BATON_FLOAT32};

struct Function {
  int32_t code;
  double (*oracle)(double);
  double low;
  double high;
};

double leaky(double x) { return x > 0 ? x : 0.2 * x; }

const Function kFunctions[] = {
    {BATON_OP_ABS, [](double x) { return std::abs(x); }, -9, 9},
    {BATON_OP_NEG, [](double x) { return -x; }, -9, 9},
    {BATON_OP_EXP, [](double x) { return std::exp(x); }, -9, 9},
    {BATON_OP_LOG, [](double x) { return std::log(x); }, 0.01, 0.9},
    {BATON_OP_SQRT, [](double x) { return std::sqrt(x); }, 0, 90},
    {BATON_OP_RSQRT, [](double x) { return 1 / std::sqrt(x); }, 0.1, 90},
    {BATON_OP_SQUARE, [](double x) { return x * x; }, -9, 9},
    {BATON_OP_FLOOR, [](double x) { return std::floor(x); }, -9, 9},
    {BATON_OP_CEIL, [](double x) { return std::ceil(x); }, -9, 9},
    {BATON_OP_ROUND, [](double x) { return x - std::remainder(x, 1.0); }, -9, 9},
    {BATON_OP_SIGN, [](double x) { return x < 0 ? -1.0 : 1.0; }, -9, 9},
    {BATON_OP_SIN, [](double x) { return std::sin(x); }, -9, 9},
    {BATON_OP_COS, [](double x) { return std::cos(x); }, -9, 9},
    {BATON_OP_ELU, [](double x) { return x < 0 ? std::expm1(x) : x; }, -9, 9},
    {BATON_OP_LOGISTIC, [](double x) { return 1 / (1 + std::exp(-x)); }, -9, 9},
    {BATON_OP_TANH, [](double x) { return std::tanh(x); }, -9, 9},
    {BATON_OP_RELU, [](double x) { return std::max(x, 0.0); }, -9, 9},
    {BATON_OP_RELU6, [](double x) { return std::clamp(x, 0.0, 6.0); }, -9, 9},
    {BATON_OP_RELU_N1_TO_1, [](double x) { return std::clamp(x, -1.0, 1.0); }, -9, 9},
    {BATON_OP_RELU_0_TO_1, [](double x) { return std::clamp(x, 0.0, 1.0); }, -9, 9},
    {BATON_OP_GELU, [](double x) { return x / 2 * std::erfc(-x * std::sqrt(0.5)); }, -6, 6},
    {BATON_OP_LEAKY_RELU, leaky, -9, 9},
    {BATON_OP_HARD_SWISH, [](double x) { return x * std::clamp(x + 3, 0.0, 6.0) / 6; }, -9, 9},
};

void check(const Function& function, const Dims& dims, const ElementType& from,
           const ElementType& to) {
  SCOPED_TRACE("operator " + std::to_string(function.code) + " " + text_of(dims) + " " +
               dtype_name(from.dtype));
  Reals input = scattered(count_of(dims), function.low, function.high, 3);
  OpHarness op(function.code);
  add_input(op, dims, input, from);
  op.output(to.dtype, to.quantization()).threads(3);
  if (function.code == BATON_OP_LEAKY_RELU) {
    baton_leaky_relu_attributes attributes = BATON_LEAKY_RELU_ATTRIBUTES_INIT;
    attributes.alpha = 0.2f;
    op.attributes(attributes);
  }
  if (function.code == BATON_OP_GELU) {
    op.attributes(baton_gelu_attributes(BATON_GELU_ATTRIBUTES_INIT));
  }
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.dims(), dims);
  Reals expected;
  for (const double x : input) expected.push_back(function.oracle(x));
  expect_close(op, expected, to, 3e-6);
}

TEST(Unary, Float) {
  for (const Function& function : kFunctions) {
    for (const Dims& dims : kShapes) check(function, dims, kFloat, kFloat);
  }
}

struct Quantized {
  int32_t code;
  ElementType from;
  ElementType to;
};
const Quantized kQuantized[] = {
    {BATON_OP_LOGISTIC, {BATON_UINT8, 0.1f, 128}, {BATON_UINT8, 1.0f / 256, 0}},
    {BATON_OP_LOGISTIC, {BATON_INT8, 0.05f, -30}, {BATON_INT8, 1.0f / 256, -128}},
    {BATON_OP_TANH, {BATON_UINT8, 0.05f, 128}, {BATON_UINT8, 1.0f / 128, 128}},
    {BATON_OP_TANH, {BATON_INT8, 0.02f, 100}, {BATON_INT8, 1.0f / 128, 0}},
    {BATON_OP_RELU, {BATON_UINT8, 0.1f, 128}, {BATON_UINT8, 0.05f, 0}},
    {BATON_OP_RELU, {BATON_INT8, 0.1f, -28}, {BATON_INT8, 0.2f, -128}},
    {BATON_OP_RELU, {BATON_INT16, 0.001f, 0}, {BATON_INT16, 0.0005f, 0}},
    {BATON_OP_RELU6, {BATON_UINT8, 0.1f, 128}, {BATON_UINT8, 6.0f / 255, 0}},
    {BATON_OP_RELU6, {BATON_INT8, 0.1f, 0}, {BATON_INT8, 0.1f, 0}},
    {BATON_OP_RELU_N1_TO_1, {BATON_UINT8, 0.05f, 128}, {BATON_UINT8, 0.01f, 128}},
    {BATON_OP_RELU_N1_TO_1, {BATON_INT8, 0.05f, 50}, {BATON_INT8, 0.02f, 127}},
    {BATON_OP_RELU_0_TO_1, {BATON_UINT8, 0.05f, 128}, {BATON_UINT8, 0.01f, 100}},
    {BATON_OP_RELU_0_TO_1, {BATON_INT8, 0.05f, -50}, {BATON_INT8, 1.0f / 255, -128}},
    {BATON_OP_GELU, {BATON_UINT8, 0.04f, 128}, {BATON_UINT8, 0.03f, 20}},
    {BATON_OP_GELU, {BATON_INT8, 0.05f, -10}, {BATON_INT8, 0.02f, -100}},
    {BATON_OP_LEAKY_RELU, {BATON_UINT8, 0.1f, 128}, {BATON_UINT8, 0.05f, 50}},
    {BATON_OP_LEAKY_RELU, {BATON_INT8, 0.1f, 10}, {BATON_INT8, 0.1f, -100}},
    {BATON_OP_LEAKY_RELU, {BATON_INT16, 0.0004f, 0}, {BATON_INT16, 0.0003f, 0}},
    {BATON_OP_ELU, {BATON_INT8, 0.05f, 0}, {BATON_INT8, 0.05f, -100}},
    {BATON_OP_RSQRT, {BATON_INT8, 0.05f, -128}, {BATON_INT8, 0.04f, -128}},
};

TEST(Unary, QuantizedTypes) {
  for (const Quantized& each : kQuantized) {
    const Function* function = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                            [&](const auto& f) { return f.code == each.code; });
    for (const Dims& dims : kShapes) check(*function, dims, each.from, each.to);
  }
}

// What is interpolated errs by more than a unit.
TEST(Unary, Int16Tables) {
  const auto logistic = [](double x) { return 1 / (1 + std::exp(-x)); };
  const auto tanh = [](double x) { return std::tanh(x); };
  const auto rsqrt = [](double x) { return 1 / std::sqrt(x); };
  const struct {
    int32_t code;
    double (*oracle)(double);
    float input_scale;
    float output_scale;
    double low;
    double high;
    double units;
  } table[] = {
      {BATON_OP_LOGISTIC, logistic, 0.0003f, 1.0f / 32768, -9, 9, 1.5},
      {BATON_OP_LOGISTIC, logistic, 1.0f / 4096, 1.0f / 32768, -9, 9, 1.5},
      {BATON_OP_TANH, tanh, 0.0003f, 1.0f / 32768, -9, 9, 2.5},
      {BATON_OP_TANH, tanh, 1.0f / 4096, 1.0f / 32768, -9, 9, 2.5},
      {BATON_OP_TANH, tanh, 1.0f / 2048, 1.0f / 32768, -9, 9, 2.5},
      {BATON_OP_RSQRT, rsqrt, 0.001f, 2e-5f, 8, 30, 2},
  };
  for (const auto& each : table) {
    SCOPED_TRACE(std::to_string(each.code) + " " + std::to_string(each.input_scale));
    const ElementType from{BATON_INT16, each.input_scale, 0};
    const ElementType to{BATON_INT16, each.output_scale, 0};
    Reals input = scattered(3000, each.low, each.high, 8);
    OpHarness op(each.code);
    add_input(op, {3000}, input, from);
    op.output(BATON_INT16, to.quantization()).threads(3);
    ASSERT_TRUE(op.run()) << op.message();
    const Reals actual = result_reals(op, to);
    for (size_t i = 0; i < input.size(); ++i) {
      const double exact = std::clamp(each.oracle(input[i]), -32768.0 * each.output_scale,
                                      32767.0 * each.output_scale);
      ASSERT_NEAR(actual[i], exact, each.units * each.output_scale) << input[i];
    }
  }
}

// By hand. A half and nothing are exact, and beyond the table's 32 / 3 its ends are taken. At scale
// 1/4096, 1 is entry 24 of the table, 47911, and tanh(1) 2 * entry 48, 57724, - 1; 100 is 300 of
// 512 steps from the first entry to the second, 33451.
TEST(Unary, Int16Bits) {
  const struct {
    int32_t code;
    float scale;
    std::vector<int16_t> input;
    std::vector<int16_t> expected;
  } table[] = {{BATON_OP_LOGISTIC, 0.001f, {0, 32767, -32768}, {16384, 32767, 1}},
               {BATON_OP_TANH, 0.001f, {0, 32767, -32768}, {0, 32767, -32767}},
               {BATON_OP_LOGISTIC, 1.0f / 4096, {4096, 100}, {23956, 16584}},
               {BATON_OP_TANH, 1.0f / 4096, {4096, -4096}, {24956, -24956}},
               {BATON_OP_TANH, 1.0f / 2048, {2048, -2048}, {24956, -24956}}};
  for (const auto& each : table) {
    OpHarness op(each.code);
    op.input({static_cast<int32_t>(each.input.size())}, each.input,
             Quantization::per_tensor(each.scale, 0))
        .output(BATON_INT16, Quantization::per_tensor(1.0f / 32768, 0));
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.result<int16_t>(), each.expected) << each.code << " " << each.scale;
  }
}

// No root of less than nothing; that of nothing is the largest output.
TEST(Unary, QuantizedRsqrtAtZero) {
  const auto run = [](std::vector<int8_t> input) {
    OpHarness op(BATON_OP_RSQRT);
    op.input({static_cast<int32_t>(input.size())}, input, Quantization::per_tensor(0.25f, -3))
        .output(BATON_INT8, Quantization::per_tensor(0.125f, -100));
    EXPECT_TRUE(op.run() || op.status().code() == BATON_INVALID_ARGUMENT) << op.message();
    return op.status().ok() ? op.result<int8_t>() : std::vector<int8_t>{};
  };
  // 1 / sqrt(0.25) = 2 is 16 steps, 1 / sqrt(1) 8, 1 / sqrt(4) 4.
  EXPECT_EQ(run({-3, -2, 1, 13}), (std::vector<int8_t>{127, -84, -92, -96}));
  EXPECT_EQ(run({-4}), std::vector<int8_t>{});
}

// The 16-bit arithmetic is coarser than one unit of a fine output: within 1 % of the range here.
TEST(Unary, QuantizedHardSwish) {
  for (const ElementType& type :
       {ElementType{BATON_UINT8, 0.05f, 128}, ElementType{BATON_INT8, 0.06f, 20}}) {
    for (const float output_scale : {0.03f, 0.06f}) {
      const ElementType to{type.dtype, output_scale, type.zero_point};
      Reals input = scattered(500, -6, 6, 4);
      OpHarness op(BATON_OP_HARD_SWISH);
      add_input(op, {500}, input, type);
      op.output(to.dtype, to.quantization());
      ASSERT_TRUE(op.run()) << op.message();
      const Reals actual = result_reals(op, to);
      const double low = ((type.dtype == BATON_INT8 ? -128 : 0) - 1.0 * to.zero_point) * to.scale;
      const double high = ((type.dtype == BATON_INT8 ? 127 : 255) - 1.0 * to.zero_point) * to.scale;
      for (size_t i = 0; i < input.size(); ++i) {
        const double exact = input[i] * std::clamp(input[i] + 3, 0.0, 6.0) / 6;
        EXPECT_NEAR(actual[i], std::clamp(exact, low, high), 1.51 * to.scale) << input[i];
      }
    }
  }
}

TEST(Unary, IntegersAndBools) {
  {
    OpHarness op(BATON_OP_NEG);
    op.input<int32_t>({3}, {5, -7, INT32_MIN}).output(BATON_INT32);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.result<int32_t>(), (std::vector<int32_t>{-5, 7, INT32_MIN}));
  }
  {
    OpHarness op(BATON_OP_NEG);
    op.input<int64_t>({2}, {5, INT64_MIN}).output(BATON_INT64);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.result<int64_t>(), (std::vector<int64_t>{-5, INT64_MIN}));
  }
  {
    OpHarness op(BATON_OP_ABS);
    op.input<int32_t>({3}, {5, -7, INT32_MIN}).output(BATON_INT32);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.result<int32_t>(), (std::vector<int32_t>{5, 7, INT32_MIN}));
  }
  {
    OpHarness op(BATON_OP_LOGICAL_NOT);
    op.input<bool>({2}, {true, false}).output(BATON_BOOL);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.result<bool>(), (std::vector<bool>{false, true}));
  }
}

TEST(Unary, HalvesRoundToEven) {
  const float infinity = std::numeric_limits<float>::infinity();
  OpHarness op(BATON_OP_ROUND);
  op.input<float>({10},
                  {-2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 1e9f, -8388607.5f, infinity, -infinity});
  op.output(BATON_FLOAT32);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.result<float>(),
            (std::vector<float>{-2, -2, 0, 0, 2, 2, 1e9f, -8388608, infinity, -infinity}));
}

TEST(Unary, SignOfZeroAndOtherTypes) {
  OpHarness real(BATON_OP_SIGN);
  real.input<double>({3}, {-1e-300, 0, 7}).output(BATON_FLOAT64);
  ASSERT_TRUE(real.run()) << real.message();
  EXPECT_EQ(real.result<double>(), (std::vector<double>{-1, 0, 1}));
  OpHarness integer(BATON_OP_SIGN);
  integer.input<int32_t>({3}, {INT32_MIN, 0, 7}).output(BATON_INT32);
  ASSERT_TRUE(integer.run()) << integer.message();
  EXPECT_EQ(integer.result<int32_t>(), (std::vector<int32_t>{-1, 0, 1}));
}

TEST(Unary, ApproximateGelu) {
  baton_gelu_attributes attributes = BATON_GELU_ATTRIBUTES_INIT;
  attributes.approximate = 1;
  Reals input = scattered(100, -6, 6, 9);
  OpHarness op(BATON_OP_GELU);
  add_input(op, {100}, input, kFloat);
  op.attributes(attributes).output(BATON_FLOAT32);
  ASSERT_TRUE(op.run()) << op.message();
  const Reals actual = result_reals(op, kFloat);
  for (size_t i = 0; i < input.size(); ++i) {
    const double x = input[i];
    const double inner = std::sqrt(2 / std::acos(-1.0)) * (x + 0.044715 * x * x * x);
    EXPECT_NEAR(actual[i], x / 2 * (1 + std::tanh(inner)), 2e-6) << x;
  }
}

TEST(Unary, Refusals) {
  {
    OpHarness op(BATON_OP_SIN);
    op.input<int32_t>({1}, {1}).output(BATON_INT32);
    const Status status = op.prepare();
    EXPECT_EQ(status.code(), BATON_UNSUPPORTED);
    EXPECT_EQ(status.message(), "int32 input is not supported; float32 is");
  }
  {
    OpHarness op(BATON_OP_LOGISTIC);  // the output scale is fixed
    op.input<int8_t>({1}, {1}, Quantization::per_tensor(1, 0))
        .output(BATON_INT8, Quantization::per_tensor(0.5f, 0));
    EXPECT_FALSE(op.prepare().ok());
  }
  {
    OpHarness op(BATON_OP_RELU);
    op.input<int8_t>({1}, {1}).output(BATON_INT8);
    EXPECT_FALSE(op.prepare().ok());
  }
  {
    OpHarness op(BATON_OP_TANH);
    op.input<float>({1}, {1}).output(BATON_INT8, Quantization::per_tensor(1, 0));
    EXPECT_FALSE(op.prepare().ok());
  }
}

TEST(Unary, Int16Refusals) {
  const auto prepare = [](int32_t code, float input_scale, int64_t zero_point, float output_scale) {
    OpHarness op(code);
    op.input<int16_t>({1}, {1}, Quantization::per_tensor(input_scale, zero_point))
        .output(BATON_INT16, Quantization::per_tensor(output_scale, 0));
    return op.prepare().code();
  };
  for (const int32_t code : {BATON_OP_LOGISTIC, BATON_OP_TANH}) {
    EXPECT_EQ(prepare(code, 0.001f, 0, 1.0f / 32768), BATON_OK);
    EXPECT_EQ(prepare(code, 0.001f, 1, 1.0f / 32768), BATON_UNSUPPORTED);
    EXPECT_EQ(prepare(code, 0.001f, 0, 1.0f / 256), BATON_UNSUPPORTED);
    EXPECT_EQ(prepare(code, 3.0f, 0, 1.0f / 32768), BATON_UNSUPPORTED);
    EXPECT_EQ(prepare(code, 1e-38f, 0, 1.0f / 32768), BATON_OK);
  }
}

TEST(Unary, NanStaysNan) {
  for (const int32_t code : {BATON_OP_RELU, BATON_OP_LOGISTIC, BATON_OP_TANH, BATON_OP_ABS,
                             BATON_OP_ROUND, BATON_OP_CEIL, BATON_OP_SIGN}) {
    OpHarness op(code);
    op.input<float>({1}, {std::numeric_limits<float>::quiet_NaN()}).output(BATON_FLOAT32);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_TRUE(std::isnan(op.result<float>()[0])) << code;
  }
}

}  // namespace
}  // namespace baton::test
