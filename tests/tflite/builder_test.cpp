#include "converter/tflite/builder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace baton::tflite {
namespace {

TEST(GraphBuilder, ASizeThatMayVary) {
  GraphBuilder b;
  const TensorId x = b.input("x", BATON_FLOAT32, {-1, 3, -1});
  EXPECT_EQ(b.at(x).shape, (Shape{1, 3, 1}));
  EXPECT_EQ(b.at(x).shape_signature, (Shape{-1, 3, -1}));
  EXPECT_EQ(b.graph().inputs, (std::vector<TensorId>{x}));
}

TEST(GraphBuilder, EqualConstantsShareABuffer) {
  GraphBuilder b;
  const TensorId floats = b.constant("a", {2}, std::vector<float>{1, 2});
  const TensorId same = b.constant("b", {1, 2}, std::vector<float>{1, 2});
  const TensorId other = b.constant("c", {2}, std::vector<float>{2, 1});
  SubgraphBuilder body = b.subgraph("body");
  const TensorId elsewhere = body.constant("d", {2}, std::vector<float>{1, 2});
  EXPECT_EQ(b.at(floats).buffer, 1u);
  EXPECT_EQ(b.at(same).buffer, 1u);
  EXPECT_EQ(b.at(other).buffer, 2u);
  EXPECT_EQ(body.at(elsewhere).buffer, 1u);
  EXPECT_EQ(b.model().buffers.size(), 3u);
}

TEST(GraphBuilder, NoConstantTakesTheEmptyBuffer) {
  GraphBuilder b;
  const TensorId first = b.constant("a", {0}, std::vector<float>{});
  const TensorId second = b.constant("b", {0}, std::vector<int8_t>{});
  EXPECT_EQ(b.at(first).buffer, 1u);
  EXPECT_EQ(b.at(second).buffer, 1u);
}

TEST(GraphBuilder, ConstantsOfAnyType) {
  GraphBuilder b;
  const double values[] = {1, 2, 3};
  const std::string texts[] = {"x"};
  const TensorId half = b.constant("half", BATON_FLOAT16, {3}, values);
  const TensorId four = b.constant("four", BATON_INT4, {3}, values, per_tensor(0.5f));
  const TensorId text = b.strings("text", {1}, texts);
  const TensorId list = b.int32s("list", {7, 8});
  const TensorId scalar = b.int32("scalar", 9);
  const auto bytes = [&](TensorId id) { return b.model().buffers[b.at(id).buffer]; };
  EXPECT_EQ(b.at(half).dtype, BATON_FLOAT16);
  EXPECT_EQ(bytes(half).size(), 6u);
  EXPECT_EQ(bytes(four), (Bytes{0x21, 0x03}));
  EXPECT_EQ(b.at(four).quantization, per_tensor(0.5f));
  EXPECT_EQ(b.at(text).dtype, BATON_STRING);
  EXPECT_EQ(bytes(text).size(), 13u);
  EXPECT_EQ(b.at(list).shape, (Shape{2}));
  EXPECT_EQ(bytes(list), (Bytes{7, 0, 0, 0, 8, 0, 0, 0}));
  EXPECT_EQ(b.at(scalar).shape, Shape{});
  EXPECT_EQ(bytes(scalar), (Bytes{9, 0, 0, 0}));
}

TEST(GraphBuilder, Variables) {
  GraphBuilder b;
  const TensorId state = b.variable("state", BATON_FLOAT32, {1, 4});
  EXPECT_TRUE(b.at(state).is_variable);
  EXPECT_EQ(b.at(state).buffer, 0u);
}

TEST(GraphBuilder, OperatorCodesAreShared) {
  GraphBuilder b;
  b.op(BATON_OP_RELU, {}, {});
  b.op(BATON_OP_TANH, {}, {});
  b.op(BATON_OP_RELU, {}, {});
  b.op(BATON_OP_RELU, {}, {}, {}, 2);
  b.custom("A", {}, {});
  b.custom("B", {}, {}, {1, 2});
  b.subgraph("other").custom("A", {}, {});
  const auto& operators = b.graph().operators;
  EXPECT_EQ(operators[0].code_index, operators[2].code_index);
  EXPECT_NE(operators[0].code_index, operators[1].code_index);
  EXPECT_NE(operators[0].code_index, operators[3].code_index);
  EXPECT_NE(operators[4].code_index, operators[5].code_index);
  EXPECT_EQ(b.model().subgraphs[1].operators[0].code_index, operators[4].code_index);
  EXPECT_EQ(b.model().operator_codes.size(), 5u);
  EXPECT_EQ(operators[5].custom_options, (Bytes{1, 2}));
}

TEST(GraphBuilder, AttributesDefaultToTheOperatorsTable) {
  GraphBuilder b;
  b.op(BATON_OP_ADD, {}, {});
  b.op(BATON_OP_LOGISTIC, {}, {});
  b.op(BATON_OP_STABLEHLO_CASE, {}, {});
  EXPECT_NE(b.operator_at(0).attributes.get<baton_add_attributes>(), nullptr);
  EXPECT_TRUE(b.operator_at(1).attributes.empty());
  EXPECT_NE(b.operator_at(2).attributes.get<baton_stablehlo_case_attributes>(), nullptr);
}

TEST(GraphBuilder, UniqueNames) {
  GraphBuilder b;
  EXPECT_EQ(b.unique_name("x"), "x");
  b.tensor("x", BATON_FLOAT32, {});
  b.tensor("x_1", BATON_FLOAT32, {});
  EXPECT_EQ(b.unique_name("x"), "x_2");
}

TEST(GraphBuilder, SubgraphsSignaturesAndMetadata) {
  GraphBuilder b("main");
  SubgraphBuilder body = b.subgraph("body");
  EXPECT_EQ(b.index(), 0);
  EXPECT_EQ(body.index(), 1);
  const TensorId x = body.input("x", BATON_INT32, {});
  body.output(x);
  b.signature("key", {{"a", 0}}, {{"b", 1}}, 1);
  b.metadata("name", {1, 2, 3});
  b.description("text");
  const Model& model = b.model();
  EXPECT_EQ(model.subgraphs[0].name, "main");
  EXPECT_EQ(model.subgraphs[1].outputs, (std::vector<TensorId>{x}));
  EXPECT_EQ(model.signatures[0].subgraph, 1u);
  EXPECT_EQ(model.buffers[model.metadata[0].buffer], (Bytes{1, 2, 3}));
  EXPECT_EQ(model.description, "text");
}

TEST(GraphBuilder, MovesWithItsSubgraphs) {
  GraphBuilder first;
  SubgraphBuilder body = first.subgraph("body");
  GraphBuilder second = std::move(first);
  body.tensor("t", BATON_FLOAT32, {});
  EXPECT_EQ(second.model().subgraphs[1].tensors.size(), 1u);
}

TEST(GraphBuilder, WritesTheFile) {
  const auto path = std::filesystem::path(testing::TempDir()) / "baton_builder_test.tflite";
  GraphBuilder b;
  b.tensor("t", BATON_FLOAT32, {});
  ASSERT_TRUE(b.write_file(path.string()).ok());
  std::ifstream file(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  const auto expected = b.finish();
  EXPECT_EQ(bytes, std::string(expected.begin(), expected.end()));
  std::filesystem::remove(path);
  const Status status = b.write_file("/no/such/folder/x.tflite");
  EXPECT_EQ(status.code(), BATON_NOT_FOUND);
  EXPECT_NE(status.message().find("/no/such/folder/x.tflite"), std::string::npos);
}

}  // namespace
}  // namespace baton::tflite
