// Values worked out by hand: an oracle that nobody checks proves nothing.
#include "tests/support/oracle.h"

#include <gtest/gtest.h>

#include <cmath>

namespace baton::test::oracle {
namespace {

using Values = std::vector<double>;

Tensor tensor(std::vector<int> shape, Values values) {
  EXPECT_EQ(element_count(shape), values.size());
  return {std::move(shape), std::move(values)};
}

void expect_tensor(const Tensor& actual, const std::vector<int>& shape, const Values& values) {
  EXPECT_EQ(actual.shape, shape);
  ASSERT_EQ(actual.values.size(), values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    EXPECT_NEAR(actual.values[i], values[i], 1e-12 * std::max(1.0, std::fabs(values[i]))) << i;
  }
}

Window window(Padding padding, int stride, int dilation = 1, int filter = 1) {
  Window w;
  w.padding = padding;
  w.stride_h = w.stride_w = stride;
  w.dilation_h = w.dilation_w = dilation;
  w.filter_h = w.filter_w = filter;
  return w;
}

const Tensor& counting() {  // 1 to 9 in a 3 x 3 square
  static const Tensor t = tensor({1, 3, 3, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  return t;
}

TEST(Oracle, Windows) {
  const struct {
    int input, filter, stride, dilation;
    Padding padding;
    int count, first;
  } cases[] = {
      {224, 3, 2, 1, Padding::kSame, 112, 0},  // one cell missing: at the end
      {5, 3, 1, 1, Padding::kSame, 5, -1},    {5, 2, 1, 1, Padding::kSame, 5, 0},
      {5, 3, 2, 1, Padding::kSame, 3, -1},    {5, 3, 1, 2, Padding::kSame, 5, -2},
      {5, 1, 3, 1, Padding::kSame, 2, 0},     {5, 3, 1, 1, Padding::kValid, 3, 0},
      {5, 3, 2, 1, Padding::kValid, 2, 0},    {5, 3, 1, 2, Padding::kValid, 1, 0},
      {4, 5, 1, 1, Padding::kValid, 0, 0},
  };
  for (const auto& c : cases) {
    const Span span = windows(c.input, c.filter, c.stride, c.dilation, c.padding);
    EXPECT_EQ(span.count, c.count) << c.input << " " << c.filter;
    EXPECT_EQ(span.first, c.first) << c.input << " " << c.filter;
  }
}

TEST(Oracle, Conv2d) {
  const Tensor filter = tensor({1, 2, 2, 1}, {1, 10, 100, 1000});
  expect_tensor(conv_2d(counting(), filter, {0.5}, window(Padding::kValid, 1)), {1, 2, 2, 1},
                {5421.5, 6532.5, 8754.5, 9865.5});
  expect_tensor(conv_2d(counting(), filter, {}, window(Padding::kSame, 2)), {1, 2, 2, 1},
                {5421, 603, 87, 9});
  Window clipped = window(Padding::kSame, 2);
  clipped.activation = Activation::kRelu6;
  expect_tensor(conv_2d(counting(), filter, {-600}, clipped), {1, 2, 2, 1}, {6, 3, 0, 0});
  // Dilation: corners of the square.
  expect_tensor(conv_2d(counting(), filter, {}, window(Padding::kValid, 1, 2)), {1, 1, 1, 1},
                {9731});
  // Two inputs, two outputs; then two groups of one.
  const Tensor pixel = tensor({1, 1, 1, 2}, {3, 5});
  expect_tensor(
      conv_2d(pixel, tensor({2, 1, 1, 2}, {1, 2, 3, 4}), {0, 1}, window(Padding::kValid, 1)),
      {1, 1, 1, 2}, {13, 30});
  expect_tensor(conv_2d(pixel, tensor({2, 1, 1, 1}, {10, 100}), {}, window(Padding::kValid, 1)),
                {1, 1, 1, 2}, {30, 500});
}

TEST(Oracle, DepthwiseConv2d) {
  const Tensor pixel = tensor({1, 1, 1, 2}, {3, 5});
  expect_tensor(depthwise_conv_2d(pixel, tensor({1, 1, 1, 4}, {1, 10, 100, 1000}), {1, 2, 3, 4},
                                  window(Padding::kValid, 1)),
                {1, 1, 1, 4}, {4, 32, 503, 5004});
  expect_tensor(depthwise_conv_2d(counting(), tensor({1, 2, 2, 1}, {1, 10, 100, 1000}), {},
                                  window(Padding::kSame, 2)),
                {1, 2, 2, 1}, {5421, 603, 87, 9});
}

TEST(Oracle, TransposeConv2dSpreadsAndIsTheAdjoint) {
  const Tensor input = tensor({1, 2, 2, 1}, {1, 2, 3, 4});
  const Tensor filter = tensor({1, 2, 2, 1}, {1, 10, 100, 1000});
  expect_tensor(transpose_conv_2d({1, 4, 4, 1}, filter, input, {}, window(Padding::kSame, 2)),
                {1, 4, 4, 1},
                {1, 10, 2, 20, 100, 1000, 200, 2000, 3, 30, 4, 40, 300, 3000, 400, 4000});
  // <conv(x), y> = <x, transpose(y)>, the filter's ends exchanged.
  const Tensor x = random({2, 7, 6, 3}, 1), weights = random({4, 3, 2, 3}, 2);
  const Window w = window(Padding::kSame, 2);
  const Tensor forward = conv_2d(x, weights, {}, w);
  const Tensor y = random(forward.shape, 3);
  const Tensor back = transpose_conv_2d(x.shape, transpose(weights, {3, 1, 2, 0}), y, {}, w);
  double left = 0, right = 0;
  for (size_t i = 0; i < y.values.size(); ++i) left += forward.values[i] * y.values[i];
  for (size_t i = 0; i < x.values.size(); ++i) right += x.values[i] * back.values[i];
  EXPECT_NEAR(left, right, 1e-10);
}

TEST(Oracle, FullyConnected) {
  const Tensor input = tensor({2, 1, 2}, {1, 2, -3, 4});
  const Tensor weights = tensor({3, 2}, {1, 0, 0, 1, 1, 1});
  expect_tensor(fully_connected(input, weights, {10, 20, 30}, Activation::kNone), {2, 3},
                {11, 22, 33, 7, 24, 31});
  expect_tensor(fully_connected(input, weights, {}, Activation::kRelu, true), {2, 1, 3},
                {1, 2, 3, 0, 4, 1});
}

TEST(Oracle, Pools) {
  expect_tensor(average_pool_2d(counting(), window(Padding::kSame, 2, 1, 2)), {1, 2, 2, 1},
                {3, 4.5, 7.5, 9});
  expect_tensor(max_pool_2d(counting(), window(Padding::kValid, 1, 1, 2)), {1, 2, 2, 1},
                {5, 6, 8, 9});
  expect_tensor(max_pool_2d(tensor({1, 1, 1, 1}, {-7}), window(Padding::kSame, 1, 1, 3)),
                {1, 1, 1, 1}, {-7});
  expect_tensor(l2_pool_2d(tensor({1, 1, 2, 1}, {3, 4}),
                           [] {
                             Window w;
                             w.filter_w = 2;
                             return w;
                           }()),
                {1, 1, 1, 1}, {std::sqrt(12.5)});
}

TEST(Oracle, Softmax) {
  const double e = std::exp(2.0);
  expect_tensor(softmax(tensor({2, 2}, {1, 2, 1000, 1000}), 2), {2, 2},
                {1 / (1 + e), e / (1 + e), 0.5, 0.5});
  expect_tensor(log_softmax(tensor({1, 2}, {0, 0})), {1, 2}, {-std::log(2.0), -std::log(2.0)});
}

TEST(Oracle, Elementwise) {
  const Tensor column = tensor({2, 1}, {1, 2}), row = tensor({3}, {10, 20, 30});
  expect_tensor(binary(column, row, [](double a, double b) { return b - a; }), {2, 3},
                {9, 19, 29, 8, 18, 28});
  expect_tensor(
      binary(
          row, tensor({}, {15}), [](double a, double b) { return a - b; }, Activation::kRelu),
      {3}, {0, 5, 15});
  EXPECT_EQ(broadcast_shape({4, 1, 3}, {5, 1}), (std::vector<int>{4, 5, 3}));
  EXPECT_EQ(broadcast_shape({1}, {0}), (std::vector<int>{0}));
  EXPECT_EQ(activate(-3, Activation::kReluN1To1), -1);
  EXPECT_EQ(activate(-3, Activation::kSignBit), 1);
  EXPECT_EQ(activate(7, Activation::kRelu6), 6);
  EXPECT_EQ(activate(7, Activation::kRelu), 7);
  EXPECT_EQ(logistic(0), 0.5);
  EXPECT_EQ(hard_swish(-4), 0);
  EXPECT_EQ(hard_swish(1.5), 1.5 * 4.5 / 6);
  EXPECT_EQ(hard_swish(5), 5);
}

TEST(Oracle, Reductions) {
  const Tensor t = tensor({2, 3}, {1, 2, 3, 4, 5, 7});
  expect_tensor(reduce(t, {1}, false, Reduction::kSum), {2}, {6, 16});
  expect_tensor(reduce(t, {-2}, true, Reduction::kMean), {1, 3}, {2.5, 3.5, 5});
  expect_tensor(reduce(t, {0, 1}, false, Reduction::kMax), {}, {7});
  expect_tensor(reduce(t, {0}, false, Reduction::kMin), {3}, {1, 2, 3});
  expect_tensor(reduce(t, {1}, false, Reduction::kProduct), {2}, {6, 140});
  expect_tensor(reduce(t, {}, false, Reduction::kSum), {2, 3}, t.values);
}

TEST(Oracle, Movements) {
  const Tensor t = tensor({2, 3}, {1, 2, 3, 4, 5, 6});
  expect_tensor(pad(t, {{1, 0}, {0, 1}}, 9), {3, 4}, {9, 9, 9, 9, 1, 2, 3, 9, 4, 5, 6, 9});
  expect_tensor(transpose(t, {1, 0}), {3, 2}, {1, 4, 2, 5, 3, 6});
  expect_tensor(transpose(tensor({1, 2, 3}, t.values), {2, 0, 1}), {3, 1, 2}, {1, 4, 2, 5, 3, 6});
  expect_tensor(concatenation({t, tensor({2, 1}, {7, -8})}, -1, Activation::kRelu), {2, 4},
                {1, 2, 3, 7, 4, 5, 6, 0});
  expect_tensor(reshape(t, {3, -1}), {3, 2}, t.values);
  expect_tensor(slice(t, {0, 1}, {-1, 2}), {2, 2}, {2, 3, 5, 6});
  expect_tensor(strided_slice(t, {1, 2}, {-1, -1}, {-1, -2}), {2, 2}, {6, 4, 3, 1});
}

TEST(Oracle, BatchMatmul) {
  const Tensor a = tensor({2, 2}, {1, 2, 3, 4}), b = tensor({2, 2, 1}, {5, 6, 7, 8});
  expect_tensor(batch_matmul(a, b, false, false), {2, 2, 1}, {17, 39, 23, 53});
  expect_tensor(batch_matmul(a, b, true, false), {2, 2, 1}, {23, 34, 31, 46});
  expect_tensor(batch_matmul(tensor({1, 2}, {1, 2}), a, false, true), {1, 2}, {5, 11});
}

TEST(Oracle, Resizes) {
  const Tensor t = tensor({1, 2, 2, 1}, {0, 100, 50, 200});
  expect_tensor(resize_bilinear(t, 2, 4, false, false), {1, 2, 4, 1},
                {0, 50, 100, 100, 50, 125, 200, 200});
  expect_tensor(resize_bilinear(t, 2, 3, true, false), {1, 2, 3, 1}, {0, 50, 100, 50, 125, 200});
  expect_tensor(resize_bilinear(t, 1, 4, false, true), {1, 1, 4, 1}, {25, 56.25, 118.75, 150});
  expect_tensor(resize_nearest(t, 2, 4, false, false), {1, 2, 4, 1},
                {0, 0, 100, 100, 50, 50, 200, 200});
  expect_tensor(resize_nearest(t, 1, 3, true, false), {1, 1, 3, 1}, {0, 100, 100});
  expect_tensor(resize_nearest(t, 1, 1, false, true), {1, 1, 1, 1}, {200});
}

TEST(Oracle, RandomIsSeededAndInFloat) {
  const Tensor a = random({50}, 5, -2, 3);
  EXPECT_EQ(a.values, random({50}, 5, -2, 3).values);
  EXPECT_NE(a.values, random({50}, 6, -2, 3).values);
  const std::vector<float> floats = to_floats(a);
  for (size_t i = 0; i < 50; ++i) {
    EXPECT_EQ(floats[i], a.values[i]);
    EXPECT_GE(a.values[i], -2);
    EXPECT_LE(a.values[i], 3);
  }
}

}  // namespace
}  // namespace baton::test::oracle
