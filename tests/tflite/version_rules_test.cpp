#include "converter/tflite/version_rules.h"

#include <gtest/gtest.h>

#include "converter/tflite/builder.h"
#include "core/schema/operators.h"

namespace baton::tflite {
namespace {

struct Case {
  const char* name;
  int32_t version;
  int32_t code;
  std::vector<Tensor> inputs;
  std::vector<Tensor> outputs;
  AttributeSet attributes = {};
};

Tensor make(baton_dtype dtype, Shape shape = {1, 2, 2, 4}, size_t scales = 0) {
  Tensor tensor;
  tensor.dtype = dtype;
  tensor.shape = std::move(shape);
  tensor.quantization.scale.assign(scales, 0.5f);
  tensor.quantization.zero_point.assign(scales, 0);
  return tensor;
}

template <typename T, typename Value>
AttributeSet with(Value T::*field, Value value) {
  T attributes = default_attributes<T>();
  attributes.*field = value;
  return attributes;
}

std::vector<Case> cases() {
  const Tensor f = make(BATON_FLOAT32);
  const Tensor f16 = make(BATON_FLOAT16);
  const Tensor i8 = make(BATON_INT8, {1, 2, 2, 4}, 1);
  const Tensor i8c = make(BATON_INT8, {1, 2, 2, 4}, 4);
  const Tensor i4 = make(BATON_INT4, {1, 2, 2, 4}, 1);
  const Tensor i16 = make(BATON_INT16, {1, 2, 2, 4}, 1);
  const Tensor plain16 = make(BATON_INT16);
  const Tensor i32 = make(BATON_INT32);
  const Tensor i64 = make(BATON_INT64);
  const Tensor boolean = make(BATON_BOOL);
  const Tensor f5 = make(BATON_FLOAT32, {1, 1, 2, 2, 4});
  const Tensor f6 = make(BATON_FLOAT32, {1, 1, 1, 2, 2, 4});
  const Tensor f5_row = make(BATON_FLOAT32, {4});
  return {
      {"AddFloat", 1, BATON_OP_ADD, {f, f}, {f}},
      {"AddInt8", 2, BATON_OP_ADD, {i8, i8}, {i8}},
      {"AddInt16", 1, BATON_OP_ADD, {i16, i16}, {i16}, default_attributes<baton_add_attributes>()},
      {"AddInt16AnyScale",
       3,
       BATON_OP_ADD,
       {i16, i16},
       {i16},
       with(&baton_add_attributes::pot_scale_int16, uint8_t{0})},
      {"AddInt64", 4, BATON_OP_ADD, {i64, i64}, {i64}},
      {"AddPlainInt16", 5, BATON_OP_ADD, {plain16, plain16}, {plain16}},
      {"AddFloat16", 6, BATON_OP_ADD, {f16, f16}, {f16}},
      {"ConvFloat", 1, BATON_OP_CONV_2D, {f, f, f}, {f}},
      {"ConvHybrid", 2, BATON_OP_CONV_2D, {f, i8, f}, {f}},
      {"ConvHybridPerChannel", 5, BATON_OP_CONV_2D, {f, i8c, f}, {f}},
      {"ConvInt8", 3, BATON_OP_CONV_2D, {i8, i8c, i32}, {i8}},
      {"ConvInt16", 4, BATON_OP_CONV_2D, {i16, i8c, i64}, {i16}},
      {"ConvInt16BiasType",
       8,
       BATON_OP_CONV_2D,
       {i16, i8c, i64},
       {i16},
       with(&baton_conv_2d_attributes::quantized_bias_type, int32_t{BATON_INT64})},
      {"ConvGrouped", 6, BATON_OP_CONV_2D, {f, make(BATON_FLOAT32, {4, 1, 1, 2}), f}, {f}},
      {"ConvInt4", 7, BATON_OP_CONV_2D, {i8, i4, i32}, {i8}},
      {"DepthwiseDilated",
       2,
       BATON_OP_DEPTHWISE_CONV_2D,
       {f, f, f},
       {f},
       with(&baton_depthwise_conv_2d_attributes::dilation_h_factor, int32_t{2})},
      {"FullyConnected", 1, BATON_OP_FULLY_CONNECTED, {f, f, f}, {f}},
      {"FullyConnectedNoBias", 6, BATON_OP_FULLY_CONNECTED, {f, f}, {f}},
      {"FullyConnectedInt8", 4, BATON_OP_FULLY_CONNECTED, {i8, i8, i32}, {i8}},
      {"FullyConnectedKeepDims",
       5,
       BATON_OP_FULLY_CONNECTED,
       {f, f, f},
       {f},
       with(&baton_fully_connected_attributes::keep_num_dims, uint8_t{1})},
      {"FullyConnectedAsymmetric",
       9,
       BATON_OP_FULLY_CONNECTED,
       {f, i8, f},
       {f},
       with(&baton_fully_connected_attributes::asymmetric_quantize_inputs, uint8_t{1})},
      {"MulLargeScale", 3, BATON_OP_MUL, {make(BATON_INT8, {1}, 1), i8}, {[] {
         Tensor tensor = make(BATON_INT8, {1}, 1);
         tensor.quantization.scale[0] = 0.25f;
         return tensor;
       }()}},
      {"MulInt8", 2, BATON_OP_MUL, {i8, i8}, {i8}},
      {"SubBroadcast", 3, BATON_OP_SUB, {f5, f5_row}, {f5}},
      {"SubSameShape", 1, BATON_OP_SUB, {f5, f5}, {f5}},
      {"TransposeRank5", 4, BATON_OP_TRANSPOSE, {f5, i32}, {f5}},
      {"TransposeRank6", 6, BATON_OP_TRANSPOSE, {f6, i32}, {f6}},
      {"CastToInt8", 3, BATON_OP_CAST, {f}, {i8}},
      {"CastFromBool", 1, BATON_OP_CAST, {boolean}, {f}},
      {"BroadcastTo", 2, BATON_OP_BROADCAST_TO, {f, i32}, {f}},
      {"BroadcastToInt8", 3, BATON_OP_BROADCAST_TO, {i8, i32}, {i8}},
      {"SplitInt8", 2, BATON_OP_SPLIT, {i32, i8}, {i8}},
      {"LstmBasic",
       2,
       BATON_OP_LSTM,
       {f, f, f},
       {f},
       with(&baton_lstm_attributes::kernel_type, int32_t{BATON_LSTM_KERNEL_TYPE_BASIC})},
      {"QuantizeInt16", 2, BATON_OP_QUANTIZE, {f}, {i16}},
      {"DequantizeFloat16", 3, BATON_OP_DEQUANTIZE, {f16}, {f}},
      {"NoTensors", 1, BATON_OP_CONV_2D, {}, {}},
      {"UnknownOperator", 1, 4711, {f}, {f}},
  };
}

class LowestVersion : public testing::TestWithParam<Case> {};

TEST_P(LowestVersion, IsTheOneThatTheNodeNeeds) {
  const Case& one = GetParam();
  Subgraph graph;
  Operator op;
  const auto add = [&](const std::vector<Tensor>& tensors, std::vector<TensorId>& ids) {
    for (const Tensor& tensor : tensors) {
      ids.push_back(static_cast<TensorId>(graph.tensors.size()));
      graph.tensors.push_back(tensor);
    }
  };
  add(one.inputs, op.inputs);
  add(one.outputs, op.outputs);
  op.attributes = one.attributes;
  EXPECT_EQ(lowest_version(graph, op, one.code), one.version);
}

INSTANTIATE_TEST_SUITE_P(Nodes, LowestVersion, testing::ValuesIn(cases()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(LowestVersion, IndicesThatDoNotExistAreAbsent) {
  Operator op;
  op.inputs = {-1, 5, 1 << 30, -100};
  op.outputs = {77};
  for (int32_t code = 0; code < BATON_OP_COUNT; ++code) {
    EXPECT_GE(lowest_version(Subgraph{}, op, code), 1) << operator_name(code);
  }
}

TEST(LowestVersion, StaysWithinTheFormat) {
  // Every type in every position: whatever the rules say exists.
  for (int32_t code = 0; code < BATON_OP_COUNT; ++code) {
    const BuiltinOperator& known = *builtin_operator(code);
    if (known.last_version == 0) continue;
    for (baton_dtype dtype = 0; dtype <= BATON_FLOAT8_E5M2; ++dtype) {
      Subgraph graph;
      graph.tensors.assign(5, make(dtype, {1, 1, 1, 1, 1, 1, 2}, 2));
      Operator op;
      op.inputs = {0, 1, 2, 3};
      op.outputs = {4};
      const int32_t version = lowest_version(graph, op, code);
      // LSTM's fifth version is in the format but no released runtime registered it.
      EXPECT_LE(version, known.last_version + (code == BATON_OP_LSTM)) << known.name;
      EXPECT_GE(version, known.first_version) << known.name;
    }
  }
}

}  // namespace
}  // namespace baton::tflite
