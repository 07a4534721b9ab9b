#include "benchmarks/cost/node_cost.h"

#include <gtest/gtest.h>

#include "converter/tflite/layers.h"

namespace baton::benchmarks {
namespace {

using namespace baton::tflite;

// A file, loaded.
class Loaded {
 public:
  explicit Loaded(std::vector<uint8_t> file) : file_(std::move(file)) {
    baton_error* error = nullptr;
    EXPECT_EQ(baton_runtime_create(nullptr, &runtime_, &error), BATON_OK);
    EXPECT_EQ(
        baton_model_load_memory(runtime_, file_.data(), file_.size(), nullptr, &model_, &error),
        BATON_OK)
        << (error == nullptr ? "" : baton_error_message(error));
    baton_error_destroy(error);
  }
  explicit Loaded(const std::string& path) {
    baton_error* error = nullptr;
    EXPECT_EQ(baton_runtime_create(nullptr, &runtime_, &error), BATON_OK);
    EXPECT_EQ(baton_model_load_file(runtime_, path.c_str(), nullptr, &model_, &error), BATON_OK);
    baton_error_destroy(error);
  }
  ~Loaded() {
    baton_model_destroy(model_);
    baton_runtime_destroy(runtime_);
  }
  Loaded(const Loaded&) = delete;
  Loaded& operator=(const Loaded&) = delete;

  ModelCost cost() const { return model_cost(model_); }
  // Of the first node.
  NodeCost node() const { return cost().nodes.at(0).at(0); }

 private:
  std::vector<uint8_t> file_;
  baton_runtime* runtime_ = nullptr;
  baton_model* model_ = nullptr;
};

std::vector<float> zeros(const Shape& shape) {
  size_t count = 1;
  for (const int32_t size : shape) count *= static_cast<size_t>(size);
  return std::vector<float>(count);
}

TensorId weights(GraphBuilder& b, const Shape& shape) {
  return b.constant(b.unique_name("w"), shape, zeros(shape));
}

Loaded finish(GraphBuilder& b, TensorId y) {
  b.output(y);
  return Loaded(b.finish());
}

TEST(Cost, OfAConvolution) {
  GraphBuilder b;
  const TensorId x = b.input("x", BATON_FLOAT32, {2, 8, 8, 3});
  const NodeCost cost =
      finish(b, conv_2d(b, x, weights(b, {5, 3, 2, 3}), weights(b, {5}), {.stride_w = 2})).node();
  EXPECT_EQ(cost.multiply_adds, uint64_t{2 * 8 * 4 * 5} * (3 * 2 * 3));
  EXPECT_EQ(cost.parameters, 5u * 3 * 2 * 3 + 5);
  EXPECT_EQ(cost.bytes_read, 4u * (2 * 8 * 8 * 3 + 90 + 5));
  EXPECT_EQ(cost.bytes_written, 4u * 2 * 8 * 4 * 5);
  EXPECT_EQ(cost.precision, Precision::kFloat32);
  EXPECT_FALSE(cost.hybrid);
}

TEST(Cost, MultiplyAddsOfOtherOperators) {
  const struct {
    const char* what;
    TensorId (*build)(GraphBuilder& b);
    uint64_t expected;
  } cases[] = {
      {"depthwise",
       [](GraphBuilder& b) {
         const TensorId x = b.input("x", BATON_FLOAT32, {1, 6, 6, 4});
         return depthwise_conv_2d(b, x, weights(b, {1, 3, 3, 8}), kNoTensor);
       },
       6 * 6 * 8 * 9},
      {"grouped convolution",
       [](GraphBuilder& b) {
         const TensorId x = b.input("x", BATON_FLOAT32, {1, 6, 6, 4});
         return conv_2d(b, x, weights(b, {8, 3, 3, 2}), kNoTensor);
       },
       6 * 6 * 8 * (9 * 2)},
      {"transposed convolution",
       [](GraphBuilder& b) {
         const TensorId x = b.input("x", BATON_FLOAT32, {1, 4, 4, 3});
         return transpose_conv(b, x, weights(b, {5, 3, 3, 3}), kNoTensor, {1, 8, 8, 5},
                               {.stride_w = 2, .stride_h = 2});
       },
       4 * 4 * 3 * (5 * 9)},
      {"fully connected",
       [](GraphBuilder& b) {
         const TensorId x = b.input("x", BATON_FLOAT32, {7, 12});
         return fully_connected(b, x, weights(b, {10, 12}), kNoTensor);
       },
       7 * 10 * 12},
      {"addition",
       [](GraphBuilder& b) {
         const TensorId x = b.input("x", BATON_FLOAT32, {7, 12});
         return binary(b, BATON_OP_ADD, x, x);
       },
       0},
      {"matrices, the first transposed",
       [](GraphBuilder& b) {
         const TensorId x = b.input("x", BATON_FLOAT32, {2, 6, 3});
         const TensorId y = b.input("y", BATON_FLOAT32, {2, 6, 5});
         const TensorId z = b.tensor("z", BATON_FLOAT32, {2, 3, 5});
         baton_batch_mat_mul_attributes attributes = BATON_BATCH_MAT_MUL_ATTRIBUTES_INIT;
         attributes.adj_x = 1;
         b.op(BATON_OP_BATCH_MATMUL, {x, y}, {z}, attributes);
         return z;
       },
       2 * 3 * 5 * 6},
      {"RNN",
       [](GraphBuilder& b) {
         const TensorId x = b.input("x", BATON_FLOAT32, {2, 3});
         const TensorId y = b.tensor("y", BATON_FLOAT32, {2, 4});
         b.op(BATON_OP_RNN,
              {x, weights(b, {4, 3}), weights(b, {4, 4}), weights(b, {4}),
               b.variable("h", BATON_FLOAT32, {2, 4})},
              {y});
         return y;
       },
       2 * (4 * 3 + 4 * 4)},
      {"SVDF",
       [](GraphBuilder& b) {
         const TensorId x = b.input("x", BATON_FLOAT32, {2, 3});
         const TensorId y = b.tensor("y", BATON_FLOAT32, {2, 4});
         baton_svdf_attributes attributes = BATON_SVDF_ATTRIBUTES_INIT;
         attributes.rank = 2;
         b.op(BATON_OP_SVDF,
              {x, weights(b, {8, 3}), weights(b, {8, 5}), kNoTensor,
               b.variable("s", BATON_FLOAT32, {2, 40})},
              {y}, attributes);
         return y;
       },
       2 * (8 * 3 + 8 * 5)},
  };
  for (const auto& test : cases) {
    GraphBuilder b;
    EXPECT_EQ(finish(b, test.build(b)).node().multiply_adds, test.expected) << test.what;
  }
}

// Three gates (a coupled cell has no input gate) over five steps of two sequences, with projection.
TEST(Cost, OfAnLstmOverASequence) {
  constexpr int32_t kIn = 3, kCells = 4, kOut = 2, kBatch = 2, kTime = 5;
  GraphBuilder b;
  std::vector<TensorId> inputs(20, kNoTensor);
  inputs[0] = b.input("x", BATON_FLOAT32, {kBatch, kTime, kIn});
  for (int gate = 1; gate < 4; ++gate) {
    inputs[static_cast<size_t>(1 + gate)] = weights(b, {kCells, kIn});
    inputs[static_cast<size_t>(5 + gate)] = weights(b, {kCells, kOut});
    inputs[static_cast<size_t>(12 + gate)] = weights(b, {kCells});
  }
  inputs[16] = weights(b, {kOut, kCells});
  inputs[18] = b.variable("h", BATON_FLOAT32, {kBatch, kOut});
  inputs[19] = b.variable("c", BATON_FLOAT32, {kBatch, kCells});
  const TensorId y = b.tensor("y", BATON_FLOAT32, {kBatch, kTime, kOut});
  b.op(BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, inputs, {y},
       baton_unidirectional_sequence_lstm_attributes(
           BATON_UNIDIRECTIONAL_SEQUENCE_LSTM_ATTRIBUTES_INIT));
  const NodeCost cost = finish(b, y).node();
  const uint64_t products = 3 * kCells * (kIn + kOut) + kOut * kCells;
  EXPECT_EQ(cost.multiply_adds, kBatch * kTime * products);
  EXPECT_EQ(cost.parameters, products + 3 * kCells);
  // States are read and written.
  EXPECT_EQ(cost.bytes_written, 4u * (kBatch * kTime * kOut + kBatch * kOut + kBatch * kCells));
}

TEST(Cost, PrecisionFollowsFromActivationsAndWeights) {
  const struct {
    baton_dtype activations, weights;
    Precision expected;
    bool hybrid;
  } cases[] = {
      {BATON_FLOAT32, BATON_FLOAT32, Precision::kFloat32, false},
      {BATON_FLOAT32, BATON_INT8, Precision::kFloat32, true},
      {BATON_FLOAT32, BATON_INT4, Precision::kFloat32, true},
      {BATON_INT8, BATON_INT8, Precision::kInt8, false},
      {BATON_UINT8, BATON_UINT8, Precision::kInt8, false},
      {BATON_INT16, BATON_INT8, Precision::kInt16, false},
      {BATON_BFLOAT16, BATON_BFLOAT16, Precision::kBfloat16, false},
  };
  for (const auto& test : cases) {
    GraphBuilder b;
    const auto scale = [](baton_dtype dtype) {
      return dtype == BATON_FLOAT32 || dtype == BATON_BFLOAT16 ? Quantization{} : per_tensor(1.0f);
    };
    const TensorId x = b.input("x", test.activations, {1, 4}, scale(test.activations));
    const std::vector<double> zero(8);
    const TensorId w = b.constant("w", test.weights, {2, 4}, zero, scale(test.weights));
    const TensorId y = b.tensor("y", test.activations, {1, 2}, scale(test.activations));
    b.op(BATON_OP_FULLY_CONNECTED, {x, w}, {y});
    const NodeCost cost = finish(b, y).node();
    EXPECT_EQ(cost.precision, test.expected) << test.activations << " " << test.weights;
    EXPECT_EQ(cost.hybrid, test.hybrid) << test.activations << " " << test.weights;
    EXPECT_EQ(cost.parameters, 8u);
  }
}

TEST(Cost, ShapesAxesAndIndicesAreNoParameters) {
  GraphBuilder b;
  const TensorId x = b.input("x", BATON_FLOAT32, {2, 6});
  const TensorId y = reshape(b, x, {3, 4});
  const NodeCost cost = finish(b, reduce(b, BATON_OP_SUM, y, {1})).cost().nodes[0][1];
  EXPECT_EQ(cost.parameters, 0u);
}

TEST(Cost, WhatPicksReadsWhatItWrites) {
  GraphBuilder b;
  const TensorId indices = b.input("i", BATON_INT32, {2});
  const TensorId table = weights(b, {1000, 16});
  const TensorId y = b.tensor("y", BATON_FLOAT32, {2, 16});
  b.op(BATON_OP_GATHER, {table, indices}, {y});
  const NodeCost cost = finish(b, y).node();
  EXPECT_EQ(cost.bytes_written, 2u * 16 * 4);
  EXPECT_EQ(cost.bytes_read, 2u * 16 * 4 + 2 * 4);
  EXPECT_EQ(cost.parameters, 16000u);
}

TEST(Cost, AnInputThatIsThereTwiceIsReadOnce) {
  GraphBuilder b;
  const TensorId x = b.input("x", BATON_FLOAT32, {10});
  EXPECT_EQ(finish(b, binary(b, BATON_OP_MUL, x, x)).node().bytes_read, 40u);
}

TEST(Cost, OfAModelCountsSharedWeightsOnce) {
  GraphBuilder b;
  const TensorId w = weights(b, {4, 4});
  TensorId x = b.input("x", BATON_FLOAT32, {1, 4});
  x = fully_connected(b, x, w, kNoTensor);
  const ModelCost cost = finish(b, fully_connected(b, x, w, kNoTensor)).cost();
  EXPECT_EQ(cost.parameters, 16u);
  EXPECT_EQ(cost.multiply_adds, 32u);
  ASSERT_EQ(cost.nodes.at(0).size(), 2u);
  EXPECT_EQ(cost.bytes, cost.nodes[0][0].bytes() + cost.nodes[0][1].bytes());
  EXPECT_EQ(cost.nodes[0][1].parameters, 16u);
}

// A graph of one node that no file could hold.
struct OneNode {
  std::vector<std::vector<int32_t>> dims;
  std::vector<baton_tensor> tensors;
  std::vector<int32_t> inputs;
  int32_t output = 0;
  baton_quantization none{};
  baton_node node{};
  baton_graph graph{};

  explicit OneNode(std::vector<std::vector<int32_t>> shapes, uint32_t flags = 0)
      : dims(std::move(shapes)) {
    none.struct_size = sizeof(none);
    for (const auto& shape : dims) {
      baton_tensor tensor{};
      tensor.struct_size = sizeof(tensor);
      tensor.index = static_cast<int32_t>(tensors.size());
      tensor.dtype = BATON_FLOAT32;
      tensor.bits = 32;
      tensor.flags = flags;
      tensor.rank = static_cast<uint32_t>(shape.size());
      tensor.dims = shape.data();
      tensor.quantization = &none;
      tensor.bytes = UINT64_MAX;
      inputs.push_back(tensor.index);
      tensors.push_back(tensor);
    }
    output = inputs.back();
    inputs.back() = -1;  // an optional one that is absent
    node.struct_size = sizeof(node);
    node.op = BATON_OP_FULLY_CONNECTED;
    node.input_count = static_cast<uint32_t>(inputs.size());
    node.inputs = inputs.data();
    node.output_count = 1;
    node.outputs = &output;
    graph.struct_size = sizeof(graph);
    graph.context = this;
    graph.tensor = [](const baton_graph* self, int32_t i) -> const baton_tensor* {
      return &static_cast<OneNode*>(self->context)->tensors[static_cast<size_t>(i)];
    };
  }
  OneNode(const OneNode&) = delete;
  OneNode& operator=(const OneNode&) = delete;
};

TEST(Cost, WhatDoesNotFitIsTheLargestNumber) {
  constexpr int32_t kMost = 0x7fffffff;
  const OneNode huge({{kMost, kMost}, {kMost, kMost}, {kMost, kMost}});
  const NodeCost cost = node_cost(&huge.graph, &huge.node);
  EXPECT_EQ(cost.multiply_adds, UINT64_MAX);
  EXPECT_EQ(cost.bytes_read, UINT64_MAX);
  EXPECT_EQ(cost.bytes(), UINT64_MAX);
}

TEST(Cost, ShapesThatAreNotKnownCostNothing) {
  const OneNode unknown({{2, 3}, {4, 3}, {2, 4}}, BATON_TENSOR_UNKNOWN_SHAPE);
  EXPECT_EQ(node_cost(&unknown.graph, &unknown.node).multiply_adds, 0u);
  const OneNode no_rank({{}, {}, {}});
  EXPECT_EQ(node_cost(&no_rank.graph, &no_rank.node).multiply_adds, 0u);
}

TEST(Cost, OfWellKnownModels) {
  if (!std::filesystem::exists(BATON_SHARED_DIR)) GTEST_SKIP() << "needs " << BATON_SHARED_DIR;
  const struct {
    const char* file;
    double multiply_adds,
        parameters;  // in millions: of v2 layer by layer, of v1 as its authors say
  } cases[] = {{"mobilenet_v2_1.0_224_quant", 300.775552, 3.489097},
               {"mobilenet_v2_1.0_224_float_dequantized", 300.775552, 3.489097},
               {"mobilenet_v1_0.25_128_quant", 13.6, 0.47},
               {"mobilenet_v1_0.25_224_float", 41.0, 0.47}};
  for (const auto& test : cases) {
    const std::string path =
        std::string(BATON_SHARED_DIR) + "/models/tflite/imagenet/" + test.file + ".tflite";
    ASSERT_TRUE(std::filesystem::exists(path)) << path;
    const ModelCost cost = Loaded(path).cost();
    EXPECT_NEAR(static_cast<double>(cost.multiply_adds), test.multiply_adds * 1e6, 0.05e6)
        << test.file;
    EXPECT_NEAR(static_cast<double>(cost.parameters), test.parameters * 1e6, 0.05e6) << test.file;
  }
}

}  // namespace
}  // namespace baton::benchmarks
