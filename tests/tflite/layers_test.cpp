#include "converter/tflite/layers.h"

#include <gtest/gtest.h>

#include "core/schema/operators.h"

namespace baton::tflite {
namespace {

// Positions of a window, counted one by one: with SAME padding one per stride that starts inside
// the input, with VALID one per window that lies wholly inside.
int32_t count_windows(int32_t size, int32_t filter, int32_t stride, int32_t dilation,
                      int32_t padding) {
  int32_t count = 0;
  for (int32_t start = 0; start < size; start += stride) {
    const int32_t last = start + (filter - 1) * dilation;
    if (padding == BATON_PADDING_SAME || last < size) ++count;
  }
  return count;
}

TEST(Layers, ConvolutionAndPoolingShapes) {
  for (int32_t size = 1; size <= 9; ++size) {
    for (int32_t filter = 1; filter <= 4; ++filter) {
      for (int32_t stride = 1; stride <= 3; ++stride) {
        for (const int32_t padding : {BATON_PADDING_SAME, BATON_PADDING_VALID}) {
          GraphBuilder b;
          const TensorId x = b.input("x", BATON_FLOAT32, {2, size, 7, 4});
          const TensorId w = b.tensor("w", BATON_FLOAT32, {5, filter, 1, 4});
          const TensorId d = b.tensor("d", BATON_FLOAT32, {1, filter, 1, 8});
          for (const int32_t dilation : {1, 2}) {
            const Conv2D options = {
                .stride_w = 2, .stride_h = stride, .padding = padding, .dilation_h = dilation};
            const int32_t rows = count_windows(size, filter, stride, dilation, padding);
            const TensorId y = conv_2d(b, x, w, kNoTensor, options);
            EXPECT_EQ(b.at(y).shape, (Shape{2, rows, 4, 5}));
            const TensorId z = depthwise_conv_2d(b, x, d, kNoTensor, options);
            EXPECT_EQ(b.at(z).shape, (Shape{2, rows, 4, 8}));
          }
          const TensorId p = pool_2d(b, BATON_OP_MAX_POOL_2D, x,
                                     {.filter_w = 3,
                                      .filter_h = filter,
                                      .stride_w = 2,
                                      .stride_h = stride,
                                      .padding = padding});
          EXPECT_EQ(b.at(p).shape, (Shape{2, count_windows(size, filter, stride, 1, padding),
                                          count_windows(7, 3, 2, 1, padding), 4}));
        }
      }
    }
  }
}

TEST(Layers, ConvolutionAttributes) {
  GraphBuilder b;
  const TensorId x = b.input("x", BATON_INT8, {1, 8, 8, 4}, per_tensor(0.5f, 1));
  const TensorId w = b.tensor("w", BATON_INT8, {1, 3, 3, 8}, per_axis(std::vector<float>(8, 1), 3));
  const TensorId bias = b.tensor("bias", BATON_INT32, {8});
  const TensorId y = depthwise_conv_2d(b, x, w, bias,
                                       {.stride_w = 2,
                                        .padding = BATON_PADDING_VALID,
                                        .activation = BATON_ACTIVATION_RELU6,
                                        .dilation_h = 3},
                                       {.name = "y", .quantization = per_tensor(0.25f)});
  const Operator& op = b.operator_at(0);
  EXPECT_EQ(op.inputs, (std::vector<TensorId>{x, w, bias}));
  EXPECT_EQ(op.outputs, (std::vector<TensorId>{y}));
  const auto* attributes = op.attributes.get<baton_depthwise_conv_2d_attributes>();
  ASSERT_NE(attributes, nullptr);
  EXPECT_EQ(attributes->depth_multiplier, 2);
  EXPECT_EQ(attributes->stride_w, 2);
  EXPECT_EQ(attributes->stride_h, 1);
  EXPECT_EQ(attributes->dilation_w_factor, 1);
  EXPECT_EQ(attributes->dilation_h_factor, 3);
  EXPECT_EQ(attributes->padding, BATON_PADDING_VALID);
  EXPECT_EQ(attributes->fused_activation_function, BATON_ACTIVATION_RELU6);
  EXPECT_EQ(b.at(y).name, "y");
  EXPECT_EQ(b.at(y).dtype, BATON_INT8);
  EXPECT_EQ(b.at(y).quantization, per_tensor(0.25f));
  EXPECT_EQ(b.model().operator_codes[0], (OperatorCode{BATON_OP_DEPTHWISE_CONV_2D, "", 3}));
}

TEST(Layers, FullyConnected) {
  GraphBuilder b;
  const TensorId x = b.input("x", BATON_FLOAT32, {2, 3, 4});
  const TensorId w = b.tensor("w", BATON_FLOAT32, {5, 4});
  const TensorId flat = fully_connected(b, x, w, kNoTensor);
  EXPECT_EQ(b.at(flat).shape, (Shape{6, 5}));
  EXPECT_EQ(b.operator_at(0).inputs, (std::vector<TensorId>{x, w, kNoTensor}));
  const TensorId kept = fully_connected(b, x, w, kNoTensor, {.keep_num_dims = true});
  EXPECT_EQ(b.at(kept).shape, (Shape{2, 3, 5}));
}

TEST(Layers, BinaryShapesAndTypes) {
  const struct {
    Shape x, y, z;
  } kCases[] = {
      {{2, 3}, {2, 3}, {2, 3}}, {{2, 3}, {3}, {2, 3}},          {{}, {4}, {4}},
      {{2, 1}, {1, 3}, {2, 3}}, {{1, 4}, {2, 3, 1}, {2, 3, 4}}, {{0, 1}, {1, 3}, {0, 3}},
  };
  for (const auto& one : kCases) {
    GraphBuilder b;
    const TensorId x = b.input("x", BATON_FLOAT32, one.x);
    const TensorId y = b.input("y", BATON_FLOAT32, one.y);
    EXPECT_EQ(b.at(binary(b, BATON_OP_ADD, x, y)).shape, one.z);
    const TensorId less = binary(b, BATON_OP_LESS, x, y);
    EXPECT_EQ(b.at(less).shape, one.z);
    EXPECT_EQ(b.at(less).dtype, BATON_BOOL);
  }
}

TEST(Layers, BinaryActivations) {
  GraphBuilder b;
  const TensorId x = b.input("x", BATON_FLOAT32, {1});
  for (const int32_t code : {BATON_OP_ADD, BATON_OP_SUB, BATON_OP_MUL, BATON_OP_DIV}) {
    binary(b, code, x, x, BATON_ACTIVATION_RELU);
    const AttributeSet& attributes = b.graph().operators.back().attributes;
    EXPECT_EQ(attributes.layout(), builtin_operator(code)->attributes());
    EXPECT_EQ(attribute_value(attributes.layout()->fields[0], attributes.data()).integer,
              BATON_ACTIVATION_RELU);
  }
}

TEST(Layers, MovingValues) {
  GraphBuilder b;
  const Quantization quantization = per_tensor(0.5f, 3);
  const TensorId x = b.input("x", BATON_INT8, {2, 4, 6, 3}, quantization);
  const TensorId ids[] = {
      reshape(b, x, {4, -1}),
      concatenation(b, {x, x, x}, -1),
      pad(b, x, {0, 0, 1, 2, 3, 4, 0, 0}),
      transpose(b, x, {3, 0, 2, 1}),
      slice(b, x, {0, 1, 2, 0}, {2, 2, -1, 1}),
      split(b, x, 2, 3)[1],
      resize(b, BATON_OP_RESIZE_BILINEAR, x, 8, 9, {.half_pixel_centers = true}),
      resize(b, BATON_OP_RESIZE_NEAREST_NEIGHBOR, x, 2, 3),
  };
  const Shape shapes[] = {{4, 36},      {2, 4, 6, 9}, {2, 7, 13, 3}, {3, 2, 6, 4},
                          {2, 2, 4, 1}, {2, 4, 2, 3}, {2, 8, 9, 3},  {2, 2, 3, 3}};
  for (size_t i = 0; i < std::size(ids); ++i) {
    EXPECT_EQ(b.at(ids[i]).shape, shapes[i]) << i;
    EXPECT_EQ(b.at(ids[i]).dtype, BATON_INT8) << i;
    EXPECT_EQ(b.at(ids[i]).quantization, quantization) << i;
  }
}

TEST(Layers, ReduceAndTypes) {
  GraphBuilder b;
  const TensorId x = b.input("x", BATON_FLOAT32, {2, 3, 4});
  EXPECT_EQ(b.at(reduce(b, BATON_OP_MEAN, x, {-1, 0})).shape, (Shape{3}));
  EXPECT_EQ(b.at(reduce(b, BATON_OP_SUM, x, {1}, true)).shape, (Shape{2, 1, 4}));
  const TensorId q = quantize(b, x, BATON_INT8, per_tensor(0.1f), "q");
  EXPECT_EQ(b.at(q).dtype, BATON_INT8);
  EXPECT_EQ(b.at(q).quantization, per_tensor(0.1f));
  EXPECT_EQ(b.at(dequantize(b, q)).dtype, BATON_FLOAT32);
  EXPECT_TRUE(b.at(dequantize(b, q)).quantization.empty());
  EXPECT_EQ(b.at(cast(b, x, BATON_INT32)).dtype, BATON_INT32);
  EXPECT_EQ(b.at(softmax(b, x, 2.0f)).shape, (Shape{2, 3, 4}));
  EXPECT_EQ(b.graph().operators.back().attributes.get<baton_softmax_attributes>()->beta, 2.0f);
  EXPECT_EQ(b.at(transpose_conv(b, x, x, kNoTensor, {1, 2, 3, 4})).shape, (Shape{1, 2, 3, 4}));
}

TEST(Layers, NamesAreUnique) {
  GraphBuilder b;
  const TensorId x = b.input("x", BATON_FLOAT32, {2});
  EXPECT_EQ(b.at(unary(b, BATON_OP_RELU, x)).name, "relu");
  EXPECT_EQ(b.at(unary(b, BATON_OP_RELU, x)).name, "relu_1");
  EXPECT_EQ(b.at(unary(b, BATON_OP_RELU, x, {.name = "mine"})).name, "mine");
}

}  // namespace
}  // namespace baton::tflite
