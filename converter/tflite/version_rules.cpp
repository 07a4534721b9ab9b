#include "converter/tflite/version_rules.h"

#include <algorithm>

#include "core/schema/operators.h"

namespace baton::tflite {
namespace {

// One operator with its tensors.
struct Node {
  const Subgraph& graph;
  const Operator& op;

  const Tensor* tensor(const std::vector<TensorId>& ids, size_t i) const {
    if (i >= ids.size() || ids[i] < 0) return nullptr;
    const auto index = static_cast<size_t>(ids[i]);
    return index < graph.tensors.size() ? &graph.tensors[index] : nullptr;
  }
  const Tensor* input(size_t i) const { return tensor(op.inputs, i); }
  const Tensor* output(size_t i) const { return tensor(op.outputs, i); }
};

bool has_type(const Tensor* tensor, std::initializer_list<baton_dtype> dtypes) {
  return tensor != nullptr &&
         std::find(dtypes.begin(), dtypes.end(), tensor->dtype) != dtypes.end();
}

bool quantised(const Tensor* tensor) {
  return tensor != nullptr && !tensor->quantization.scale.empty();
}

bool per_channel(const Tensor* tensor) {
  return tensor != nullptr && tensor->quantization.scale.size() > 1;
}

size_t rank(const Tensor* tensor) { return tensor != nullptr ? tensor->shape.size() : 0; }

int32_t last_size(const Tensor* tensor) { return rank(tensor) > 0 ? tensor->shape.back() : 0; }

using Predicate = bool (*)(const Node&);

template <size_t kInput, baton_dtype... kTypes>
bool in(const Node& node) {
  return has_type(node.input(kInput), {kTypes...});
}

template <size_t kOutput, baton_dtype... kTypes>
bool out(const Node& node) {
  return has_type(node.output(kOutput), {kTypes...});
}

template <baton_dtype... kTypes>
bool any(const Node& node) {
  const auto matches = [&](const Tensor* tensor) { return has_type(tensor, {kTypes...}); };
  for (size_t i = 0; i < node.op.inputs.size(); ++i) {
    if (matches(node.input(i))) return true;
  }
  for (size_t i = 0; i < node.op.outputs.size(); ++i) {
    if (matches(node.output(i))) return true;
  }
  return false;
}

template <baton_dtype kType>
bool quantised_in(const Node& node) {
  return in<0, kType>(node) && quantised(node.input(0));
}

template <baton_dtype... kTypes>
bool plain_in(const Node& node) {
  return in<0, kTypes...>(node) && !quantised(node.input(0));
}

// Data of one type, weights of another.
template <size_t kWeights, baton_dtype kData, baton_dtype kWeightType>
bool mixed(const Node& node) {
  return in<0, kData>(node) && in<kWeights, kWeightType>(node);
}

template <size_t kWeights>
bool hybrid(const Node& node) {
  return mixed<kWeights, BATON_FLOAT32, BATON_INT8>(node) ||
         mixed<kWeights, BATON_FLOAT32, BATON_UINT8>(node) ||
         mixed<kWeights, BATON_FLOAT32, BATON_INT4>(node);
}

template <size_t kWeights>
bool hybrid_per_channel(const Node& node) {
  return hybrid<kWeights>(node) && per_channel(node.input(kWeights));
}

template <typename T, auto kField>
bool set(const Node& node) {
  const T* attributes = node.op.attributes.get<T>();
  return attributes != nullptr && attributes->*kField != 0;
}

template <size_t kWeights, typename T>
bool hybrid_asymmetric(const Node& node) {
  return hybrid<kWeights>(node) && set<T, &T::asymmetric_quantize_inputs>(node);
}

template <size_t kMoreThan>
bool rank_above(const Node& node) {
  return rank(node.input(0)) > kMoreThan;
}

bool rank_not_4(const Node& node) { return rank(node.input(0)) != 4; }

// The operands have different shapes and a rank above 4.
bool wide_broadcast(const Node& node) {
  const Tensor* a = node.input(0);
  const Tensor* b = node.input(1);
  return a != nullptr && b != nullptr && a->shape != b->shape && std::max(rank(a), rank(b)) > 4;
}

template <typename T>
bool int16_any_scale(const Node& node) {
  const T* attributes = node.op.attributes.get<T>();
  return quantised_in<BATON_INT16>(node) && attributes != nullptr &&
         attributes->pot_scale_int16 == 0;
}

// The product of the scales does not shrink.
bool large_product_scale(const Node& node) {
  const Tensor* tensors[] = {node.input(0), node.input(1), node.output(0)};
  double scales[3];
  for (size_t i = 0; i < 3; ++i) {
    if (!quantised(tensors[i])) return false;
    scales[i] = static_cast<double>(tensors[i]->quantization.scale[0]);
  }
  return scales[0] * scales[1] / scales[2] >= 1.0;
}

bool grouped(const Node& node) {
  return node.input(0) != nullptr && node.input(1) != nullptr &&
         last_size(node.input(0)) != last_size(node.input(1));
}

template <typename T>
bool int16_with_bias_type(const Node& node) {
  return mixed<1, BATON_INT16, BATON_INT8>(node) && set<T, &T::quantized_bias_type>(node);
}

using Conv = baton_conv_2d_attributes;
using FullyConnected = baton_fully_connected_attributes;
using Slices = baton_strided_slice_attributes;
using Bilinear = baton_resize_bilinear_attributes;
using Nearest = baton_resize_nearest_neighbor_attributes;

bool dilated(const Node& node) {
  const auto* attributes = node.op.attributes.get<baton_depthwise_conv_2d_attributes>();
  return attributes != nullptr &&
         (attributes->dilation_w_factor != 1 || attributes->dilation_h_factor != 1);
}

bool without_bias(const Node& node) { return node.input(2) == nullptr; }

bool with_fourth_input(const Node& node) { return node.input(3) != nullptr; }

bool sparse_weights(const Node& node) {
  return node.input(1) != nullptr && node.input(1)->sparsity.has_value();
}

// TRANSPOSE_CONV has its weights second and its data third.
bool transposed_int16_with_bias_type(const Node& node) {
  return in<2, BATON_INT16>(node) && in<1, BATON_INT8>(node) &&
         set<baton_transpose_conv_attributes,
             &baton_transpose_conv_attributes::quantized_bias_type>(node);
}

bool basic_lstm(const Node& node) {
  const auto* attributes = node.op.attributes.get<baton_lstm_attributes>();
  return attributes != nullptr && attributes->kernel_type == BATON_LSTM_KERNEL_TYPE_BASIC;
}

bool new_axes(const Node& node) {
  return set<Slices, &Slices::ellipsis_mask>(node) || set<Slices, &Slices::new_axis_mask>(node);
}

bool nearest_flags(const Node& node) {
  return set<Nearest, &Nearest::half_pixel_centers>(node) ||
         set<Nearest, &Nearest::align_corners>(node);
}

bool rank_5_operand(const Node& node) {
  return rank(node.input(0)) == 5 || rank(node.input(1)) == 5 || rank(node.input(2)) == 5;
}

bool not_bool(const Node& node) { return node.input(0) != nullptr && !in<0, BATON_BOOL>(node); }

bool packed_or_per_channel_table(const Node& node) {
  return in<1, BATON_INT4>(node) || per_channel(node.input(1));
}

template <size_t kInput>
bool per_channel_in(const Node& node) {
  return per_channel(node.input(kInput));
}

bool per_channel_out(const Node& node) { return per_channel(node.output(0)); }

bool transpose_8(const Node& node) { return rank_above<6>(node) || in<0, BATON_BFLOAT16>(node); }

bool top_k_int16(const Node& node) {
  return in<0, BATON_INT16>(node) || in<1, BATON_INT16>(node) || out<1, BATON_INT16>(node);
}

bool hybrid_matmul_asymmetric(const Node& node) {
  return hybrid_asymmetric<1, baton_batch_mat_mul_attributes>(node);
}

#define BATON_FLOAT8 BATON_FLOAT8_E4M3FN, BATON_FLOAT8_E5M2

struct Rule {
  int32_t code;
  int32_t version;
  Predicate needed;
};

// The highest version whose condition holds is the one to write; first_version if none does.
constexpr Rule kRules[] = {
    {BATON_OP_ADD, 2, in<0, BATON_INT8>},
    {BATON_OP_ADD, 3, int16_any_scale<baton_add_attributes>},
    {BATON_OP_ADD, 4, in<0, BATON_INT64>},
    {BATON_OP_ADD, 5, plain_in<BATON_INT16>},
    {BATON_OP_ADD, 6, in<0, BATON_FLOAT16>},
    {BATON_OP_AVERAGE_POOL_2D, 2, in<0, BATON_INT8>},
    {BATON_OP_AVERAGE_POOL_2D, 3, in<0, BATON_INT16>},
    {BATON_OP_CONCATENATION, 2, in<0, BATON_INT8>},
    {BATON_OP_CONCATENATION, 3, in<0, BATON_INT16>},
    {BATON_OP_CONCATENATION, 4, in<0, BATON_UINT32>},
    {BATON_OP_CONCATENATION, 5, in<0, BATON_INT4>},
    {BATON_OP_CONCATENATION, 6, in<0, BATON_FLOAT16>},
    {BATON_OP_CONCATENATION, 7, in<0, BATON_FLOAT8>},
    {BATON_OP_CONV_2D, 2, hybrid<1>},
    {BATON_OP_CONV_2D, 3, in<0, BATON_INT8>},
    {BATON_OP_CONV_2D, 4, in<0, BATON_INT16>},
    {BATON_OP_CONV_2D, 5, hybrid_per_channel<1>},
    {BATON_OP_CONV_2D, 6, grouped},
    {BATON_OP_CONV_2D, 7, mixed<1, BATON_INT8, BATON_INT4>},
    {BATON_OP_CONV_2D, 8, int16_with_bias_type<Conv>},
    {BATON_OP_DEPTHWISE_CONV_2D, 2, dilated},
    {BATON_OP_DEPTHWISE_CONV_2D, 3, in<0, BATON_INT8>},
    {BATON_OP_DEPTHWISE_CONV_2D, 4, hybrid<1>},
    {BATON_OP_DEPTHWISE_CONV_2D, 5, in<0, BATON_INT16>},
    {BATON_OP_DEPTHWISE_CONV_2D, 6, hybrid_per_channel<1>},
    {BATON_OP_DEPTHWISE_CONV_2D, 7, mixed<1, BATON_INT8, BATON_INT4>},
    {BATON_OP_DEPTH_TO_SPACE, 2, in<0, BATON_INT8>},
    {BATON_OP_DEQUANTIZE, 2, in<0, BATON_INT8>},
    {BATON_OP_DEQUANTIZE, 3, in<0, BATON_INT16, BATON_FLOAT16>},
    {BATON_OP_DEQUANTIZE, 5, per_channel_in<0>},
    {BATON_OP_DEQUANTIZE, 6, in<0, BATON_INT4>},
    {BATON_OP_DEQUANTIZE, 7, in<0, BATON_INT2>},
    {BATON_OP_DEQUANTIZE, 8, in<0, BATON_UINT4>},
    {BATON_OP_DEQUANTIZE, 9, in<0, BATON_FLOAT8>},
    {BATON_OP_EMBEDDING_LOOKUP, 4, packed_or_per_channel_table},
    {BATON_OP_EMBEDDING_LOOKUP, 5, in<1, BATON_INT2>},
    {BATON_OP_FULLY_CONNECTED, 2, set<FullyConnected, &FullyConnected::weights_format>},
    {BATON_OP_FULLY_CONNECTED, 3, hybrid<1>},
    {BATON_OP_FULLY_CONNECTED, 4, in<0, BATON_INT8>},
    {BATON_OP_FULLY_CONNECTED, 5, set<FullyConnected, &FullyConnected::keep_num_dims>},
    {BATON_OP_FULLY_CONNECTED, 6, without_bias},
    {BATON_OP_FULLY_CONNECTED, 7, mixed<1, BATON_INT16, BATON_INT16>},
    {BATON_OP_FULLY_CONNECTED, 7, mixed<1, BATON_INT16, BATON_INT8>},
    {BATON_OP_FULLY_CONNECTED, 8, sparse_weights},
    {BATON_OP_FULLY_CONNECTED, 9, hybrid_asymmetric<1, FullyConnected>},
    {BATON_OP_FULLY_CONNECTED, 10, mixed<1, BATON_INT8, BATON_INT4>},
    {BATON_OP_FULLY_CONNECTED, 11, int16_with_bias_type<FullyConnected>},
    {BATON_OP_FULLY_CONNECTED, 12, hybrid_per_channel<1>},
    {BATON_OP_FULLY_CONNECTED, 13, mixed<1, BATON_INT16, BATON_INT4>},
    {BATON_OP_FULLY_CONNECTED, 14, in<1, BATON_INT2>},
    {BATON_OP_L2_NORMALIZATION, 2, in<0, BATON_INT8>},
    {BATON_OP_LOGISTIC, 2, in<0, BATON_INT8>},
    {BATON_OP_LOGISTIC, 3, in<0, BATON_INT16>},
    {BATON_OP_LSTM, 2, basic_lstm},
    {BATON_OP_LSTM, 3, hybrid<2>},
    {BATON_OP_LSTM, 4, hybrid_asymmetric<2, baton_lstm_attributes>},
    {BATON_OP_LSTM, 5, mixed<2, BATON_INT16, BATON_INT8>},
    {BATON_OP_MAX_POOL_2D, 2, in<0, BATON_INT8>},
    {BATON_OP_MAX_POOL_2D, 3, in<0, BATON_INT16>},
    {BATON_OP_MUL, 2, in<0, BATON_INT8>},
    {BATON_OP_MUL, 3, large_product_scale},
    {BATON_OP_MUL, 4, in<0, BATON_INT16>},
    {BATON_OP_MUL, 5, in<0, BATON_INT64>},
    {BATON_OP_MUL, 6, in<0, BATON_COMPLEX64>},
    {BATON_OP_MUL, 7, plain_in<BATON_INT16, BATON_UINT32>},
    {BATON_OP_MUL, 8, in<0, BATON_FLOAT16>},
    {BATON_OP_RELU, 2, in<0, BATON_INT8, BATON_UINT8>},
    {BATON_OP_RELU, 3, in<0, BATON_INT16>},
    {BATON_OP_RELU6, 2, in<0, BATON_INT8>},
    {BATON_OP_RELU6, 3, in<0, BATON_INT16>},
    {BATON_OP_RESIZE_BILINEAR, 2, in<0, BATON_INT8>},
    {BATON_OP_RESIZE_BILINEAR, 3, set<Bilinear, &Bilinear::half_pixel_centers>},
    {BATON_OP_RESIZE_BILINEAR, 4, in<0, BATON_INT16>},
    {BATON_OP_RNN, 2, hybrid<1>},
    {BATON_OP_RNN, 3, hybrid_asymmetric<1, baton_rnn_attributes>},
    {BATON_OP_SOFTMAX, 2, in<0, BATON_INT8>},
    {BATON_OP_SOFTMAX, 3, in<0, BATON_INT16>},
    {BATON_OP_SOFTMAX, 4, in<0, BATON_FLOAT16>},
    {BATON_OP_SPACE_TO_DEPTH, 2, in<0, BATON_INT8>},
    {BATON_OP_SVDF, 2, hybrid<1>},
    {BATON_OP_SVDF, 3, in<0, BATON_INT8>},
    {BATON_OP_SVDF, 4, hybrid_asymmetric<1, baton_svdf_attributes>},
    {BATON_OP_TANH, 2, in<0, BATON_INT8>},
    {BATON_OP_TANH, 3, in<0, BATON_INT16>},
    {BATON_OP_PAD, 2, in<0, BATON_INT8>},
    {BATON_OP_PAD, 3, in<0, BATON_INT16>},
    {BATON_OP_PAD, 4, rank_above<4>},
    {BATON_OP_PAD, 5, in<0, BATON_BOOL>},
    {BATON_OP_PAD, 6, in<0, BATON_FLOAT8>},
    {BATON_OP_UNIDIRECTIONAL_SEQUENCE_RNN, 2, hybrid<1>},
    {BATON_OP_UNIDIRECTIONAL_SEQUENCE_RNN, 3, hybrid_asymmetric<1, baton_sequence_rnn_attributes>},
    {BATON_OP_GATHER, 2, in<0, BATON_INT8>},
    {BATON_OP_GATHER, 3, in<0, BATON_BOOL>},
    {BATON_OP_GATHER, 4, in<0, BATON_INT16>},
    {BATON_OP_GATHER, 5, set<baton_gather_attributes, &baton_gather_attributes::batch_dims>},
    {BATON_OP_GATHER, 6, in<1, BATON_INT16>},
    {BATON_OP_GATHER, 7, in<0, BATON_INT4>},
    {BATON_OP_GATHER, 8, in<0, BATON_FLOAT8>},
    {BATON_OP_BATCH_TO_SPACE_ND, 2, in<0, BATON_INT8>},
    {BATON_OP_BATCH_TO_SPACE_ND, 3, rank_not_4},
    {BATON_OP_BATCH_TO_SPACE_ND, 4, in<0, BATON_INT16>},
    {BATON_OP_SPACE_TO_BATCH_ND, 2, in<0, BATON_INT8>},
    {BATON_OP_SPACE_TO_BATCH_ND, 3, rank_not_4},
    {BATON_OP_SPACE_TO_BATCH_ND, 4, in<0, BATON_INT16>},
    {BATON_OP_TRANSPOSE, 2, in<0, BATON_INT8>},
    {BATON_OP_TRANSPOSE, 3, in<0, BATON_BOOL>},
    {BATON_OP_TRANSPOSE, 4, rank_above<4>},
    {BATON_OP_TRANSPOSE, 5, in<0, BATON_INT16>},
    {BATON_OP_TRANSPOSE, 6, rank_above<5>},
    {BATON_OP_TRANSPOSE, 7, in<0, BATON_INT4>},
    {BATON_OP_TRANSPOSE, 8, transpose_8},
    {BATON_OP_TRANSPOSE, 9, in<0, BATON_FLOAT16>},
    {BATON_OP_MEAN, 2, in<0, BATON_INT8>},
    {BATON_OP_MEAN, 3, in<0, BATON_INT16>},
    {BATON_OP_SUB, 2, in<0, BATON_INT8>},
    {BATON_OP_SUB, 3, wide_broadcast},
    {BATON_OP_SUB, 4, in<0, BATON_INT64>},
    {BATON_OP_SUB, 5, int16_any_scale<baton_sub_attributes>},
    {BATON_OP_DIV, 2, wide_broadcast},
    {BATON_OP_SQUEEZE, 2, in<0, BATON_STRING>},
    {BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, 2, hybrid<2>},
    {BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, 3,
     hybrid_asymmetric<2, baton_unidirectional_sequence_lstm_attributes>},
    {BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, 4,
     set<baton_unidirectional_sequence_lstm_attributes,
         &baton_unidirectional_sequence_lstm_attributes::diagonal_recurrent_tensors>},
    {BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, 5, mixed<2, BATON_INT16, BATON_INT8>},
    {BATON_OP_STRIDED_SLICE, 2, in<0, BATON_INT8>},
    {BATON_OP_STRIDED_SLICE, 3, in<0, BATON_BOOL>},
    {BATON_OP_STRIDED_SLICE, 4, rank_above<4>},
    {BATON_OP_STRIDED_SLICE, 5, in<0, BATON_STRING>},
    {BATON_OP_STRIDED_SLICE, 6, new_axes},
    {BATON_OP_STRIDED_SLICE, 7, in<0, BATON_UINT32>},
    {BATON_OP_STRIDED_SLICE, 8, set<Slices, &Slices::offset>},
    {BATON_OP_BIDIRECTIONAL_SEQUENCE_RNN, 2, hybrid<1>},
    {BATON_OP_BIDIRECTIONAL_SEQUENCE_RNN, 3,
     hybrid_asymmetric<1, baton_bidirectional_sequence_rnn_attributes>},
    {BATON_OP_EXP, 2, in<0, BATON_INT8, BATON_INT16>},
    {BATON_OP_TOPK_V2, 2, in<0, BATON_INT8>},
    {BATON_OP_TOPK_V2, 3, top_k_int16},
    {BATON_OP_SPLIT, 2, in<1, BATON_INT8>},
    {BATON_OP_SPLIT, 3, in<1, BATON_INT32>},
    {BATON_OP_SPLIT, 4, in<1, BATON_INT16>},
    {BATON_OP_SPLIT, 5, in<1, BATON_FLOAT8>},
    {BATON_OP_LOG_SOFTMAX, 2, in<0, BATON_INT8>},
    {BATON_OP_BIDIRECTIONAL_SEQUENCE_LSTM, 2, hybrid<2>},
    {BATON_OP_BIDIRECTIONAL_SEQUENCE_LSTM, 3,
     hybrid_asymmetric<2, baton_bidirectional_sequence_lstm_attributes>},
    {BATON_OP_CAST, 2, any<BATON_UINT32>},
    {BATON_OP_CAST, 3, any<BATON_INT8>},
    {BATON_OP_CAST, 4, any<BATON_UINT16>},
    {BATON_OP_CAST, 5, any<BATON_FLOAT64, BATON_FLOAT16>},
    {BATON_OP_CAST, 6, any<BATON_INT4>},
    {BATON_OP_CAST, 7, any<BATON_BFLOAT16>},
    {BATON_OP_CAST, 8, any<BATON_INT2, BATON_UINT4>},
    {BATON_OP_CAST, 9, any<BATON_FLOAT8>},
    {BATON_OP_MAXIMUM, 2, in<0, BATON_INT8>},
    {BATON_OP_MAXIMUM, 3, wide_broadcast},
    {BATON_OP_MAXIMUM, 4, in<0, BATON_INT16>},
    {BATON_OP_ARG_MAX, 2, in<0, BATON_INT8>},
    {BATON_OP_ARG_MAX, 3, in<0, BATON_BOOL>},
    {BATON_OP_MINIMUM, 2, in<0, BATON_INT8>},
    {BATON_OP_MINIMUM, 3, wide_broadcast},
    {BATON_OP_MINIMUM, 4, in<0, BATON_INT16>},
    {BATON_OP_LESS, 2, in<0, BATON_INT8>},
    {BATON_OP_LESS, 3, in<0, BATON_INT16>},
    {BATON_OP_PADV2, 2, in<0, BATON_INT8>},
    {BATON_OP_PADV2, 3, in<0, BATON_INT16>},
    {BATON_OP_PADV2, 4, rank_above<4>},
    {BATON_OP_PADV2, 5, in<0, BATON_BOOL>},
    {BATON_OP_PADV2, 6, in<0, BATON_FLOAT8>},
    {BATON_OP_GREATER, 2, in<0, BATON_INT8>},
    {BATON_OP_GREATER_EQUAL, 2, in<0, BATON_INT8>},
    {BATON_OP_GREATER_EQUAL, 3, in<0, BATON_INT16>},
    {BATON_OP_LESS_EQUAL, 2, in<0, BATON_INT8>},
    {BATON_OP_SELECT, 2, in<1, BATON_INT8>},
    {BATON_OP_SELECT, 3, rank_5_operand},
    {BATON_OP_SELECT, 4, in<1, BATON_UINT32>},
    {BATON_OP_SLICE, 2, in<0, BATON_INT8>},
    {BATON_OP_SLICE, 3, in<0, BATON_STRING>},
    {BATON_OP_SLICE, 4, in<0, BATON_INT16>},
    {BATON_OP_SLICE, 5, rank_above<4>},
    {BATON_OP_SLICE, 6, in<0, BATON_UINT32>},
    {BATON_OP_SLICE, 7, in<0, BATON_INT4>},
    {BATON_OP_SLICE, 8, in<0, BATON_FLOAT16>},
    {BATON_OP_SIN, 2, in<0, BATON_FLOAT16>},
    {BATON_OP_TRANSPOSE_CONV, 2, in<1, BATON_INT8>},
    {BATON_OP_TRANSPOSE_CONV, 3, with_fourth_input},
    {BATON_OP_TRANSPOSE_CONV, 4,
     set<baton_transpose_conv_attributes,
         &baton_transpose_conv_attributes::fused_activation_function>},
    {BATON_OP_TRANSPOSE_CONV, 5, transposed_int16_with_bias_type},
    {BATON_OP_SPARSE_TO_DENSE, 2, in<2, BATON_INT64>},
    {BATON_OP_SPARSE_TO_DENSE, 3, in<2, BATON_INT8, BATON_UINT8>},
    {BATON_OP_TILE, 2, in<0, BATON_STRING>},
    {BATON_OP_TILE, 3, in<0, BATON_INT8>},
    {BATON_OP_EQUAL, 2, in<0, BATON_INT8>},
    {BATON_OP_EQUAL, 3, in<0, BATON_STRING>},
    {BATON_OP_EQUAL, 5, in<0, BATON_INT16>},
    {BATON_OP_NOT_EQUAL, 2, in<0, BATON_INT8>},
    {BATON_OP_NOT_EQUAL, 3, in<0, BATON_STRING>},
    {BATON_OP_NOT_EQUAL, 4, in<0, BATON_INT16>},
    {BATON_OP_LOG, 2, in<0, BATON_INT8, BATON_INT16>},
    {BATON_OP_SUM, 2, in<0, BATON_INT8>},
    {BATON_OP_SQRT, 2, in<0, BATON_INT8, BATON_INT16>},
    {BATON_OP_RSQRT, 2, in<0, BATON_INT8>},
    {BATON_OP_RSQRT, 3, in<0, BATON_INT16>},
    {BATON_OP_ARG_MIN, 2, in<0, BATON_INT8>},
    {BATON_OP_ARG_MIN, 3, in<0, BATON_BOOL>},
    {BATON_OP_FAKE_QUANT, 2,
     set<baton_fake_quant_attributes, &baton_fake_quant_attributes::narrow_range>},
    {BATON_OP_REDUCE_PROD, 2, in<0, BATON_INT8, BATON_INT16>},
    {BATON_OP_REDUCE_MAX, 2, in<0, BATON_INT8>},
    {BATON_OP_REDUCE_MAX, 3, in<0, BATON_INT16>},
    {BATON_OP_PACK, 2, in<0, BATON_INT8>},
    {BATON_OP_PACK, 3, in<0, BATON_INT16>},
    {BATON_OP_PACK, 4, in<0, BATON_UINT32>},
    {BATON_OP_PACK, 5, in<0, BATON_FLOAT8>},
    {BATON_OP_UNPACK, 2, in<0, BATON_INT8, BATON_UINT8>},
    {BATON_OP_UNPACK, 3, in<0, BATON_BOOL>},
    {BATON_OP_UNPACK, 4, in<0, BATON_INT16>},
    {BATON_OP_UNPACK, 5, in<0, BATON_FLOAT16, BATON_BFLOAT16>},
    {BATON_OP_UNPACK, 6, in<0, BATON_FLOAT8>},
    {BATON_OP_REDUCE_MIN, 2, in<0, BATON_INT8>},
    {BATON_OP_REDUCE_MIN, 3, in<0, BATON_INT16>},
    {BATON_OP_FLOOR_DIV, 2, in<0, BATON_FLOAT32>},
    {BATON_OP_FLOOR_DIV, 3, in<0, BATON_INT16, BATON_INT8>},
    {BATON_OP_FILL, 2, in<1, BATON_BOOL, BATON_STRING>},
    {BATON_OP_FILL, 3, in<1, BATON_INT8, BATON_INT16>},
    {BATON_OP_FILL, 4, in<1, BATON_FLOAT16>},
    {BATON_OP_FILL, 5, in<1, BATON_FLOAT8>},
    {BATON_OP_FLOOR_MOD, 2, in<0, BATON_INT16, BATON_INT8>},
    {BATON_OP_RANGE, 2, in<0, BATON_INT64>},
    {BATON_OP_RESIZE_NEAREST_NEIGHBOR, 2, in<0, BATON_INT8>},
    {BATON_OP_RESIZE_NEAREST_NEIGHBOR, 3, nearest_flags},
    {BATON_OP_RESIZE_NEAREST_NEIGHBOR, 4, in<0, BATON_INT16>},
    {BATON_OP_LEAKY_RELU, 2, in<0, BATON_INT16>},
    {BATON_OP_SQUARED_DIFFERENCE, 2, in<0, BATON_INT8>},
    {BATON_OP_MIRROR_PAD, 2, in<0, BATON_INT8>},
    {BATON_OP_MIRROR_PAD, 3, in<0, BATON_INT16>},
    {BATON_OP_ABS, 2, in<0, BATON_INT8, BATON_UINT8>},
    {BATON_OP_ABS, 3, quantised_in<BATON_INT16>},
    {BATON_OP_ABS, 4, plain_in<BATON_INT16>},
    {BATON_OP_ABS, 5, in<0, BATON_INT32>},
    {BATON_OP_SPLIT_V, 2, in<0, BATON_INT8>},
    {BATON_OP_SPLIT_V, 3, in<0, BATON_FLOAT8>},
    {BATON_OP_REVERSE_V2, 2, in<0, BATON_BOOL>},
    {BATON_OP_REVERSE_V2, 3, in<0, BATON_INT8>},
    {BATON_OP_REVERSE_V2, 4, in<0, BATON_FLOAT8>},
    {BATON_OP_GATHER_ND, 2, in<0, BATON_STRING>},
    {BATON_OP_GATHER_ND, 3, in<0, BATON_INT16>},
    {BATON_OP_GATHER_ND, 4, in<1, BATON_INT16>},
    {BATON_OP_GATHER_ND, 5, in<0, BATON_BOOL>},
    {BATON_OP_GATHER_ND, 6, in<0, BATON_FLOAT8>},
    {BATON_OP_COS, 2, in<0, BATON_FLOAT16>},
    {BATON_OP_WHERE, 2, not_bool},
    {BATON_OP_QUANTIZE, 2, out<0, BATON_INT16>},
    {BATON_OP_QUANTIZE, 3, per_channel_out},
    {BATON_OP_QUANTIZE, 4, out<0, BATON_INT4>},
    {BATON_OP_QUANTIZE, 5, out<0, BATON_UINT4>},
    {BATON_OP_SELECT_V2, 2, in<1, BATON_UINT32>},
    {BATON_OP_BATCH_MATMUL, 2, in<0, BATON_INT8>},
    {BATON_OP_BATCH_MATMUL, 3, in<0, BATON_INT16>},
    {BATON_OP_BATCH_MATMUL, 4, hybrid_matmul_asymmetric},
    {BATON_OP_BROADCAST_TO, 3, in<0, BATON_INT8, BATON_INT16>},
    {BATON_OP_BROADCAST_TO, 4, in<0, BATON_FLOAT8>},
    {BATON_OP_GELU, 2, in<0, BATON_INT8, BATON_UINT8>},
    {BATON_OP_GELU, 3, in<0, BATON_FLOAT16>},
    {BATON_OP_DYNAMIC_UPDATE_SLICE, 2, in<2, BATON_INT64>},
    {BATON_OP_DYNAMIC_UPDATE_SLICE, 3, in<0, BATON_FLOAT16>},
    {BATON_OP_DYNAMIC_UPDATE_SLICE, 4, in<0, BATON_INT16>},
    {BATON_OP_DYNAMIC_UPDATE_SLICE, 5, in<0, BATON_INT4>},
    {BATON_OP_DYNAMIC_UPDATE_SLICE, 6, in<0, BATON_BFLOAT16>},
    {BATON_OP_SIGN, 2, in<0, BATON_INT32>},
};

#undef BATON_FLOAT8

}  // namespace

int32_t lowest_version(const Subgraph& graph, const Operator& op, int32_t code) {
  const BuiltinOperator* known = builtin_operator(code);
  int32_t version = known != nullptr ? std::max(known->first_version, 1) : 1;
  const Node node{graph, op};
  for (const Rule& rule : kRules) {
    if (rule.code == code && rule.version > version && rule.needed(node)) version = rule.version;
  }
  return version;
}

}  // namespace baton::tflite
