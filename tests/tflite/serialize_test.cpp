#include "converter/tflite/serialize.h"

#include <gtest/gtest.h>

#include <cstring>

#include "converter/tflite/builder.h"
#include "core/schema/tflite_generated.h"

namespace baton::tflite {
namespace {

const schema::Model& verified(const std::vector<uint8_t>& file) {
  flatbuffers::Verifier verifier(file.data(), file.size());
  EXPECT_TRUE(schema::VerifyModelBuffer(verifier));
  return *schema::GetModel(file.data());
}

template <typename T>
std::vector<T> values(const flatbuffers::Vector<T>* vector) {
  return vector != nullptr ? std::vector<T>(vector->begin(), vector->end()) : std::vector<T>();
}

using Ints = std::vector<int32_t>;

Bytes counting(size_t size, uint8_t first = 0) {
  Bytes bytes(size);
  for (uint8_t& byte : bytes) byte = first++;
  return bytes;
}

GraphBuilder small_model() {
  GraphBuilder b("main");
  const TensorId x = b.input("x", BATON_FLOAT32, {1, 2});
  const TensorId y = b.tensor("y", BATON_FLOAT32, {1, 2});
  const TensorId c = b.constant("c", {2}, std::vector<float>{1.5f, -2.5f});
  b.op(BATON_OP_ADD, {x, c}, {y});
  b.output(y);
  return b;
}

TEST(Serialize, SmallModel) {
  const auto file = small_model().finish();
  EXPECT_EQ(std::memcmp(file.data() + 4, "TFL3", 4), 0);
  const schema::Model& model = verified(file);
  EXPECT_EQ(model.version(), 3u);
  ASSERT_EQ(model.subgraphs()->size(), 1u);
  const auto& graph = *model.subgraphs()->Get(0);
  EXPECT_EQ(graph.name()->str(), "main");
  EXPECT_EQ(values(graph.inputs()), (Ints{0}));
  EXPECT_EQ(values(graph.outputs()), (Ints{1}));
  ASSERT_EQ(graph.tensors()->size(), 3u);
  const auto& x = *graph.tensors()->Get(0);
  EXPECT_EQ(x.name()->str(), "x");
  EXPECT_EQ(x.type(), schema::TensorType::FLOAT32);
  EXPECT_EQ(values(x.shape()), (Ints{1, 2}));
  EXPECT_EQ(x.buffer(), 0u);
  EXPECT_EQ(x.quantization(), nullptr);
  EXPECT_EQ(x.shape_signature(), nullptr);
  EXPECT_TRUE(x.has_rank());
  EXPECT_FALSE(x.is_variable());
  const auto& c = *graph.tensors()->Get(2);
  EXPECT_EQ(c.buffer(), 1u);
  ASSERT_EQ(model.buffers()->size(), 2u);
  EXPECT_EQ(model.buffers()->Get(0)->data(), nullptr);
  const auto* data = model.buffers()->Get(1)->data();
  const float expected[] = {1.5f, -2.5f};
  ASSERT_EQ(data->size(), sizeof(expected));
  EXPECT_EQ(std::memcmp(data->data(), expected, sizeof(expected)), 0);
  ASSERT_EQ(graph.operators()->size(), 1u);
  const auto& op = *graph.operators()->Get(0);
  EXPECT_EQ(values(op.inputs()), (Ints{0, 2}));
  EXPECT_EQ(values(op.outputs()), (Ints{1}));
  ASSERT_NE(op.builtin_options_as_AddOptions(), nullptr);
  EXPECT_TRUE(op.builtin_options_as_AddOptions()->pot_scale_int16());
  ASSERT_EQ(model.operator_codes()->size(), 1u);
  EXPECT_EQ(model.operator_codes()->Get(0)->builtin_code(), schema::BuiltinOperator::ADD);
  EXPECT_EQ(model.operator_codes()->Get(0)->version(), 1);
  EXPECT_EQ(model.metadata(), nullptr);
  EXPECT_EQ(model.signature_defs(), nullptr);
}

TEST(Serialize, EqualModelsGiveEqualBytes) {
  const GraphBuilder once = small_model();
  EXPECT_EQ(once.finish(), once.finish());
  EXPECT_EQ(once.finish(), small_model().finish());
  EXPECT_EQ(once.finish(BufferPlace::kBehind), small_model().finish(BufferPlace::kBehind));
}

TEST(Serialize, EmptyModel) {
  const auto file = serialize(Model{});
  const schema::Model& model = verified(file);
  EXPECT_EQ(model.subgraphs()->size(), 0u);
  EXPECT_EQ(model.operator_codes()->size(), 0u);
  EXPECT_EQ(model.buffers()->size(), 1u);
}

class Alignment : public testing::TestWithParam<size_t> {};

TEST_P(Alignment, BuffersStartAtMultiplesOf64) {
  Model model;
  model.description = std::string(GetParam() % 7, 'd');
  for (size_t i = 0; i < 5; ++i) {
    model.buffers.push_back(counting(GetParam() + i * 13, static_cast<uint8_t>(i)));
  }
  const auto file = serialize(model);
  const schema::Model& read = verified(file);
  ASSERT_EQ(read.buffers()->size(), model.buffers.size());
  for (unsigned i = 1; i < read.buffers()->size(); ++i) {
    const auto* data = read.buffers()->Get(i)->data();
    EXPECT_EQ((data->data() - file.data()) % 64, 0) << i;
    EXPECT_EQ(values(data), model.buffers[i]);
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, Alignment,
                         testing::Values(1, 3, 4, 15, 16, 17, 63, 64, 65, 127, 1000));

TEST(Serialize, BuffersBehindTheFlatBuffer) {
  Model model;
  model.buffers.push_back(counting(100));
  model.buffers.push_back({});
  model.buffers.push_back(counting(1, 7));
  model.buffers.push_back(counting(64, 9));
  const auto file = serialize(model, BufferPlace::kBehind);
  const schema::Model& read = verified(file);
  uint64_t end = 0;
  for (const unsigned i : {1u, 3u, 4u}) {
    const auto& buffer = *read.buffers()->Get(i);
    EXPECT_EQ(buffer.data(), nullptr);
    EXPECT_EQ(buffer.size(), model.buffers[i].size());
    EXPECT_EQ(buffer.offset() % 64, 0u);
    EXPECT_GE(buffer.offset(), end);
    end = buffer.offset() + buffer.size();
    ASSERT_LE(end, file.size());
    EXPECT_EQ(std::memcmp(file.data() + buffer.offset(), model.buffers[i].data(), buffer.size()),
              0);
  }
  EXPECT_EQ(end, file.size());
  EXPECT_EQ(read.buffers()->Get(2)->offset(), 0u);
  EXPECT_EQ(read.buffers()->Get(2)->size(), 0u);
}

TEST(Serialize, AnEmptyConstantHasDataOfNoBytes) {
  GraphBuilder b;
  b.constant("none", {0}, std::vector<float>{});
  const auto file = b.finish();
  const schema::Model& model = verified(file);
  EXPECT_EQ(model.subgraphs()->Get(0)->tensors()->Get(0)->buffer(), 1u);
  ASSERT_NE(model.buffers()->Get(1)->data(), nullptr);
  EXPECT_EQ(model.buffers()->Get(1)->data()->size(), 0u);
}

TEST(Serialize, OperatorCodesBeyondAByte) {
  Model model;
  for (const int32_t code : {3, 126, 127, 128, 206}) model.operator_codes.push_back({code, "", 2});
  model.operator_codes.push_back({BATON_OP_CUSTOM, "Mine", 1});
  const auto file = serialize(model);
  const auto& codes = *verified(file).operator_codes();
  const int expected[] = {3, 126, 127, 127, 127, 32};
  for (unsigned i = 0; i < codes.size(); ++i) {
    EXPECT_EQ(codes.Get(i)->deprecated_builtin_code(), expected[i]);
    EXPECT_EQ(static_cast<int32_t>(codes.Get(i)->builtin_code()), model.operator_codes[i].code);
    EXPECT_EQ(codes.Get(i)->version(), model.operator_codes[i].version);
  }
  EXPECT_EQ(codes.Get(0)->custom_code(), nullptr);
  EXPECT_EQ(codes.Get(5)->custom_code()->str(), "Mine");
}

TEST(Serialize, Quantisation) {
  GraphBuilder b;
  b.tensor("tensor", BATON_INT8, {4}, per_tensor(0.5f, -3));
  b.tensor("axis", BATON_INT8, {2, 3}, per_axis({1, 2, 3}, 1));
  Tensor block;
  block.quantization.block = {.scales = 5, .zero_points = -1, .block_size = 32};
  block.quantization.min = {-1};
  block.quantization.max = {2};
  b.tensor(block);
  const auto file = b.finish();
  const auto& tensors = *verified(file).subgraphs()->Get(0)->tensors();
  const auto* one = tensors.Get(0)->quantization();
  EXPECT_EQ(values(one->scale()), (std::vector<float>{0.5f}));
  EXPECT_EQ(values(one->zero_point()), (std::vector<int64_t>{-3}));
  const auto* axis = tensors.Get(1)->quantization();
  EXPECT_EQ(values(axis->scale()), (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(values(axis->zero_point()), (std::vector<int64_t>{0, 0, 0}));
  EXPECT_EQ(axis->quantized_dimension(), 1);
  const auto* details = tensors.Get(2)->quantization()->details_as_BlockwiseQuantization();
  ASSERT_NE(details, nullptr);
  EXPECT_EQ(details->scales(), 5);
  EXPECT_EQ(details->zero_points(), -1);
  EXPECT_EQ(details->block_size(), 32);
  EXPECT_EQ(values(tensors.Get(2)->quantization()->min()), (std::vector<float>{-1}));
  EXPECT_EQ(values(tensors.Get(2)->quantization()->max()), (std::vector<float>{2}));
}

TEST(Serialize, Sparsity) {
  for (const int bits : {8, 16, 32}) {
    Model model;
    Tensor tensor;
    tensor.sparsity = Sparsity{
        .traversal_order = {0, 1},
        .block_map = {},
        .dimensions = {
            {.dense_size = 4, .segments = {}, .indices = {}},
            {.compressed = true, .index_bits = bits, .segments = {0, 2, 200}, .indices = {1, 3}}}};
    model.subgraphs.emplace_back().tensors.push_back(tensor);
    const auto file = serialize(model);
    const auto* sparsity = verified(file).subgraphs()->Get(0)->tensors()->Get(0)->sparsity();
    ASSERT_NE(sparsity, nullptr);
    EXPECT_EQ(values(sparsity->traversal_order()), (Ints{0, 1}));
    const auto& dimensions = *sparsity->dim_metadata();
    EXPECT_EQ(dimensions.Get(0)->format(), schema::DimensionType::DENSE);
    EXPECT_EQ(dimensions.Get(0)->dense_size(), 4);
    const auto* sparse = dimensions.Get(1);
    EXPECT_EQ(sparse->format(), schema::DimensionType::SPARSE_CSR);
    if (bits == 8) {
      EXPECT_EQ(values(sparse->array_segments_as_Uint8Vector()->values()),
                (std::vector<uint8_t>{0, 2, 200}));
    } else if (bits == 16) {
      EXPECT_EQ(values(sparse->array_segments_as_Uint16Vector()->values()),
                (std::vector<uint16_t>{0, 2, 200}));
      EXPECT_EQ(values(sparse->array_indices_as_Uint16Vector()->values()),
                (std::vector<uint16_t>{1, 3}));
    } else {
      EXPECT_EQ(values(sparse->array_segments_as_Int32Vector()->values()), (Ints{0, 2, 200}));
    }
  }
}

TEST(Serialize, EverythingElse) {
  Model model;
  model.version = 4;
  model.description = "about";
  model.buffers.push_back(counting(9));
  model.metadata = {{"min_runtime_version", 1}};
  model.signatures = {{"serving_default", {{"in", 3}}, {{"out", 4}, {"more", 5}}, 1}};
  model.external_buffer_groups = {"weights.bin"};
  model.external_buffers = {
      {.id = 6, .group = 0, .offset = 1ull << 40, .length = 5, .packing = "p"}};
  Subgraph& graph = model.subgraphs.emplace_back();
  Tensor tensor;
  tensor.external_buffer = 6;
  tensor.is_variable = true;
  tensor.has_rank = false;
  graph.tensors.push_back(tensor);
  Operator op;
  op.intermediates = {7, 8};
  op.mutating_variable_inputs = {0, 1};
  op.custom_options = {1, 2, 3};
  graph.operators.push_back(op);
  const auto file = serialize(model);
  const schema::Model& read = verified(file);
  EXPECT_EQ(read.version(), 4u);
  EXPECT_EQ(read.description()->str(), "about");
  EXPECT_EQ(read.metadata()->Get(0)->name()->str(), "min_runtime_version");
  EXPECT_EQ(read.metadata()->Get(0)->buffer(), 1u);
  const auto& signature = *read.signature_defs()->Get(0);
  EXPECT_EQ(signature.signature_key()->str(), "serving_default");
  EXPECT_EQ(signature.subgraph_index(), 1u);
  EXPECT_EQ(signature.inputs()->Get(0)->name()->str(), "in");
  EXPECT_EQ(signature.inputs()->Get(0)->tensor_index(), 3u);
  ASSERT_EQ(signature.outputs()->size(), 2u);
  EXPECT_EQ(signature.outputs()->Get(1)->name()->str(), "more");
  EXPECT_EQ(read.external_buffer_groups()->Get(0)->name()->str(), "weights.bin");
  const auto& external = *read.external_buffers()->Get(0);
  EXPECT_EQ(external.id(), 6u);
  EXPECT_EQ(external.offset(), 1ull << 40);
  EXPECT_EQ(external.length(), 5u);
  EXPECT_EQ(external.packing()->str(), "p");
  const auto& subgraph = *read.subgraphs()->Get(0);
  EXPECT_EQ(subgraph.tensors()->Get(0)->external_buffer(), 6u);
  EXPECT_TRUE(subgraph.tensors()->Get(0)->is_variable());
  EXPECT_FALSE(subgraph.tensors()->Get(0)->has_rank());
  const auto& node = *subgraph.operators()->Get(0);
  EXPECT_EQ(values(node.intermediates()), (Ints{7, 8}));
  EXPECT_EQ(values(node.mutating_variable_inputs()), (std::vector<uint8_t>{0, 1}));
  EXPECT_EQ(values(node.custom_options()), (std::vector<uint8_t>{1, 2, 3}));
  EXPECT_EQ(node.builtin_options_type(), schema::BuiltinOptions::NONE);
}

TEST(Serialize, NonsenseIsWrittenAsItIs) {
  GraphBuilder b = small_model();
  b.at(0).buffer = 999;
  b.at(1).shape = {-5, 1 << 30};
  b.at(1).dtype = 100;
  b.operator_at(0).inputs = {500, -7};
  b.operator_at(0).code_index = 44;
  b.operator_at(0).attributes = default_attributes<baton_conv_2d_attributes>();
  b.graph().outputs = {12345};
  const auto file = b.finish();
  const schema::Model& model = verified(file);  // FlatBuffers knows nothing of indices
  const auto& graph = *model.subgraphs()->Get(0);
  EXPECT_EQ(graph.tensors()->Get(0)->buffer(), 999u);
  EXPECT_EQ(values(graph.tensors()->Get(1)->shape()), (Ints{-5, 1 << 30}));
  EXPECT_EQ(static_cast<int>(graph.tensors()->Get(1)->type()), 100);
  EXPECT_EQ(values(graph.operators()->Get(0)->inputs()), (Ints{500, -7}));
  EXPECT_EQ(graph.operators()->Get(0)->opcode_index(), 44u);
  EXPECT_NE(graph.operators()->Get(0)->builtin_options_as_Conv2DOptions(), nullptr);
  EXPECT_EQ(values(graph.outputs()), (Ints{12345}));
}

}  // namespace
}  // namespace baton::tflite
