#include "tests/cpu/models.h"

#include <random>
#include <string_view>

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

File pow_model() {
  GraphBuilder b("main");
  const TensorId x = b.input("x", BATON_FLOAT32, {8, 1});
  const TensorId exponents = b.input("exponents", BATON_FLOAT32, {6});
  const TensorId y = b.tensor("y", BATON_FLOAT32, {8, 6});
  b.op(BATON_OP_POW, {x, exponents}, {y});
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

File lookup_model(const std::vector<float>& scales, const std::vector<int64_t>& zero_points) {
  GraphBuilder b("main");
  const TensorId lookup = b.input("lookup", BATON_INT32, {5});
  Quantization quantization = per_axis(scales, 0);
  quantization.zero_point = zero_points;
  const std::vector<int8_t> rows = {1, -2, 3, 40, 50, -60, 127, -128, 0, 9, 8, -7};
  const TensorId table = b.constant("table", {4, 3}, rows, quantization);
  const TensorId y = b.tensor("y", BATON_FLOAT32, {5, 3});
  b.op(BATON_OP_EMBEDDING_LOOKUP, {lookup, table}, {y});
  b.output(y);
  return b.finish();
}

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

File narrow_convs_model(baton_dtype dtype, baton_dtype filter_dtype) {
  constexpr float kScale = 0.05f, kWeightScale = 0.01f;
  GraphBuilder b("main");
  std::mt19937 random(5);
  const bool quantised = dtype != BATON_FLOAT32;
  const bool is_unsigned = dtype == BATON_UINT8;
  const Quantization q = quantised ? per_tensor(kScale, is_unsigned ? 131 : 3) : Quantization{};
  const auto conv = [&](TensorId x, int32_t from, int32_t to, const Conv2D& options) {
    std::vector<double> values(static_cast<size_t>(to * 5 * 5 * from)), biases;
    for (double& value : values) value = kWeightScale * (static_cast<int32_t>(random() % 200) - 90);
    std::vector<float> scales, bias_scales;
    for (int32_t c = 0; c < to; ++c) {
      scales.push_back(kWeightScale * (1.0f + 0.1f * static_cast<float>(c)));
      bias_scales.push_back(kScale * scales.back());
      biases.push_back(0.3 * c - 0.2);
    }
    const Quantization filter_q = filter_dtype == BATON_FLOAT32 ? Quantization{}
                                  : is_unsigned                 ? per_tensor(kWeightScale, 120)
                                                                : per_axis(scales, 0);
    const Quantization bias_q = !quantised    ? Quantization{}
                                : is_unsigned ? per_tensor(kScale * kWeightScale, 0)
                                              : per_axis(bias_scales, 0);
    const TensorId filter =
        b.constant(b.unique_name("w"), filter_dtype, {to, 5, 5, from}, values, filter_q);
    const TensorId bias = b.constant(b.unique_name("b"), quantised ? BATON_INT32 : BATON_FLOAT32,
                                     {to}, biases, bias_q);
    return conv_2d(b, x, filter, bias, options, {.quantization = q});
  };
  const TensorId x = b.input("x", dtype, {1, 14, 24, 6}, q);
  const TensorId first =
      conv(x, 6, 3, {.padding = BATON_PADDING_SAME, .activation = BATON_ACTIVATION_RELU});
  const TensorId strided =
      conv(first, 3, 2, {.stride_w = 2, .stride_h = 2, .padding = BATON_PADDING_VALID});
  const TensorId third = conv(first, 3, 3, {.padding = BATON_PADDING_SAME});
  const TensorId sum =
      binary(b, BATON_OP_ADD, third, first, BATON_ACTIVATION_RELU, {.quantization = q});
  for (const TensorId output : {first, strided, sum}) b.output(output);
  return b.finish();
}

File conv_chain_int8_model() {
  constexpr float kScale = 0.05f, kWeightScale = 0.01f;
  constexpr int32_t kChannels = 20;
  GraphBuilder b("main");
  std::mt19937 random(7);
  const auto conv = [&](const char* name, TensorId x, int32_t activation, int64_t zero) {
    const bool deep = std::string_view(name) == "deep";
    const Shape shape = deep ? Shape{1, 3, 3, kChannels} : Shape{kChannels, 1, 1, kChannels};
    std::vector<double> values(static_cast<size_t>(deep ? 9 : kChannels) * kChannels), biases;
    for (double& value : values) value = kWeightScale * (static_cast<int32_t>(random() % 200) - 99);
    std::vector<float> scales, bias_scales;
    for (int32_t c = 0; c < kChannels; ++c) {
      scales.push_back(kWeightScale * (1.0f + 0.1f * static_cast<float>(c)));
      bias_scales.push_back(kScale * scales.back());
      biases.push_back(0.1 * c - 1);
    }
    const TensorId filter =
        b.constant(b.unique_name("w"), BATON_INT8, shape, values, per_axis(scales, deep ? 3 : 0));
    const TensorId bias =
        b.constant(b.unique_name("b"), BATON_INT32, {kChannels}, biases, per_axis(bias_scales, 0));
    const Output output = {.name = name, .quantization = per_tensor(kScale, zero)};
    const Conv2D options = {.padding = BATON_PADDING_SAME, .activation = activation};
    return deep ? depthwise_conv_2d(b, x, filter, bias, options, output)
                : conv_2d(b, x, filter, bias, options, output);
  };
  const auto sum = [&](const char* name, TensorId x, TensorId y) {
    return binary(b, BATON_OP_ADD, x, y, BATON_ACTIVATION_NONE,
                  {.name = name, .quantization = per_tensor(2 * kScale, 5)});
  };
  const TensorId x = b.input("x", BATON_INT8, {1, 9, 11, kChannels}, per_tensor(kScale, -7));
  const TensorId first = conv("first", x, BATON_ACTIVATION_RELU6, -128);
  const TensorId deep = conv("deep", first, BATON_ACTIVATION_RELU, -100);
  const TensorId second = conv("second", deep, BATON_ACTIVATION_NONE, 9);
  const TensorId third = conv("third", second, BATON_ACTIVATION_NONE, -3);
  const TensorId inside = sum("inside", third, second);
  const TensorId fourth = conv("fourth", inside, BATON_ACTIVATION_NONE, 0);
  const TensorId outside = sum("outside", fourth, x);
  b.output(conv("y", outside, BATON_ACTIVATION_NONE, 1));
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

File fused_model() {
  GraphBuilder b("main");
  const auto weights = [&](const Shape& shape) {
    const int32_t count = shape[0] * shape[1] * shape[2] * shape[3];
    std::vector<float> values(static_cast<size_t>(count));
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 11) / 50 - 0.1f;
    return b.constant(b.unique_name("w"), shape, values);
  };
  const Conv2D relu6 = {.padding = BATON_PADDING_SAME, .activation = BATON_ACTIVATION_RELU6};
  const TensorId x = b.input("x", BATON_FLOAT32, {1, 64, 64, 16});
  const TensorId expanded = conv_2d(b, x, weights({64, 1, 1, 16}), kNoTensor, relu6);
  const TensorId filtered = depthwise_conv_2d(b, expanded, weights({1, 3, 3, 64}), kNoTensor,
                                              {.padding = BATON_PADDING_SAME});
  const TensorId sum =
      binary(b, BATON_OP_ADD, conv_2d(b, filtered, weights({16, 1, 1, 64}), kNoTensor), x);
  const TensorId last = conv_2d(b, pad(b, sum, {0, 0, 1, 1, 1, 1, 0, 0}), weights({32, 3, 3, 16}),
                                kNoTensor, {.padding = BATON_PADDING_VALID});
  b.output(unary(b, BATON_OP_RELU, last));
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
