#include <gtest/gtest.h>

#include "tests/ops/oracle_window.h"

namespace baton::test {
namespace {

baton_pool_2d_attributes attributes_of(const WindowCase& c) {
  baton_pool_2d_attributes attributes = BATON_POOL_2D_ATTRIBUTES_INIT;
  attributes.padding = c.padding;
  attributes.stride_h = c.stride_h;
  attributes.stride_w = c.stride_w;
  attributes.filter_height = c.filter_height;
  attributes.filter_width = c.filter_width;
  attributes.fused_activation_function = c.activation;
  return attributes;
}

class Pool2D : public testing::TestWithParam<WindowCase> {
 protected:
  const WindowCase& c() const { return GetParam(); }
  std::vector<int32_t> input_dims() const {
    return {c().batch, c().height, c().width, c().channels};
  }
  size_t input_count() const {
    return static_cast<size_t>(c().batch) * c().height * c().width * c().channels;
  }
  std::vector<int32_t> output_dims() const {
    const WindowOracle window(c());
    return {c().batch, window.y.size, window.x.size, c().channels};
  }

  void check_float(int32_t code) {
    auto input = Numbers(23).reals(input_count());
    for (float& value : input) value *= 8;
    OpHarness op(code);
    op.input(input_dims(), input).output(BATON_FLOAT32).attributes(attributes_of(c())).threads(2);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), output_dims());
    expect_float_near(
        op.result<float>(),
        oracle_pool(c(), {input.begin(), input.end()}, code == BATON_OP_AVERAGE_POOL_2D),
        c().activation);
  }

  // Rounds half away from zero on the stored numbers; nothing is left to tolerance.
  template <typename T>
  void check_integer(int32_t code, int64_t zero_point) {
    constexpr int32_t low = std::numeric_limits<T>::lowest();
    constexpr int32_t high = std::numeric_limits<T>::max();
    const auto input = Numbers(29).integers<T>(input_count(), low, high);
    const auto q = Quantization::per_tensor(0.0625f, zero_point);
    OpHarness op(code);
    op.input(input_dims(), input, q).output(dtype_of<T>(), q).attributes(attributes_of(c()));
    op.threads(3);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), output_dims());
    const Reals exact =
        oracle_pool(c(), {input.begin(), input.end()}, code == BATON_OP_AVERAGE_POOL_2D);
    const auto result = op.result<T>();
    ASSERT_EQ(result.size(), exact.size());
    for (size_t i = 0; i < exact.size(); ++i) {
      const double rounded = std::round(exact[i]);
      const double real =
          oracle_activation(c().activation, (rounded - static_cast<double>(zero_point)) * 0.0625);
      const double stored = std::min(
          std::max(real / 0.0625 + static_cast<double>(zero_point), static_cast<double>(low)),
          static_cast<double>(high));
      ASSERT_EQ(static_cast<double>(result[i]), stored) << i;
    }
  }
};

TEST_P(Pool2D, AverageFloat) { check_float(BATON_OP_AVERAGE_POOL_2D); }
TEST_P(Pool2D, MaxFloat) { check_float(BATON_OP_MAX_POOL_2D); }
TEST_P(Pool2D, AverageInteger) {
  for (const int64_t zero : {0, 128, 255}) check_integer<uint8_t>(BATON_OP_AVERAGE_POOL_2D, zero);
  for (const int64_t zero : {-128, 5, 127}) check_integer<int8_t>(BATON_OP_AVERAGE_POOL_2D, zero);
  check_integer<int16_t>(BATON_OP_AVERAGE_POOL_2D, 0);
}
TEST_P(Pool2D, MaxInteger) {
  for (const int64_t zero : {0, 128, 255}) check_integer<uint8_t>(BATON_OP_MAX_POOL_2D, zero);
  for (const int64_t zero : {-128, 5, 127}) check_integer<int8_t>(BATON_OP_MAX_POOL_2D, zero);
  check_integer<int16_t>(BATON_OP_MAX_POOL_2D, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, Pool2D,
    testing::Values(
        // batch, height, width, channels, window, stride, dilation, padding, activation
        WindowCase{1, 4, 4, 3, 2, 2, 2, 2, 1, 1, 1, 0},
        WindowCase{1, 5, 5, 3, 2, 2, 2, 2, 1, 1, 0, 0},
        WindowCase{2, 7, 6, 65, 3, 2, 1, 2, 1, 1, 0, 3},
        WindowCase{1, 7, 7, 130, 7, 7, 1, 1, 1, 1, 1, 1},
        WindowCase{1, 3, 3, 2, 5, 5, 1, 1, 1, 1, 0, 2},
        WindowCase{1, 9, 4, 1, 1, 1, 3, 3, 1, 1, 0, 0},
        WindowCase{1, 2, 2, 1, 3, 3, 4, 4, 1, 1, 1, 0},
        WindowCase{0, 4, 4, 2, 2, 2, 2, 2, 1, 1, 0, 0},
        WindowCase{1, 0, 4, 2, 2, 2, 2, 2, 1, 1, 0, 0},
        WindowCase{1, 4, 4, 0, 2, 2, 2, 2, 1, 1, 0, 0}));

TEST(Pool2DErrors, AreRefused) {
  const WindowCase good{1, 4, 4, 1, 2, 2, 2, 2, 1, 1, 1, 0};
  const auto infer = [](const std::vector<int32_t>& dims, const WindowCase& c) {
    OpHarness op(BATON_OP_MAX_POOL_2D);
    op.input(dims, std::vector<float>(element_count(dims).value_or(0)));
    op.output(BATON_FLOAT32).attributes(attributes_of(c));
    return op.infer().code();
  };
  EXPECT_EQ(infer({1, 4, 4, 1}, good), BATON_OK);
  EXPECT_EQ(infer({4, 4, 1}, good), BATON_INVALID_MODEL);
  WindowCase bad = good;
  bad.filter_height = 0;
  EXPECT_EQ(infer({1, 4, 4, 1}, bad), BATON_INVALID_MODEL);
  bad = good;
  bad.stride_w = 0;
  EXPECT_EQ(infer({1, 4, 4, 1}, bad), BATON_INVALID_MODEL);
  bad = good;
  bad.filter_width = 100;
  EXPECT_EQ(infer({1, 4, 4, 1}, bad), BATON_INVALID_MODEL);
  bad = good;
  bad.padding = 2;
  EXPECT_EQ(infer({1, 4, 4, 1}, bad), BATON_INVALID_MODEL);

  OpHarness type(BATON_OP_AVERAGE_POOL_2D);
  type.input({1, 4, 4, 1}, std::vector<int32_t>(16)).output(BATON_INT32);
  type.attributes(attributes_of(good));
  EXPECT_EQ(type.prepare().code(), BATON_UNSUPPORTED);
  OpHarness mixed(BATON_OP_AVERAGE_POOL_2D);
  mixed.input({1, 4, 4, 1}, std::vector<float>(16)).output(BATON_INT8);
  mixed.attributes(attributes_of(good));
  EXPECT_EQ(mixed.prepare().code(), BATON_INVALID_MODEL);
}

}  // namespace
}  // namespace baton::test
