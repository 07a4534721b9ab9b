// The shape of integer models: element types, scales, inserted operators, names, and refusals.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "converter/quantize/quantize.h"
#include "converter/tflite/layers.h"
#include "converter/tflite/serialize.h"
#include "tests/quantize/networks.h"
#include "tests/quantize/runner.h"

namespace baton::test {
namespace {

using namespace tflite;
using quantize::Range;
using quantize::Ranges;
using quantize::Scheme;

Model quantised(const Model& model, Scheme scheme, const Ranges& ranges) {
  auto result = quantize::quantize(model, scheme, ranges);
  EXPECT_TRUE(result.ok()) << result.status().message();
  return result.ok() ? *result : Model{};
}

// The named network after calibration.
Model quantised(const std::string& name, Scheme scheme) {
  const Model model = build_network(name);
  return quantised(model, scheme, ranges_of(model));
}

const Tensor& tensor(const Model& model, TensorId id) {
  return model.subgraphs[0].tensors[static_cast<size_t>(id)];
}

const Tensor& tensor(const Model& model, const std::string& name) {
  static const Tensor kNone;
  for (const Tensor& each : model.subgraphs[0].tensors) {
    if (each.name == name) return each;
  }
  ADD_FAILURE() << "there is no tensor " << name;
  return kNone;
}

int32_t code(const Model& model, const Operator& op) {
  return model.operator_codes[op.code_index].code;
}

std::vector<int32_t> codes(const Model& model) {
  std::vector<int32_t> all;
  for (const Operator& op : model.subgraphs[0].operators) all.push_back(code(model, op));
  return all;
}

size_t count(const Model& model, int32_t wanted) {
  const std::vector<int32_t> all = codes(model);
  return static_cast<size_t>(std::count(all.begin(), all.end(), wanted));
}

// The operators that read or write float32.
std::set<int32_t> float_operators(const Model& model) {
  std::set<int32_t> found;
  for (const Operator& op : model.subgraphs[0].operators) {
    for (const auto* ids : {&op.inputs, &op.outputs}) {
      for (const TensorId id : *ids) {
        if (id >= 0 && tensor(model, id).dtype == BATON_FLOAT32) found.insert(code(model, op));
      }
    }
  }
  return found;
}

TEST(Int8, ConvolutionalNetworksAreWholly8Bit) {
  for (const char* name :
       {"separable", "residual", "branches", "squeeze_excite", "atrous", "heads"}) {
    EXPECT_EQ(float_operators(quantised(name, Scheme::kInt8)), std::set<int32_t>{}) << name;
    EXPECT_EQ(float_operators(quantised(name, Scheme::kUint8)), std::set<int32_t>{}) << name;
  }
}

TEST(Int8, OnlyWhatHasNo8BitFormStaysFloat) {
  const std::set<int32_t> around = {BATON_OP_QUANTIZE, BATON_OP_DEQUANTIZE};
  const auto with = [&](std::set<int32_t> more) {
    more.insert(around.begin(), around.end());
    return more;
  };
  EXPECT_EQ(float_operators(quantised("transformer", Scheme::kInt8)), with({BATON_OP_RSQRT}));
  EXPECT_EQ(float_operators(quantised("transformer", Scheme::kUint8)),
            with({BATON_OP_RSQRT, BATON_OP_BATCH_MATMUL, BATON_OP_SQUARED_DIFFERENCE,
                  // Behind the products: what moves floats only.
                  BATON_OP_TRANSPOSE, BATON_OP_RESHAPE}));
  EXPECT_EQ(float_operators(quantised("tagger", Scheme::kInt8)),
            with({BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM}));
}

TEST(Int8, WeightsAndBiasHaveTheFormatsScales) {
  const Model model = quantised("separable", Scheme::kInt8);
  const Tensor& input = tensor(model, "image");
  const Tensor& conv = tensor(model, "conv/w");
  EXPECT_EQ(conv.dtype, BATON_INT8);
  EXPECT_EQ(conv.quantization.scale.size(), 16u);
  EXPECT_EQ(conv.quantization.axis, 0);
  EXPECT_EQ(tensor(model, "depthwise/w").quantization.axis, 3);
  const Tensor& bias = tensor(model, "conv/b");
  EXPECT_EQ(bias.dtype, BATON_INT32);
  ASSERT_EQ(bias.quantization.scale.size(), 16u);
  for (size_t c = 0; c < 16; ++c) {
    EXPECT_FLOAT_EQ(bias.quantization.scale[c],
                    input.quantization.scale[0] * conv.quantization.scale[c]);
    EXPECT_EQ(bias.quantization.zero_point[c], 0);
  }
  // The version of FULLY_CONNECTED in int8 has one scale.
  EXPECT_EQ(tensor(quantised("residual", Scheme::kInt8), "logits/w").quantization.scale.size(), 1u);
}

TEST(Uint8, WeightsHaveOneScaleAndAZeroPoint) {
  const Model model = quantised("separable", Scheme::kUint8);
  for (const char* name : {"conv/w", "depthwise/w", "pointwise/w", "logits/w"}) {
    EXPECT_EQ(tensor(model, name).dtype, BATON_UINT8) << name;
    EXPECT_EQ(tensor(model, name).quantization.scale.size(), 1u) << name;
  }
  // Weights around zero: its place is in the middle.
  EXPECT_NEAR(static_cast<double>(tensor(model, "conv/w").quantization.zero_point[0]), 128, 16);
  EXPECT_EQ(tensor(model, "image").dtype, BATON_UINT8);
  EXPECT_EQ(tensor(model, "probabilities").dtype, BATON_UINT8);
  EXPECT_EQ(tensor(model, "probabilities").quantization, per_tensor(1.0f / 256, 0));
}

TEST(Int8, NamesSignaturesAndMetadataStay) {
  const Model before = build_network("separable");
  const Model after = quantised("separable", Scheme::kInt8);
  std::set<std::string> names;
  for (const Tensor& each : after.subgraphs[0].tensors) names.insert(each.name);
  for (const Tensor& each : before.subgraphs[0].tensors) EXPECT_TRUE(names.contains(each.name));
  EXPECT_EQ(names.size(), after.subgraphs[0].tensors.size());
  ASSERT_EQ(after.signatures.size(), 1u);
  EXPECT_EQ(tensor(after, after.signatures[0].inputs[0].tensor).name, "image");
  EXPECT_EQ(tensor(after, after.signatures[0].outputs[0].tensor).name, "probabilities");
  ASSERT_EQ(after.metadata.size(), 1u);
  EXPECT_EQ(after.buffers[after.metadata[0].buffer], (Bytes{1, 2, 3}));
}

TEST(Int8, UnusedConstantsAreDropped) {
  const Model before = build_network("separable");
  const Model after = quantised("separable", Scheme::kInt8);
  EXPECT_EQ(after.subgraphs[0].tensors.size(), before.subgraphs[0].tensors.size());
  std::set<uint32_t> used = {0};
  for (const Tensor& each : after.subgraphs[0].tensors) {
    EXPECT_NE(each.dtype, BATON_FLOAT32) << each.name;
    used.insert(each.buffer);
  }
  for (const Metadata& each : after.metadata) used.insert(each.buffer);
  EXPECT_EQ(used.size(), after.buffers.size());
}

TEST(Int8, FilesAreAQuarter) {
  GraphBuilder b;
  const TensorId x = b.input("x", BATON_FLOAT32, {1, 256});
  std::vector<float> values;
  for (int i = 0; i < 256 * 256; ++i) values.push_back(static_cast<float>(i % 101 - 50));
  b.output(fully_connected(b, x, b.constant("w", {256, 256}, values), kNoTensor));
  const Model& model = b.model();
  const auto small = serialize(quantised(model, Scheme::kInt8, ranges_of(model))).size();
  EXPECT_LT(static_cast<double>(small), 0.27 * static_cast<double>(serialize(model).size()));
}

TEST(FixedScales, AreThoseOfTheFormat) {
  const struct {
    int32_t code;
    float scale;
    int64_t int8;
    int64_t uint8;
  } table[] = {
      {BATON_OP_SOFTMAX, 1.0f / 256, -128, 0},     {BATON_OP_LOGISTIC, 1.0f / 256, -128, 0},
      {BATON_OP_TANH, 1.0f / 128, 0, 128},         {BATON_OP_L2_NORMALIZATION, 1.0f / 128, 0, 128},
      {BATON_OP_LOG_SOFTMAX, 1.0f / 16, 127, 255},
  };
  for (const auto& each : table) {
    GraphBuilder b;
    const TensorId x = b.input("x", BATON_FLOAT32, {2, 40});
    // A copy behind it takes the scale over.
    const TensorId y = each.code == BATON_OP_SOFTMAX ? softmax(b, x) : unary(b, each.code, x);
    b.output(reshape(b, y, {1, 80}, {.name = "y"}));
    const Ranges ranges = ranges_of(b.model());
    EXPECT_EQ(tensor(quantised(b.model(), Scheme::kInt8, ranges), "y").quantization,
              per_tensor(each.scale, each.int8));
    EXPECT_EQ(tensor(quantised(b.model(), Scheme::kUint8, ranges), "y").quantization,
              per_tensor(each.scale, each.uint8));
    const std::vector<Sample> inputs = samples(b.model(), 4, 2);
    EXPECT_GE(
        snr(run(b.model(), inputs)[0], run(quantised(b.model(), Scheme::kInt8, ranges), inputs)[0]),
        20);
  }
}

TEST(Concatenation, InputsAreMadeAtItsScaleOrRescaled) {
  for (const Scheme scheme : {Scheme::kInt8, Scheme::kUint8}) {
    const Model model = quantised("branches", scheme);
    for (const Operator& op : model.subgraphs[0].operators) {
      if (code(model, op) != BATON_OP_CONCATENATION) continue;
      for (const TensorId id : op.inputs) {
        EXPECT_EQ(tensor(model, id).quantization, tensor(model, "joined").quantization);
      }
      // Convolutions give the joint scale at once; the gate's is fixed, and "pooled" has another
      // reader.
      EXPECT_EQ(tensor(model, op.inputs[0]).name, "narrow");
      EXPECT_EQ(tensor(model, op.inputs[1]).name, "wide");
      EXPECT_EQ(tensor(model, op.inputs[2]).name, "pooled/quantised");
      EXPECT_EQ(tensor(model, op.inputs[3]).name, "gate/quantised");
    }
    EXPECT_EQ(count(model, BATON_OP_QUANTIZE), 2u);
    EXPECT_EQ(tensor(model, "pooled").quantization, tensor(model, "image").quantization);
  }
}

TEST(Concatenation, ScalesReachThroughOperatorsThatMove) {
  const Model model = quantised("heads", Scheme::kInt8);
  EXPECT_EQ(count(model, BATON_OP_QUANTIZE), 0u);
  EXPECT_EQ(tensor(model, "fine/boxes").quantization, tensor(model, "small/boxes").quantization);
  EXPECT_NE(tensor(model, "fine/boxes").quantization, tensor(model, "fine/scores").quantization);
}

// x -> custom -> y, with a relu before it and one beside it.
Model with_custom_operator() {
  GraphBuilder b;
  const TensorId x = b.input("x", BATON_FLOAT32, {1, 8});
  const TensorId r = unary(b, BATON_OP_RELU, x, {.name = "r"});
  const TensorId y = b.tensor("y", BATON_FLOAT32, {1, 8});
  b.custom("Mystery", {r, b.constant("c", {2}, std::vector<float>{1, 2})}, {y});
  b.output(y);
  b.output(unary(b, BATON_OP_EXP, r, {.name = "e"}));
  return b.model();
}

TEST(Islands, CustomOperatorsStayFloatAndSoDoTheirOutputs) {
  const Model before = with_custom_operator();
  Ranges ranges(before.subgraphs[0].tensors.size());
  for (const TensorId id : {0, 1}) ranges[static_cast<size_t>(id)] = Range{-1, 1};
  for (size_t i = 0; i < ranges.size(); ++i) {
    if (before.subgraphs[0].tensors[i].name == "e") ranges[i] = Range{0, 3};
  }
  const Model after = quantised(before, Scheme::kInt8, ranges);
  // One conversion serves both readers; what a float operator of the format gives is quantised.
  EXPECT_EQ(codes(after), (std::vector<int32_t>{BATON_OP_RELU, BATON_OP_DEQUANTIZE, BATON_OP_CUSTOM,
                                                BATON_OP_EXP, BATON_OP_QUANTIZE}));
  EXPECT_EQ(tensor(after, "y").dtype, BATON_FLOAT32);
  EXPECT_EQ(tensor(after, "c").dtype, BATON_FLOAT32);
  EXPECT_EQ(tensor(after, "e").dtype, BATON_INT8);
  EXPECT_EQ(tensor(after, after.subgraphs[0].outputs[1]).name, "e");
}

TEST(Islands, MovingFloatsNeedsNoScale) {
  GraphBuilder b;
  TensorId x = b.input("x", BATON_FLOAT32, {2, 4});
  x = unary(b, BATON_OP_EXP, x);
  x = reshape(b, x, {8});
  b.output(unary(b, BATON_OP_LOG, x));
  const Model after = quantised(b.model(), Scheme::kInt8, ranges_of(b.model()));
  EXPECT_EQ(codes(after), (std::vector<int32_t>{BATON_OP_DEQUANTIZE, BATON_OP_EXP, BATON_OP_RESHAPE,
                                                BATON_OP_LOG, BATON_OP_QUANTIZE}));
}

TEST(Islands, ConstantsMayMeetActivationsAtOneScale) {
  GraphBuilder b;
  TensorId x = b.input("x", BATON_FLOAT32, {1, 64});
  // What is never chosen costs no precision.
  x = binary(b, BATON_OP_MAXIMUM, x, b.constant("low", {}, std::vector<float>{-1e9f}));
  b.output(binary(b, BATON_OP_MINIMUM, x, b.constant("high", {}, std::vector<float>{0.5f})));
  const Model after = quantised(b.model(), Scheme::kInt8, ranges_of(b.model()));
  EXPECT_EQ(float_operators(after), std::set<int32_t>{});
  const std::vector<Sample> inputs = samples(b.model(), 4, 2);
  EXPECT_GE(snr(run(b.model(), inputs)[0], run(after, inputs)[0]), 35);
}

TEST(Degenerate, NetworksOfZerosRun) {
  GraphBuilder b;
  TensorId x = b.input("x", BATON_FLOAT32, {1, 4, 4, 2});
  const TensorId zeros = b.constant("zeros", {2, 1, 1, 2}, std::vector<float>(4));
  const TensorId bias = b.constant("bias", {2}, std::vector<float>{0, -3});
  x = conv_2d(b, x, zeros, bias, {.activation = BATON_ACTIVATION_RELU});
  x = unary(b, BATON_OP_HARD_SWISH, x);
  const TensorId ones = b.constant("ones", {2, 1, 1, 2}, std::vector<float>(4, 1));
  x = conv_2d(b, x, ones, b.constant("shift", {2}, std::vector<float>{2, -1}));
  b.output(x);
  const std::vector<Sample> inputs = samples(b.model(), 2, 2);
  const auto expected = run(b.model(), inputs);
  for (const Scheme scheme : {Scheme::kInt8, Scheme::kUint8}) {
    const auto actual = run(quantised(b.model(), scheme, ranges_of(b.model())), inputs);
    ASSERT_EQ(actual.size(), 1u);
    EXPECT_GE(snr(expected[0], actual[0]), 40);
  }
}

// The output of hard swish may be much smaller than its input; its kernel has a limit.
TEST(Degenerate, HardSwishOfNegativesRuns) {
  GraphBuilder b;
  TensorId x = b.input("x", BATON_FLOAT32, {1, 64});
  x = binary(b, BATON_OP_SUB, x, b.constant("k", {}, std::vector<float>{200}));
  b.output(unary(b, BATON_OP_HARD_SWISH, x));
  const std::vector<Sample> inputs = samples(b.model(), 1, 2);
  for (const Scheme scheme : {Scheme::kInt8, Scheme::kUint8}) {
    const auto actual = run(quantised(b.model(), scheme, ranges_of(b.model())), inputs);
    ASSERT_EQ(actual.size(), 1u);
    EXPECT_EQ(actual[0], std::vector<double>(64, 0.0));
  }
}

TEST(Refusals, NameTheTensorWithoutARange) {
  const Model model = build_network("residual");
  Ranges ranges = ranges_of(model);
  for (size_t i = 0; i < ranges.size(); ++i) {
    if (model.subgraphs[0].tensors[i].name == "sum") ranges[i].reset();
  }
  const auto result = quantize::quantize(model, Scheme::kInt8, ranges);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.status().code(), BATON_INVALID_ARGUMENT);
  const std::string& message = result.status().message();
  EXPECT_NE(message.find("'sum' has no range"), std::string::npos) << message;
  EXPECT_NE(message.find("(ADD)"), std::string::npos) << message;
  EXPECT_FALSE(quantize::quantize(model, Scheme::kUint8).ok());
}

TEST(Refusals, NameTheTensorWhoseRangeIsNotFinite) {
  const Model model = build_network("residual");
  for (const Range range : {Range{0, INFINITY}, Range{NAN, NAN}, Range{2, 1}}) {
    Ranges ranges = ranges_of(model);
    for (size_t i = 0; i < ranges.size(); ++i) {
      if (model.subgraphs[0].tensors[i].name == "sum") ranges[i] = range;
    }
    const auto result = quantize::quantize(model, Scheme::kInt8, ranges);
    ASSERT_FALSE(result.ok());
    EXPECT_NE(result.status().message().find("'sum' has the range"), std::string::npos)
        << result.status().message();
  }
}

TEST(Refusals, AModelWithoutSubgraphs) {
  EXPECT_FALSE(quantize::quantize(Model{}, Scheme::kInt8).ok());
}

TEST(Calibration, RangesAreThoseOfAllRuns) {
  GraphBuilder b;
  const TensorId x = b.input("x", BATON_FLOAT32, {1, 3});
  const TensorId y = unary(b, BATON_OP_NEG, x);
  const TensorId i = cast(b, y, BATON_INT32);
  b.output(y);
  b.output(i);
  const std::vector<Sample> runs = {{bytes_of(std::vector<float>{1, 2, 3})},
                                    {bytes_of(std::vector<float>{-4, 0, 0.5f})}};
  const auto ranges = quantize::calibrate(b.model(), runs);
  ASSERT_TRUE(ranges.ok()) << ranges.status().message();
  ASSERT_EQ(ranges->size(), 3u);
  EXPECT_EQ((*ranges)[static_cast<size_t>(x)], (Range{-4, 3}));
  EXPECT_EQ((*ranges)[static_cast<size_t>(y)], (Range{-3, 4}));
  EXPECT_EQ((*ranges)[static_cast<size_t>(i)], std::nullopt);
}

TEST(Calibration, KeepsWhatIsNotANumber) {
  GraphBuilder b;
  b.output(unary(b, BATON_OP_NEG, b.input("x", BATON_FLOAT32, {1, 3})));
  const auto ranges = quantize::calibrate(b.model(), {{bytes_of(std::vector<float>{1, NAN, 3})}});
  ASSERT_TRUE(ranges.ok());
  const auto result = quantize::quantize(b.model(), Scheme::kInt8, *ranges);
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.status().message().find("'x' has the range"), std::string::npos);
}

TEST(Calibration, SaysWhichRunDoesNotFit) {
  const Model model = build_network("residual");
  std::vector<Sample> runs = samples(model, 2, 1);
  runs[1].clear();
  const auto none = quantize::calibrate(model, runs);
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.status().message(),
            "calibration run 1: it has data for 0 inputs, the model has 1");
  runs[1].push_back({1, 2, 3});
  const auto few = quantize::calibrate(model, runs);
  ASSERT_FALSE(few.ok());
  EXPECT_NE(few.status().message().find("calibration run 1"), std::string::npos);
}

}  // namespace
}  // namespace baton::test
