// Every row of the table against the kernels: a network of one operator, in each integer type.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "converter/quantize/quantize.h"
#include "converter/quantize/rules.h"
#include "converter/tflite/layers.h"
#include "core/schema/operators.h"
#include "tests/quantize/runner.h"

namespace baton::test {
namespace {

using namespace tflite;
using quantize::Rule;
using quantize::Scheme;

// Adds an operator of the code to the image x, float32 [1, 4, 4, 8], and returns its outputs.
using Build = std::function<std::vector<TensorId>(GraphBuilder& b, int32_t code, TensorId x)>;

TensorId vary(GraphBuilder& b, const std::string& name, const Shape& shape) {
  int32_t count = 1;
  for (const int32_t dim : shape) count *= dim;
  std::vector<float> values;
  for (int i = 0; i < count; ++i) values.push_back(static_cast<float>(i * 37 % 101 - 50) / 60);
  return b.constant(name, shape, values);
}

std::vector<TensorId> op(GraphBuilder& b, int32_t code, const std::vector<TensorId>& inputs,
                         const Shape& shape, baton_dtype dtype = BATON_FLOAT32,
                         AttributeSet attributes = {}) {
  const TensorId y = b.tensor("y", dtype, shape);
  b.op(code, inputs, {y}, std::move(attributes));
  return {y};
}

std::vector<TensorId> one_input(GraphBuilder& b, int32_t code, TensorId x) {
  return {unary(b, code, x)};
}

std::vector<TensorId> two_inputs(GraphBuilder& b, int32_t code, TensorId x) {
  return {binary(b, code, x, vary(b, "c", {8}))};
}

std::vector<TensorId> choice(GraphBuilder& b, int32_t code, TensorId x) {
  const TensorId zero = b.constant("zero", {}, std::vector<float>{0});
  const TensorId condition = binary(b, BATON_OP_GREATER, x, zero);
  return op(b, code, {condition, x, vary(b, "c", {1, 4, 4, 8})}, {1, 4, 4, 8});
}

std::vector<TensorId> pooled(GraphBuilder& b, int32_t code, TensorId x) {
  return {pool_2d(b, code, x)};
}

std::vector<TensorId> reduced(GraphBuilder& b, int32_t code, TensorId x) {
  return {reduce(b, code, x, {1, 2})};
}

std::vector<TensorId> index_of(GraphBuilder& b, int32_t code, TensorId x) {
  baton_arg_max_attributes max = BATON_ARG_MAX_ATTRIBUTES_INIT;
  baton_arg_min_attributes min = BATON_ARG_MIN_ATTRIBUTES_INIT;
  max.output_type = min.output_type = BATON_INT32;
  const bool is_max = code == BATON_OP_ARG_MAX;
  return op(b, code, {x, b.int32("axis", 3)}, {1, 4, 4}, BATON_INT32,
            is_max ? AttributeSet(max) : AttributeSet(min));
}

std::vector<TensorId> resized(GraphBuilder& b, int32_t code, TensorId x) {
  return {resize(b, code, x, 7, 7)};
}

std::vector<TensorId> looked_up(GraphBuilder& b, int32_t code, TensorId x) {
  const std::vector<TensorId> inputs =
      code == BATON_OP_GATHER
          ? std::vector<TensorId>{vary(b, "table", {5, 8}), b.int32s("rows", {4, 0, 2})}
          : std::vector<TensorId>{b.int32s("rows", {4, 0, 2}), vary(b, "table", {5, 8})};
  const TensorId rows = op(b, code, inputs, {3, 8})[0];
  return {rows, unary(b, BATON_OP_RELU, x)};
}

const std::map<int32_t, Build>& builds() {
  static const std::map<int32_t, Build> kBuilds = {
      {BATON_OP_CONV_2D,
       [](GraphBuilder& b, int32_t, TensorId x) -> std::vector<TensorId> {
         return {conv_2d(b, x, vary(b, "w", {6, 3, 3, 8}), vary(b, "b", {6}))};
       }},
      {BATON_OP_DEPTHWISE_CONV_2D,
       [](GraphBuilder& b, int32_t, TensorId x) -> std::vector<TensorId> {
         return {depthwise_conv_2d(b, x, vary(b, "w", {1, 3, 3, 16}), vary(b, "b", {16}))};
       }},
      {BATON_OP_TRANSPOSE_CONV,
       [](GraphBuilder& b, int32_t, TensorId x) -> std::vector<TensorId> {
         return {transpose_conv(b, x, vary(b, "w", {6, 3, 3, 8}), vary(b, "b", {6}), {1, 8, 8, 6},
                                {.stride_w = 2, .stride_h = 2})};
       }},
      {BATON_OP_FULLY_CONNECTED,
       [](GraphBuilder& b, int32_t, TensorId x) -> std::vector<TensorId> {
         return {fully_connected(b, x, vary(b, "w", {6, 8}), vary(b, "b", {6}))};
       }},
      {BATON_OP_BATCH_MATMUL,
       [](GraphBuilder& b, int32_t code, TensorId x) {
         return op(b, code, {x, vary(b, "w", {8, 5})}, {1, 4, 4, 5});
       }},
      {BATON_OP_EMBEDDING_LOOKUP, looked_up},
      {BATON_OP_GATHER, looked_up},
      {BATON_OP_ADD, two_inputs},
      {BATON_OP_SUB, two_inputs},
      {BATON_OP_MUL, two_inputs},
      {BATON_OP_SQUARED_DIFFERENCE, two_inputs},
      {BATON_OP_PRELU, two_inputs},
      {BATON_OP_LEAKY_RELU, one_input},
      {BATON_OP_RELU, one_input},
      {BATON_OP_RELU6, one_input},
      {BATON_OP_RELU_N1_TO_1, one_input},
      {BATON_OP_RELU_0_TO_1, one_input},
      {BATON_OP_GELU, one_input},
      {BATON_OP_ELU, one_input},
      {BATON_OP_HARD_SWISH, one_input},
      {BATON_OP_MEAN, reduced},
      {BATON_OP_SUM, reduced},
      {BATON_OP_LESS, two_inputs},
      {BATON_OP_LESS_EQUAL, two_inputs},
      {BATON_OP_GREATER, two_inputs},
      {BATON_OP_GREATER_EQUAL, two_inputs},
      {BATON_OP_SOFTMAX,
       [](GraphBuilder& b, int32_t, TensorId x) -> std::vector<TensorId> {
         return {softmax(b, x)};
       }},
      {BATON_OP_LOGISTIC, one_input},
      {BATON_OP_TANH, one_input},
      {BATON_OP_L2_NORMALIZATION, one_input},
      {BATON_OP_LOG_SOFTMAX, one_input},
      {BATON_OP_AVERAGE_POOL_2D, pooled},
      {BATON_OP_MAX_POOL_2D, pooled},
      {BATON_OP_CONCATENATION,
       [](GraphBuilder& b, int32_t, TensorId x) -> std::vector<TensorId> {
         return {concatenation(b, {x, vary(b, "c", {1, 4, 4, 2})}, 3)};
       }},
      {BATON_OP_PACK,
       [](GraphBuilder& b, int32_t code, TensorId x) {
         baton_pack_attributes attributes = BATON_PACK_ATTRIBUTES_INIT;
         attributes.values_count = 2;
         return op(b, code, {x, vary(b, "c", {1, 4, 4, 8})}, {2, 1, 4, 4, 8}, BATON_FLOAT32,
                   attributes);
       }},
      {BATON_OP_UNPACK,
       [](GraphBuilder& b, int32_t code, TensorId x) {
         baton_unpack_attributes attributes = BATON_UNPACK_ATTRIBUTES_INIT;
         attributes.num = 1;
         return op(b, code, {x}, {4, 4, 8}, BATON_FLOAT32, attributes);
       }},
      {BATON_OP_SPLIT, [](GraphBuilder& b, int32_t, TensorId x) { return split(b, x, 3, 2); }},
      {BATON_OP_SPLIT_V,
       [](GraphBuilder& b, int32_t code, TensorId x) {
         baton_split_v_attributes attributes = BATON_SPLIT_V_ATTRIBUTES_INIT;
         attributes.num_splits = 2;
         const std::vector<TensorId> parts = {b.tensor("p", BATON_FLOAT32, {1, 4, 4, 3}),
                                              b.tensor("q", BATON_FLOAT32, {1, 4, 4, 5})};
         b.op(code, {x, b.int32s("sizes", {3, 5}), b.int32("axis", 3)}, parts, attributes);
         return parts;
       }},
      {BATON_OP_SLICE,
       [](GraphBuilder& b, int32_t, TensorId x) -> std::vector<TensorId> {
         return {slice(b, x, {0, 1, 1, 2}, {1, 2, 3, 4})};
       }},
      {BATON_OP_STRIDED_SLICE,
       [](GraphBuilder& b, int32_t code, TensorId x) {
         return op(b, code,
                   {x, b.int32s("begin", {0, 0, 1, 0}), b.int32s("end", {1, 4, 4, 8}),
                    b.int32s("strides", {1, 2, 1, 2})},
                   {1, 2, 3, 4});
       }},
      {BATON_OP_RESHAPE,
       [](GraphBuilder& b, int32_t, TensorId x) -> std::vector<TensorId> {
         return {reshape(b, x, {16, 8})};
       }},
      {BATON_OP_SQUEEZE,
       [](GraphBuilder& b, int32_t code, TensorId x) {
         return op(b, code, {x}, {4, 4, 8});
       }},
      {BATON_OP_EXPAND_DIMS,
       [](GraphBuilder& b, int32_t code, TensorId x) {
         return op(b, code, {x, b.int32("axis", 1)}, {1, 1, 4, 4, 8});
       }},
      {BATON_OP_TRANSPOSE,
       [](GraphBuilder& b, int32_t, TensorId x) -> std::vector<TensorId> {
         return {transpose(b, x, {0, 3, 1, 2})};
       }},
      {BATON_OP_PAD,
       [](GraphBuilder& b, int32_t, TensorId x) -> std::vector<TensorId> {
         return {pad(b, x, {0, 0, 1, 1, 0, 2, 0, 0})};
       }},
      {BATON_OP_PADV2,
       [](GraphBuilder& b, int32_t code, TensorId x) {
         return op(b, code,
                   {x, b.constant("paddings", {4, 2}, std::vector<int32_t>{0, 0, 1, 1, 0, 2, 0, 0}),
                    b.constant("value", {}, std::vector<float>{0.75f})},
                   {1, 6, 6, 8});
       }},
      {BATON_OP_MIRROR_PAD,
       [](GraphBuilder& b, int32_t code, TensorId x) {
         return op(
             b, code,
             {x, b.constant("paddings", {4, 2}, std::vector<int32_t>{0, 0, 1, 1, 0, 2, 0, 0})},
             {1, 6, 6, 8});
       }},
      {BATON_OP_TILE,
       [](GraphBuilder& b, int32_t code, TensorId x) {
         return op(b, code, {x, b.int32s("multiples", {2, 1, 1, 1})}, {2, 4, 4, 8});
       }},
      {BATON_OP_BROADCAST_TO,
       [](GraphBuilder& b, int32_t code, TensorId x) {
         return op(b, code, {x, b.int32s("shape", {3, 4, 4, 8})}, {3, 4, 4, 8});
       }},
      {BATON_OP_GATHER_ND,
       [](GraphBuilder& b, int32_t code, TensorId x) {
         const TensorId at = b.constant("at", {2, 3}, std::vector<int32_t>{0, 1, 2, 0, 3, 3});
         return op(b, code, {x, at}, {2, 8});
       }},
      {BATON_OP_REVERSE_V2,
       [](GraphBuilder& b, int32_t code, TensorId x) {
         return op(b, code, {x, b.int32s("axes", {3})}, {1, 4, 4, 8});
       }},
      {BATON_OP_RESIZE_BILINEAR, resized},
      {BATON_OP_RESIZE_NEAREST_NEIGHBOR, resized},
      {BATON_OP_SPACE_TO_DEPTH,
       [](GraphBuilder& b, int32_t code, TensorId x) {
         baton_space_to_depth_attributes attributes = BATON_SPACE_TO_DEPTH_ATTRIBUTES_INIT;
         attributes.block_size = 2;
         return op(b, code, {x}, {1, 2, 2, 32}, BATON_FLOAT32, attributes);
       }},
      {BATON_OP_DEPTH_TO_SPACE,
       [](GraphBuilder& b, int32_t code, TensorId x) {
         baton_depth_to_space_attributes attributes = BATON_DEPTH_TO_SPACE_ATTRIBUTES_INIT;
         attributes.block_size = 2;
         return op(b, code, {x}, {1, 8, 8, 2}, BATON_FLOAT32, attributes);
       }},
      {BATON_OP_SPACE_TO_BATCH_ND,
       [](GraphBuilder& b, int32_t code, TensorId x) {
         const TensorId pads = b.constant("pads", {2, 2}, std::vector<int32_t>{0, 2, 0, 0});
         return op(b, code, {x, b.int32s("block", {2, 2}), pads}, {4, 3, 2, 8});
       }},
      {BATON_OP_BATCH_TO_SPACE_ND,
       [](GraphBuilder& b, int32_t code, TensorId x) {
         const TensorId crops = b.constant("crops", {2, 2}, std::vector<int32_t>{0, 0, 0, 0});
         return op(b, code, {x, b.int32s("block", {1, 1}), crops}, {1, 4, 4, 8});
       }},
      {BATON_OP_MAXIMUM, two_inputs},
      {BATON_OP_MINIMUM, two_inputs},
      {BATON_OP_REDUCE_MAX, reduced},
      {BATON_OP_REDUCE_MIN, reduced},
      {BATON_OP_SELECT, choice},
      {BATON_OP_SELECT_V2, choice},
      {BATON_OP_TOPK_V2,
       [](GraphBuilder& b, int32_t code, TensorId x) -> std::vector<TensorId> {
         const TensorId best = b.tensor("best", BATON_FLOAT32, {1, 4, 4, 3});
         b.op(code, {x, b.int32("k", 3)}, {best, b.tensor("at", BATON_INT32, {1, 4, 4, 3})});
         return {best};
       }},
      {BATON_OP_ARG_MAX, index_of},
      {BATON_OP_ARG_MIN, index_of},
      {BATON_OP_SHAPE,
       [](GraphBuilder& b, int32_t code, TensorId x) {
         baton_shape_attributes attributes = BATON_SHAPE_ATTRIBUTES_INIT;
         attributes.out_type = BATON_INT32;
         return op(b, code, {x}, {4}, BATON_INT32, attributes);
       }},
      {BATON_OP_RANK,
       [](GraphBuilder& b, int32_t code, TensorId x) { return op(b, code, {x}, {}, BATON_INT32); }},
  };
  return kBuilds;
}

std::set<int32_t> float_operators(const Model& model) {
  std::set<int32_t> found;
  const Subgraph& graph = model.subgraphs[0];
  for (const Operator& op : graph.operators) {
    for (const auto* ids : {&op.inputs, &op.outputs}) {
      for (const TensorId id : *ids) {
        if (id >= 0 && graph.tensors[static_cast<size_t>(id)].dtype == BATON_FLOAT32) {
          found.insert(model.operator_codes[op.code_index].code);
        }
      }
    }
  }
  return found;
}

// One operator rounds its inputs and its output: some 40 dB. Booleans and indices of values that
// became equal may differ: a few in a hundred, 15 dB.
constexpr double kLeast = 15;

void expect_close(const Rule& rule, Scheme scheme, bool integer) {
  GraphBuilder b;
  const TensorId x = b.input("x", BATON_FLOAT32, {1, 4, 4, 8});
  ASSERT_TRUE(builds().contains(rule.code)) << "no network";
  b.outputs(builds().at(rule.code)(b, rule.code, x));
  const auto small = quantize::quantize(b.model(), scheme, ranges_of(b.model()));
  ASSERT_TRUE(small.ok()) << small.status().message();
  EXPECT_EQ(float_operators(*small).contains(rule.code), !integer);
  const std::vector<Sample> inputs = samples(b.model(), 4, 2);
  const auto expected = run(b.model(), inputs);
  const auto actual = run(*small, inputs);
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    EXPECT_GE(snr(expected[i], actual[i]), kLeast) << "output " << i;
  }
}

TEST(OperatorRules, KernelsTakeWhatTheySayInInt8) {
  for (const Rule& rule : quantize::all_rules()) {
    if (!rule.int8 && !rule.uint8) continue;
    SCOPED_TRACE(builtin_operator(rule.code)->name);
    expect_close(rule, Scheme::kInt8, rule.int8);
  }
}

TEST(OperatorRules, KernelsTakeWhatTheySayInUint8) {
  for (const Rule& rule : quantize::all_rules()) {
    if (!rule.int8 && !rule.uint8) continue;
    SCOPED_TRACE(builtin_operator(rule.code)->name);
    expect_close(rule, Scheme::kUint8, rule.uint8);
  }
}

}  // namespace
}  // namespace baton::test
