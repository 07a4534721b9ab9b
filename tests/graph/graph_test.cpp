// What a graph says of its model.
#include "core/graph/graph.h"

#include "tests/graph/support.h"

namespace baton::graph_test {
namespace {

TEST(Graph, TensorsAndNodes) {
  tflite::GraphBuilder b("the name");
  const auto x = b.input("x", BATON_FLOAT32, {-1, 4});
  const auto w = b.constant<float>("w", {4}, {1, 2, 3, 4});
  const auto y = b.tensor("y", BATON_FLOAT32, {1, 4});
  const auto state = b.variable("state", BATON_FLOAT32, {2});
  auto attributes = default_attributes<baton_add_attributes>();
  attributes.fused_activation_function = BATON_ACTIVATION_RELU6;
  b.op(BATON_OP_ADD, {x, w}, {y}, attributes);
  b.output(y);
  b.description("made by hand");
  b.signature("serve", {{"in", x}}, {{"out", y}});
  const Loaded loaded = load(b.finish());
  ASSERT_TRUE(loaded.status.ok()) << loaded.status.message();

  const Graph& graph = *loaded.graph;
  EXPECT_EQ(graph.description(), "made by hand");
  ASSERT_EQ(graph.signatures().size(), 1u);
  EXPECT_EQ(graph.signatures()[0].key, "serve");
  EXPECT_EQ(graph.signatures()[0].inputs[0].name, "in");
  EXPECT_EQ(graph.signatures()[0].outputs[0].tensor, y);

  const Subgraph& main = graph.main();
  EXPECT_EQ(main.name, "the name");
  EXPECT_EQ(main.inputs, std::vector<int32_t>{x});
  EXPECT_EQ(main.outputs, std::vector<int32_t>{y});
  EXPECT_EQ(main.variables, std::vector<int32_t>{state});
  EXPECT_EQ(main.producer, (std::vector<int32_t>{-1, -1, 0, -1}));
  EXPECT_EQ(main.place(0), "subgraph 0, operator 0 (ADD)");

  ASSERT_EQ(main.tensors.size(), 4u);
  const baton_tensor& tx = main.tensors[0];
  EXPECT_EQ(tx.struct_size, sizeof(baton_tensor));
  EXPECT_STREQ(tx.name, "x");
  EXPECT_EQ(tx.rank, 2u);
  EXPECT_EQ(tx.dims[0], 1);
  EXPECT_EQ(tx.dims_signature[0], -1);
  EXPECT_EQ(tx.dims_signature[1], 4);
  EXPECT_EQ(tx.bytes, 16u);
  EXPECT_EQ(tx.flags, 0u);
  EXPECT_EQ(tx.data, nullptr);
  EXPECT_EQ(tx.quantization->kind, BATON_QUANTIZATION_NONE);
  EXPECT_EQ(main.tensors[1].flags, uint32_t{BATON_TENSOR_CONSTANT});
  EXPECT_EQ(static_cast<const float*>(main.tensors[1].data)[2], 3.0f);
  EXPECT_EQ(main.tensors[3].flags, uint32_t{BATON_TENSOR_VARIABLE});

  ASSERT_EQ(main.nodes.size(), 1u);
  const Node& node = main.nodes[0];
  EXPECT_EQ(node.op, find_operator(BATON_OP_ADD, nullptr));
  EXPECT_STREQ(node.abi.name, "ADD");
  EXPECT_EQ(node.inputs()[1], w);
  const auto* decoded = static_cast<const baton_add_attributes*>(node.abi.attributes);
  EXPECT_EQ(decoded->fused_activation_function, BATON_ACTIVATION_RELU6);
}

TEST(Graph, MissingOrOtherOptionsGiveDefaults) {
  for (const bool other : {false, true}) {
    tflite::GraphBuilder b = add_model();
    b.operator_at(0).attributes = {};
    if (other) b.operator_at(0).attributes = default_attributes<baton_conv_2d_attributes>();
    const Loaded loaded = load(b.finish());
    ASSERT_TRUE(loaded.status.ok());
    const auto* add =
        static_cast<const baton_add_attributes*>(loaded.graph->main().nodes[0].abi.attributes);
    ASSERT_NE(add, nullptr);
    EXPECT_EQ(add->struct_size, sizeof(baton_add_attributes));
    EXPECT_EQ(add->fused_activation_function, BATON_ACTIVATION_NONE);
  }
}

TEST(Graph, Quantization) {
  tflite::GraphBuilder b = add_model();
  b.tensor("t", BATON_INT8, {2, 3}, tflite::per_tensor(0.5f, -7));
  b.tensor("a", BATON_INT8, {2, 3}, tflite::per_axis({1, 2, 3}, 1, {5}));
  b.tensor("v", BATON_INT32, {3}, tflite::per_axis({1, 2, 3}, 3));
  tflite::Quantization scale_only = tflite::per_tensor(0.25f);
  scale_only.zero_point.clear();
  b.tensor("s", BATON_UINT8, {2}, scale_only);
  const auto scales =
      b.constant("scales", BATON_FLOAT16, {2, 2},
                 std::vector<double>{1.5, -0.0, 6.103515625e-05, 5.9604644775390625e-08});
  tflite::Quantization blocks;
  blocks.block = {scales, tflite::kNoTensor, 4};
  blocks.axis = 1;
  b.tensor("b", BATON_INT4, {2, 8}, blocks);
  const Loaded loaded = load(b.finish());
  ASSERT_TRUE(loaded.status.ok()) << loaded.status.message();
  const auto quantization = [&](size_t i) -> const baton_quantization& {
    return *loaded.graph->main().tensors[i].quantization;
  };
  EXPECT_EQ(quantization(3).kind, BATON_QUANTIZATION_PER_TENSOR);
  EXPECT_EQ(quantization(3).scales[0], 0.5f);
  EXPECT_EQ(quantization(3).zero_points[0], -7);
  EXPECT_EQ(quantization(4).kind, BATON_QUANTIZATION_PER_AXIS);
  EXPECT_EQ(quantization(4).count, 3u);
  EXPECT_EQ(quantization(4).axis, 1);
  EXPECT_EQ(quantization(4).scales[2], 3.0f);
  EXPECT_EQ(quantization(4).zero_points[2], 5);
  EXPECT_EQ(quantization(5).kind, BATON_QUANTIZATION_PER_AXIS);
  EXPECT_EQ(quantization(5).axis, 0);
  EXPECT_EQ(quantization(6).zero_points[0], 0);
  EXPECT_EQ(quantization(8).kind, BATON_QUANTIZATION_BLOCK);
  EXPECT_EQ(quantization(8).count, 4u);
  EXPECT_EQ(quantization(8).block_size, 4u);
  EXPECT_EQ(quantization(8).scales[0], 1.5f);
  EXPECT_EQ(quantization(8).scales[1], 0.0f);
  EXPECT_EQ(quantization(8).scales[2], 6.103515625e-05f);
  EXPECT_EQ(quantization(8).scales[3], 5.9604644775390625e-08f);
}

TEST(Graph, BooleansAreZeroOrOne) {
  tflite::GraphBuilder b = add_model();
  const auto flags = b.constant_bytes("b", BATON_BOOL, {4}, {0, 1, 2, 255});
  const Loaded loaded = load(b.finish());
  ASSERT_TRUE(loaded.status.ok());
  const auto* bytes =
      static_cast<const uint8_t*>(loaded.graph->main().tensors[static_cast<size_t>(flags)].data);
  EXPECT_EQ(std::vector<uint8_t>(bytes, bytes + 4), (std::vector<uint8_t>{0, 1, 1, 1}));
}

TEST(Graph, EmptyConstantIsKnown) {
  tflite::GraphBuilder b = add_model();
  const auto scalar = b.input("s", BATON_INT32, {1});
  const auto shape = b.constant_bytes("shape", BATON_INT32, {0}, {});
  const auto out = b.tensor("out", BATON_INT32, {});
  b.op(BATON_OP_RESHAPE, {scalar, shape}, {out});
  b.output(out);
  const Loaded loaded = load(b.finish());
  ASSERT_TRUE(loaded.status.ok()) << loaded.status.message();
  const baton_tensor& tensor = loaded.graph->main().tensors[static_cast<size_t>(shape)];
  EXPECT_TRUE(tensor.flags & BATON_TENSOR_CONSTANT);
  EXPECT_NE(tensor.data, nullptr);
  EXPECT_EQ(tensor.bytes, 0u);
  EXPECT_EQ(loaded.graph->main().tensors[static_cast<size_t>(out)].rank, 0u);
}

TEST(Graph, AlignedConstants) {
  tflite::GraphBuilder b = add_model();
  const auto again = b.tensor("w2", BATON_FLOAT32, {4});
  b.at(again).buffer = b.at(1).buffer;
  // Shifted by 16 within memory, no constant lies at a multiple of 64.
  const Bytes file = b.finish();
  alignas(64) static uint8_t memory[1 << 16];
  ASSERT_LT(file.size() + 16, sizeof(memory));
  std::memcpy(memory + 16, file.data(), file.size());
  const auto model = Model::from_memory(memory + 16, file.size(), {});
  ASSERT_TRUE(model.ok());
  const auto built = Graph::build(*model, nullptr, nullptr);
  ASSERT_TRUE(built.ok());
  const Graph& graph = **built;

  const auto* own = static_cast<const uint8_t*>(graph.main().tensors[1].data);
  EXPECT_TRUE(own >= memory && own < memory + sizeof(memory)) << "the core needs no copy";
  EXPECT_EQ(graph.constant_copy_bytes(), 0u);
  const void* aligned = graph.aligned_constant(0, 1);
  ASSERT_NE(aligned, nullptr);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(aligned) % 64, 0u);
  EXPECT_EQ(std::memcmp(aligned, own, 16), 0);
  EXPECT_EQ(static_cast<const uint8_t*>(aligned)[16 + 63], 0) << "64 readable bytes behind";
  EXPECT_EQ(graph.aligned_constant(0, again), aligned) << "one buffer, one copy";
  EXPECT_EQ(graph.constant_copy_bytes(), 16u);
  graph.release_constant(0, 1);
  EXPECT_EQ(graph.constant_copy_bytes(), 16u);
  graph.release_constant(0, again);
  EXPECT_EQ(graph.constant_copy_bytes(), 0u);
  EXPECT_EQ(graph.aligned_constant(0, 0), nullptr) << "no constant";
  EXPECT_EQ(graph.aligned_constant(0, -1), nullptr);
  EXPECT_EQ(graph.aligned_constant(9, 0), nullptr);
}

TEST(Graph, ConstantHash) {
  tflite::GraphBuilder b = add_model();
  const auto same = b.constant<float>("same", {4}, {1, 2, 3, 4});
  const auto shape = b.constant<float>("shape", {2, 2}, {1, 2, 3, 4});
  const auto value = b.constant<float>("value", {4}, {1, 2, 3, 5});
  const auto type =
      b.constant_bytes("type", BATON_UINT32, {4}, tflite::bytes_of(std::vector<float>{1, 2, 3, 4}));
  const Loaded loaded = load(b.finish());
  ASSERT_TRUE(loaded.status.ok());
  const Graph& graph = *loaded.graph;
  const uint64_t hash = graph.constant_hash(0, 1);
  EXPECT_NE(hash, 0u);
  EXPECT_EQ(graph.constant_hash(0, same), hash);
  EXPECT_NE(graph.constant_hash(0, shape), hash);
  EXPECT_NE(graph.constant_hash(0, value), hash);
  EXPECT_NE(graph.constant_hash(0, type), hash);
  EXPECT_EQ(graph.constant_hash(0, 0), 0u);
  EXPECT_EQ(graph.constant_hash(0, 99), 0u);
}

TEST(Graph, OperatorsThatNobodyHas) {
  tflite::GraphBuilder b = add_model();
  const auto z = b.tensor("z", BATON_FLOAT32, {7});
  b.custom("Nobody", {2}, {z}, {1, 2, 3});
  b.output(z);
  const Loaded loaded = load(b.finish());
  ASSERT_TRUE(loaded.status.ok()) << loaded.status.message();
  const Node& node = loaded.graph->main().nodes[1];
  EXPECT_EQ(node.op, nullptr);
  EXPECT_EQ(node.abi.op, BATON_OP_CUSTOM);
  EXPECT_STREQ(node.abi.name, "Nobody");
  EXPECT_EQ(node.abi.custom_bytes, 3u);
  EXPECT_EQ(static_cast<const uint8_t*>(node.abi.custom_data)[2], 3);
  EXPECT_EQ(loaded.graph->main().tensors[static_cast<size_t>(z)].dims[0], 7);
}

TEST(Graph, VersionThatNobodyKnows) {
  tflite::GraphBuilder b = add_model();
  b.model().operator_codes[0].version = 1000;
  const Loaded loaded = load(b.finish());
  ASSERT_TRUE(loaded.status.ok());
  EXPECT_EQ(loaded.graph->main().nodes[0].op, nullptr);
  EXPECT_EQ(loaded.graph->main().nodes[0].abi.version, 1000);
}

TEST(Graph, InferredShapesWin) {
  tflite::GraphBuilder b = add_model();
  b.at(2).shape = {9, 9, 9};
  const Loaded loaded = load(b.finish());
  ASSERT_TRUE(loaded.status.ok());
  EXPECT_EQ(loaded.graph->main().tensors[2].rank, 2u);
  EXPECT_EQ(loaded.graph->main().tensors[2].dims[1], 4);
  EXPECT_TRUE(mentions(loaded.graph->oddities(), "[9, 9, 9] in the file, [1, 4] given"));
}

TEST(Graph, ShapesThatDoNotWork) {
  tflite::GraphBuilder b = add_model();
  b.at(0).shape = {1, 5};
  Loaded loaded = load(b.finish());
  EXPECT_EQ(loaded.status.code(), BATON_INVALID_MODEL);
  EXPECT_NE(loaded.status.message().find("subgraph 0, operator 0 (ADD): "), std::string::npos)
      << loaded.status.message();
  // Whoever may choose the shape is not held to the one in the file.
  b.at(0).shape_signature = {-1, -1};
  loaded = load(b.finish());
  ASSERT_TRUE(loaded.status.ok()) << loaded.status.message();
  EXPECT_TRUE(mentions(loaded.graph->oddities(), "the default shapes do not work: subgraph 0"));
}

}  // namespace
}  // namespace baton::graph_test
