#include "converter/quantize/rules.h"

#include <baton/builtin_ops.h>

#include <algorithm>
#include <cstring>
#include <iterator>

namespace baton::quantize {
namespace {

// Products of activations and weights.
constexpr Rule weighted(int32_t code, const char* inputs, int channels, int dynamic_channels) {
  return {.code = code,
          .inputs = inputs,
          .int8 = true,
          .uint8 = true,
          .channels = channels,
          .dynamic = DynamicForm::kHybrid,
          .dynamic_channels = dynamic_channels};
}

// Weights beside float activations only.
constexpr Rule hybrid(int32_t code, const char* inputs) {
  return {.code = code, .inputs = inputs, .dynamic = DynamicForm::kHybrid};
}

constexpr Rule computed(int32_t code, const char* inputs) {
  return {.code = code, .inputs = inputs, .int8 = true, .uint8 = true};
}

// The format, or the core, has no uint8 form.
constexpr Rule computed_int8(int32_t code, const char* inputs) {
  return {.code = code, .inputs = inputs, .int8 = true};
}

constexpr Rule fixed(int32_t code, float scale, int32_t zero_point) {
  return {.code = code,
          .inputs = "a",
          .int8 = true,
          .uint8 = true,
          .output = OutputScale::kFixed,
          .fixed_scale = scale,
          .fixed_zero_point = zero_point};
}

constexpr Rule moved(int32_t code, const char* inputs) {
  return {
      .code = code, .inputs = inputs, .int8 = true, .uint8 = true, .output = OutputScale::kSame};
}

// Integer LSTM cells need the ranges of intermediate results, which a float model does not have.
constexpr const char* kLstmInputs = "-wwwwvvvvwwwbbbbwb------";

constexpr Rule kRules[] = {
    // FULLY_CONNECTED in int8 has one scale: there is no version of it that says more.
    weighted(BATON_OP_CONV_2D, "awb", 0, 0),
    weighted(BATON_OP_DEPTHWISE_CONV_2D, "awb", 3, 3),
    weighted(BATON_OP_TRANSPOSE_CONV, "-wab", 0, 0),
    weighted(BATON_OP_FULLY_CONNECTED, "awb", kPerTensor, 0),
    hybrid(BATON_OP_LSTM, kLstmInputs),
    hybrid(BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, kLstmInputs),
    hybrid(BATON_OP_SVDF, "-wwb-"),
    {.code = BATON_OP_BATCH_MATMUL, .inputs = "at", .int8 = true, .dynamic = DynamicForm::kHybrid},
    {.code = BATON_OP_EMBEDDING_LOOKUP,
     .inputs = "-t",
     .int8 = true,
     .uint8 = true,
     .output = OutputScale::kSame,
     .dynamic = DynamicForm::kHybrid,
     .dynamic_channels = 0},
    {.code = BATON_OP_GATHER,
     .inputs = "t-",
     .int8 = true,
     .uint8 = true,
     .output = OutputScale::kSame,
     .dynamic = DynamicForm::kMoved},

    computed(BATON_OP_ADD, "aa"),
    computed(BATON_OP_SUB, "aa"),
    computed(BATON_OP_MUL, "aa"),
    computed_int8(BATON_OP_SQUARED_DIFFERENCE, "aa"),
    computed(BATON_OP_PRELU, "aa"),
    computed(BATON_OP_LEAKY_RELU, "a"),
    computed(BATON_OP_RELU, "a"),
    computed(BATON_OP_RELU6, "a"),
    computed(BATON_OP_RELU_N1_TO_1, "a"),
    computed(BATON_OP_RELU_0_TO_1, "a"),
    computed(BATON_OP_GELU, "a"),
    computed_int8(BATON_OP_ELU, "a"),
    // Its kernel wants at most 128.
    {.code = BATON_OP_HARD_SWISH,
     .inputs = "a",
     .int8 = true,
     .uint8 = true,
     .smallest_scale_ratio = 1.0f / 127},
    computed(BATON_OP_MEAN, "a-"),
    computed(BATON_OP_SUM, "a-"),
    // Not EQUAL and NOT_EQUAL: rounding makes equal what was not.
    computed(BATON_OP_LESS, "aa"),
    computed(BATON_OP_LESS_EQUAL, "aa"),
    computed(BATON_OP_GREATER, "aa"),
    computed(BATON_OP_GREATER_EQUAL, "aa"),

    fixed(BATON_OP_SOFTMAX, 1.0f / 256, -128),
    fixed(BATON_OP_LOGISTIC, 1.0f / 256, -128),
    fixed(BATON_OP_TANH, 1.0f / 128, 0),
    fixed(BATON_OP_L2_NORMALIZATION, 1.0f / 128, 0),
    fixed(BATON_OP_LOG_SOFTMAX, 1.0f / 16, 127),

    moved(BATON_OP_AVERAGE_POOL_2D, "a"),
    moved(BATON_OP_MAX_POOL_2D, "a"),
    moved(BATON_OP_CONCATENATION, "a*"),
    moved(BATON_OP_PACK, "a*"),
    moved(BATON_OP_UNPACK, "a"),
    moved(BATON_OP_SPLIT, "-a"),
    moved(BATON_OP_SPLIT_V, "a--"),
    moved(BATON_OP_SLICE, "a--"),
    moved(BATON_OP_STRIDED_SLICE, "a---"),
    moved(BATON_OP_RESHAPE, "a-"),
    moved(BATON_OP_SQUEEZE, "a"),
    moved(BATON_OP_EXPAND_DIMS, "a-"),
    moved(BATON_OP_TRANSPOSE, "a-"),
    moved(BATON_OP_PAD, "a-"),
    moved(BATON_OP_PADV2, "a-a"),
    moved(BATON_OP_MIRROR_PAD, "a-"),
    moved(BATON_OP_TILE, "a-"),
    moved(BATON_OP_BROADCAST_TO, "a-"),
    moved(BATON_OP_GATHER_ND, "a-"),
    moved(BATON_OP_REVERSE_V2, "a-"),
    moved(BATON_OP_RESIZE_BILINEAR, "a-"),
    moved(BATON_OP_RESIZE_NEAREST_NEIGHBOR, "a-"),
    moved(BATON_OP_SPACE_TO_DEPTH, "a"),
    moved(BATON_OP_DEPTH_TO_SPACE, "a"),
    moved(BATON_OP_SPACE_TO_BATCH_ND, "a--"),
    moved(BATON_OP_BATCH_TO_SPACE_ND, "a--"),
    moved(BATON_OP_MAXIMUM, "aa"),
    moved(BATON_OP_MINIMUM, "aa"),
    moved(BATON_OP_REDUCE_MAX, "a-"),
    moved(BATON_OP_REDUCE_MIN, "a-"),
    moved(BATON_OP_SELECT, "-aa"),
    moved(BATON_OP_SELECT_V2, "-aa"),
    moved(BATON_OP_TOPK_V2, "a-"),
    moved(BATON_OP_ARG_MAX, "a-"),
    moved(BATON_OP_ARG_MIN, "a-"),
    moved(BATON_OP_SHAPE, "a"),
    moved(BATON_OP_RANK, "a"),
};

}  // namespace

std::span<const Rule> all_rules() { return kRules; }

const Rule* find_rule(int32_t code) {
  const Rule* rule = std::find_if(std::begin(kRules), std::end(kRules),
                                  [&](const Rule& each) { return each.code == code; });
  return rule == std::end(kRules) ? nullptr : rule;
}

Role role_of(const Rule& rule, size_t position, size_t rank) {
  const size_t length = std::strlen(rule.inputs);
  const bool repeats = rule.inputs[length - 1] == '*';
  const size_t letters = repeats ? length - 1 : length;
  if (position >= letters && !repeats) return Role::kOther;
  switch (rule.inputs[std::min(position, letters - 1)]) {
    case 'a':
      return Role::kActivation;
    case 'w':
      return Role::kWeights;
    case 'v':
      return rank == 1 ? Role::kOther : Role::kWeights;
    case 'b':
      return Role::kBias;
    case 't':
      return Role::kTable;
    default:
      return Role::kOther;
  }
}

}  // namespace baton::quantize
