#include "tests/cpu/models.h"

#include <random>

#include "converter/tflite/layers.h"

namespace baton::test {

using namespace baton::tflite;

File movement_model(baton_dtype dtype) {
  GraphBuilder b("main");
  const bool quantised = dtype == BATON_INT8 || dtype == BATON_UINT8;
  const TensorId x =
      b.input("x", dtype, {-1, 10, 12, 20}, quantised ? per_tensor(0.1f, 3) : Quantization{});
  const TensorId planes = transpose(b, x, {0, 3, 1, 2});
  const TensorId padded = pad(b, planes, {0, 0, 1, 2, 0, 3, 2, 0});
  const std::vector<TensorId> parts = split(b, x, 3, 4);
  const TensorId joined = concatenation(b, {parts[2], parts[0], parts[2]}, 3);
  const TensorId part =
      slice(b, joined, {0, 1, 2, 3}, {-1, 8, 9, 7}, {.shape = Shape{-1, 8, 9, 7}});
  const TensorId turned = transpose(b, part, {0, 2, 1, 3});
  const TensorId tiled = b.tensor("tiled", dtype, {-1, 20, 12, 60}, b.at(x).quantization);
  b.op(BATON_OP_TILE, {x, b.int32s("multiples", {1, 2, 1, 3})}, {tiled});
  for (const TensorId output : {padded, joined, turned, tiled}) b.output(output);
  return b.finish();
}

File parts_model() {
  GraphBuilder b("main");
  const TensorId x = b.input("x", BATON_FLOAT32, {-1, 6, 4, 5});
  const TensorId z = b.input("z", BATON_FLOAT32, {4, 7});
  const TensorId bytes = b.input("bytes", BATON_UINT8, {1, 12});
  const auto negated = [&](TensorId of) { return unary(b, BATON_OP_NEG, of); };
  const auto concatenated = [&](const std::vector<TensorId>& parts) {
    return concatenation(b, parts, 0);
  };

  const std::vector<TensorId> parts = split(b, x, 1, 3);
  const TensorId first = negated(parts[0]), last = unary(b, BATON_OP_ABS, parts[2]);
  const TensorId joined = concatenation(b, {first, parts[1], last, first}, 1);
  b.output(joined);
  const TensorId inner =
      slice(b, joined, {0, 2, 0, 0}, {-1, 3, 4, 5}, {.shape = Shape{-1, 3, 4, 5}});
  b.output(negated(inner));
  b.output(parts[1]);

  const TensorId whole = negated(z);
  std::vector<TensorId> rows;
  for (int i = 0; i < 4; ++i) rows.push_back(b.tensor(b.unique_name("row"), BATON_FLOAT32, {7}));
  baton_unpack_attributes unpack = BATON_UNPACK_ATTRIBUTES_INIT;
  unpack.num = 4;
  b.op(BATON_OP_UNPACK, {whole}, rows, unpack);
  b.output(rows[1]);
  const TensorId constant = b.constant("constant", {7}, std::vector<float>{1, 2, 3, 4, 5, 6, 7});
  const TensorId packed = b.tensor("packed", BATON_FLOAT32, {5, 7});
  baton_pack_attributes pack = BATON_PACK_ATTRIBUTES_INIT;
  pack.values_count = 5;
  b.op(BATON_OP_PACK, {rows[2], negated(rows[0]), constant, rows[3], negated(rows[0])}, {packed},
       pack);
  // Parts of parts, in a tensor that is read whole.
  const TensorId reshaped = reshape(b, unary(b, BATON_OP_ABS, reshape(b, z, {2, 14})), {4, 7});
  b.output(negated(concatenated({packed, concatenated({negated(z), reshaped})})));

  // Four bytes from a place that is no place for an int32.
  const TensorId odd = slice(b, bytes, {0, 3}, {1, 8}, {.shape = Shape{1, 8}});
  const TensorId words = b.tensor("words", BATON_INT32, {1, 2});
  b.op(BATON_OP_BITCAST, {reshape(b, odd, {1, 2, 4})}, {words});
  b.output(binary(b, BATON_OP_MAXIMUM, words, b.int32s("least", {0, 1})));
  return b.finish();
}

File negated_parts_model() {
  GraphBuilder b("main");
  const TensorId x = b.input("x", BATON_FLOAT32, {1, 8, 65536});
  std::vector<TensorId> parts = split(b, x, 1, 2);
  for (TensorId& part : parts) part = unary(b, BATON_OP_NEG, part);
  b.output(concatenation(b, parts, 1));
  return b.finish();
}

File gather_model() {
  GraphBuilder b("main");
  const TensorId x = b.input("x", BATON_FLOAT32, {6, 5});
  const TensorId indices = b.input("indices", BATON_INT32, {4});
  const TensorId y = b.tensor("y", BATON_FLOAT32, {4, 5});
  b.op(BATON_OP_GATHER, {x, indices}, {y});
  b.output(y);
  return b.finish();
}

namespace {

// 3 x 3 convolutions of seeded weights in [-0.1, 0.1].
class Convs {
 public:
  Convs(GraphBuilder& b, baton_dtype weights) : b_(b), weights_(weights) {}

  TensorId operator()(TensorId x, int32_t from, int32_t to, const Conv2D& options) {
    TensorId filter =
        b_.constant(b_.unique_name("w"), weights_, {to, 3, 3, from}, values(to * 9 * from));
    if (weights_ != BATON_FLOAT32) filter = dequantize(b_, filter);
    const TensorId bias = b_.constant(b_.unique_name("b"), BATON_FLOAT32, {to}, values(to));
    return conv_2d(b_, x, filter, bias, options);
  }

 private:
  std::vector<double> values(int32_t count) {
    std::vector<double> values(static_cast<size_t>(count));
    for (double& value : values) value = static_cast<double>(random_() >> 8) / 83886080.0 - 0.1;
    return values;
  }

  GraphBuilder& b_;
  const baton_dtype weights_;
  std::mt19937 random_{5};
};

}  // namespace

File conv_3x3_model(int32_t height, int32_t width, baton_dtype weights) {
  GraphBuilder b("main");
  Convs conv(b, weights);
  const TensorId x = b.input("x", BATON_FLOAT32, {1, height, width, 32});
  const Conv2D same = {.padding = BATON_PADDING_SAME, .activation = BATON_ACTIVATION_RELU};
  const Conv2D valid = {.padding = BATON_PADDING_VALID};
  const TensorId first = conv(x, 32, 40, same);
  const TensorId second = conv(pad(b, first, {0, 0, 1, 1, 1, 1, 0, 0}), 40, 40, valid);
  const TensorId sum = binary(b, BATON_OP_ADD, second, first, BATON_ACTIVATION_RELU);
  b.output(first);
  // Joined, so that convolutions write into a part of a larger tensor.
  b.output(concatenation(b, {conv(sum, 40, 17, valid), conv(sum, 40, 24, valid)}, 3));
  return b.finish();
}

File conv_layers_model(baton_dtype weights) {
  GraphBuilder b("main");
  Convs conv(b, weights);
  int32_t depth = kConvLayersDepth;
  TensorId x = b.input("x", BATON_FLOAT32, {1, kConvLayersSize, kConvLayersSize, depth});
  for (const ConvLayer& layer : kConvLayers) {
    const Conv2D options = {.stride_w = layer.stride,
                            .stride_h = layer.stride,
                            .padding = BATON_PADDING_SAME,
                            .activation = BATON_ACTIVATION_RELU};
    x = conv(x, depth, layer.channels, options);
    depth = layer.channels;
  }
  b.output(x);
  return b.finish();
}

File transposed_conv_model(int32_t stride) {
  GraphBuilder b("main");
  const TensorId x = b.input("x", BATON_FLOAT32, {1, 2, 2, 3});
  const TensorId filter = b.constant("filter", {2, 2, 2, 3}, std::vector<float>(24, 0.5f));
  const TensorId y = b.tensor("y", BATON_FLOAT32, {1, 11, 11, 2});
  baton_transpose_conv_attributes attributes = BATON_TRANSPOSE_CONV_ATTRIBUTES_INIT;
  attributes.padding = BATON_PADDING_VALID;
  attributes.stride_h = attributes.stride_w = stride;
  b.op(BATON_OP_TRANSPOSE_CONV, {b.int32s("shape", {1, 11, 11, 2}), filter, x}, {y}, attributes);
  b.output(y);
  return b.finish();
}

File resizable_convs_model() {
  GraphBuilder b("main");
  const TensorId x = b.input("x", BATON_FLOAT32, {1, 4, 4, 8});
  const TensorId filter = b.input("filter", BATON_FLOAT32, {8, 1, 1, 8});
  const TensorId y = b.input("y", BATON_FLOAT32, {1, 4, 4, 8});
  const TensorId z = b.input("z", BATON_FLOAT32, {1, 4, 4, 8});
  std::vector<float> weights(3 * 3 * 8);
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i % 7) - 3;
  const TensorId constant = b.constant("depthwise", {1, 3, 3, 8}, weights);
  b.output(binary(b, BATON_OP_ADD, conv_2d(b, x, filter, kNoTensor), y));
  b.output(depthwise_conv_2d(b, z, constant, kNoTensor));
  return b.finish();
}

File long_model(int count) {
  GraphBuilder b("main");
  TensorId x = b.input("x", BATON_FLOAT32, {512, 512});
  const TensorId permutation = b.int32s("permutation", {1, 0});
  // With names of their own: looking for free ones takes long among so many.
  for (int i = 0; i < count; ++i) {
    const TensorId y = b.tensor("y" + std::to_string(i), BATON_FLOAT32, {512, 512});
    b.op(BATON_OP_TRANSPOSE, {x, permutation}, {y});
    x = y;
  }
  b.output(x);
  return b.finish();
}

}  // namespace baton::test
