// The schemes that leave activations in float: float16 constants, and int8 weights.
#include <gtest/gtest.h>

#include <cmath>

#include "converter/quantize/quantize.h"
#include "converter/tflite/layers.h"
#include "converter/tflite/serialize.h"
#include "tests/quantize/networks.h"
#include "tests/quantize/runner.h"

namespace baton::test {
namespace {

using namespace tflite;
using quantize::Scheme;

Model quantised(const Model& model, Scheme scheme) {
  auto result = quantize::quantize(model, scheme);
  EXPECT_TRUE(result.ok()) << result.status().message();
  return result.ok() ? *result : Model{};
}

size_t count(const Model& model, int32_t code) {
  size_t operators = 0;
  for (const Operator& op : model.subgraphs[0].operators) {
    operators += model.operator_codes[op.code_index].code == code;
  }
  return operators;
}

const Tensor* find(const Model& model, const std::string& name) {
  for (const Tensor& tensor : model.subgraphs[0].tensors) {
    if (tensor.name == name) return &tensor;
  }
  return nullptr;
}

int32_t version(const Model& model, int32_t code) {
  for (const OperatorCode& each : model.operator_codes) {
    if (each.code == code) return each.version;
  }
  return 0;
}

class FloatSchemes : public testing::TestWithParam<Network> {
 protected:
  void expect_close(Scheme scheme, double least) {
    const Model model = GetParam().build();
    const Model small = quantised(model, scheme);
    EXPECT_EQ(oddities(small), oddities(model));
    const std::vector<Sample> inputs = samples(model, 4, 2);
    const auto expected = run(model, inputs);
    const auto actual = run(small, inputs);
    ASSERT_EQ(actual.size(), expected.size());
    for (size_t i = 0; i < actual.size(); ++i) {
      EXPECT_GE(snr(expected[i], actual[i]), least) << GetParam().name << ", output " << i;
    }
  }
};

// Eleven bits of significand have a ratio of some 6.02 * 11 + 10 = 76 dB; roundings add up.
TEST_P(FloatSchemes, Float16IsCloseToFloat) { expect_close(Scheme::kFloat16, 55); }
// As in integer_test.cpp, but that scales follow each input.
TEST_P(FloatSchemes, DynamicIsCloseToFloat) { expect_close(Scheme::kDynamic, 32); }

INSTANTIATE_TEST_SUITE_P(Networks, FloatSchemes, testing::ValuesIn(networks()),
                         [](const auto& info) { return info.param.name; });

TEST(Float16, ConstantsAreHalvesBehindADequantize) {
  const Model model = build_network("separable");
  const Model small = quantised(model, Scheme::kFloat16);
  for (const char* name : {"conv/w", "depthwise/w", "pointwise/w", "logits/w", "pointwise/b"}) {
    ASSERT_NE(find(small, name), nullptr) << name;
    EXPECT_EQ(find(small, name)->dtype, BATON_FLOAT16) << name;
  }
  // Ten values are not worth it.
  EXPECT_EQ(find(small, "logits/b")->dtype, BATON_FLOAT32);
  EXPECT_EQ(count(small, BATON_OP_DEQUANTIZE), 5u);
  EXPECT_EQ(version(small, BATON_OP_DEQUANTIZE), 3);
  EXPECT_EQ(version(small, BATON_OP_CONV_2D), 1);
}

TEST(Float16, SharedConstantsAreDequantisedOnce) {
  GraphBuilder b;
  TensorId x = b.input("x", BATON_FLOAT32, {1, 32});
  const TensorId c = b.constant("c", {32}, std::vector<float>(32, 0.5f));
  x = binary(b, BATON_OP_MUL, x, c);
  b.output(binary(b, BATON_OP_ADD, x, c));
  EXPECT_EQ(count(quantised(b.model(), Scheme::kFloat16), BATON_OP_DEQUANTIZE), 1u);
}

TEST(Float16, WhatDoesNotFitStaysFloat) {
  GraphBuilder b;
  const TensorId x = b.input("x", BATON_FLOAT32, {1, 32});
  const TensorId c = b.constant("mask", {32}, std::vector<float>(32, -1e9f));
  b.output(binary(b, BATON_OP_ADD, x, c));
  const Model small = quantised(b.model(), Scheme::kFloat16);
  EXPECT_EQ(find(small, "mask")->dtype, BATON_FLOAT32);
  EXPECT_EQ(count(small, BATON_OP_DEQUANTIZE), 0u);
}

// One layer of each kind with 64 * 64 weights.
Model layers() {
  GraphBuilder b;
  int seed = 0;
  const auto weights = [&](const std::string& name, const Shape& shape) {
    ++seed;
    std::vector<float> values;
    for (int i = 0; i < 64 * 64; ++i) {
      values.push_back(static_cast<float>(i * seed % 61 - 30) / 240);
    }
    return b.constant(name, shape, values);
  };
  TensorId x = b.input("x", BATON_FLOAT32, {1, 4, 4, 64});
  x = conv_2d(b, x, weights("conv", {64, 1, 1, 64}), kNoTensor);
  x = depthwise_conv_2d(b, x, weights("depthwise", {1, 8, 8, 64}), kNoTensor);
  x = transpose_conv(b, x, weights("transpose", {64, 1, 1, 64}), kNoTensor, {1, 4, 4, 64});
  x = fully_connected(b, x, weights("dense", {64, 64}), kNoTensor);
  const TensorId y = b.tensor("y", BATON_FLOAT32, {16, 64});
  b.op(BATON_OP_BATCH_MATMUL, {x, weights("matmul", {64, 64})}, {y});
  b.output(y);
  return b.model();
}

TEST(Dynamic, WeightsOfEachKindAreInt8) {
  const Model model = layers();
  const Model small = quantised(model, Scheme::kDynamic);
  const struct {
    const char* name;
    size_t scales;
    int32_t axis;
  } expected[] = {
      {"conv", 64, 0},  {"depthwise", 64, 3}, {"transpose", 64, 0},
      {"dense", 64, 0}, {"matmul", 1, 0},
  };
  for (const auto& each : expected) {
    const Tensor* tensor = find(small, each.name);
    ASSERT_NE(tensor, nullptr) << each.name;
    EXPECT_EQ(tensor->dtype, BATON_INT8) << each.name;
    EXPECT_EQ(tensor->quantization.scale.size(), each.scales) << each.name;
    EXPECT_EQ(tensor->quantization.axis, each.axis) << each.name;
  }
  EXPECT_EQ(version(small, BATON_OP_CONV_2D), 5);
  EXPECT_EQ(version(small, BATON_OP_DEPTHWISE_CONV_2D), 6);
  EXPECT_EQ(version(small, BATON_OP_FULLY_CONNECTED), 12);
  EXPECT_EQ(small.subgraphs[0].operators.size(), model.subgraphs[0].operators.size());
  // A scale and a zero point for each channel take their place, too.
  EXPECT_LT(serialize(small).size(), serialize(model).size() / 3);
  const std::vector<Sample> inputs = samples(model, 2, 3);
  // Ten roundings, and weights whose pattern cancels much of the signal.
  EXPECT_GE(snr(run(model, inputs)[0], run(small, inputs)[0]), 25);
}

TEST(Dynamic, TablesAndLstmCellsAreInt8) {
  const Model small = quantised(build_network("tagger"), Scheme::kDynamic);
  for (const char* name : {"table", "wi", "wf", "wc", "wo", "ri", "rf", "rc", "ro"}) {
    ASSERT_NE(find(small, name), nullptr) << name;
    EXPECT_EQ(find(small, name)->dtype, BATON_INT8) << name;
  }
  EXPECT_EQ(find(small, "bi")->dtype, BATON_FLOAT32);
  EXPECT_EQ(find(small, "h")->dtype, BATON_FLOAT32);
  // What GATHER picks is int8 still; the cell wants float.
  EXPECT_EQ(count(small, BATON_OP_DEQUANTIZE), 1u);
  EXPECT_EQ(version(small, BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM), 2);
}

TEST(Dynamic, LookupsAndMemoriesTakeInt8) {
  GraphBuilder b;
  std::vector<float> values;
  for (int i = 0; i < 50 * 40; ++i) values.push_back(static_cast<float>(i * 7 % 97 - 48) / 96);
  const TensorId words = b.input("words", BATON_INT32, {6});
  const TensorId rows = b.tensor("rows", BATON_FLOAT32, {6, 40});
  b.op(BATON_OP_EMBEDDING_LOOKUP, {words, b.constant("table", {50, 40}, values)}, {rows});
  const TensorId y = b.tensor("y", BATON_FLOAT32, {6, 50});
  baton_svdf_attributes attributes = BATON_SVDF_ATTRIBUTES_INIT;
  attributes.rank = 1;
  b.op(BATON_OP_SVDF,
       {rows, b.constant("feature", {50, 40}, values),
        b.constant("time", {50, 3}, std::vector<float>(values.begin(), values.begin() + 150)),
        kNoTensor, b.variable("state", BATON_FLOAT32, {6, 150})},
       {y}, attributes);
  b.output(y);
  const Model small = quantised(b.model(), Scheme::kDynamic);
  EXPECT_EQ(find(small, "table")->dtype, BATON_INT8);
  EXPECT_EQ(find(small, "table")->quantization.scale.size(), 50u);
  EXPECT_EQ(find(small, "feature")->dtype, BATON_INT8);
  EXPECT_EQ(find(small, "time")->dtype, BATON_INT8);
  EXPECT_EQ(find(small, "rows")->dtype, BATON_FLOAT32);
  const std::vector<Sample> inputs = samples(b.model(), 4, 3);
  EXPECT_GE(snr(run(b.model(), inputs)[0], run(small, inputs)[0]), 32);
}

TEST(Dynamic, SmallAndStrangeWeightsStayFloat) {
  GraphBuilder b;
  TensorId x = b.input("x", BATON_FLOAT32, {1, 40});
  x = fully_connected(b, x, b.constant("small", {10, 40}, std::vector<float>(400, 0.1f)),
                      kNoTensor);
  std::vector<float> values(4000, 0.1f);
  values[7] = INFINITY;
  b.output(fully_connected(b, x, b.constant("infinite", {400, 10}, values), kNoTensor));
  const Model small = quantised(b.model(), Scheme::kDynamic);
  EXPECT_EQ(find(small, "small")->dtype, BATON_FLOAT32);
  EXPECT_EQ(find(small, "infinite")->dtype, BATON_FLOAT32);
}

TEST(FileSize, HalvesWithFloat16) {
  const Model model = layers();
  const auto size = serialize(quantised(model, Scheme::kFloat16)).size();
  EXPECT_LT(static_cast<double>(size), 0.55 * static_cast<double>(serialize(model).size()));
}

}  // namespace
}  // namespace baton::test
