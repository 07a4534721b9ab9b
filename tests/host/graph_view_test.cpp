// Partitions and what a delegate sees of them.
#include "core/host/graph_view.h"
#include "tests/host/host_fixture.h"

namespace baton::test {
namespace {

class GraphViewTest : public HostTest {};

std::vector<uint32_t> all_nodes(const Subgraph& subgraph) {
  std::vector<uint32_t> nodes;
  for (uint32_t i = 0; i < subgraph.nodes.size(); ++i) nodes.push_back(i);
  return nodes;
}

std::vector<std::string> names(const Subgraph& subgraph, const std::vector<int32_t>& tensors) {
  std::vector<std::string> result;
  for (const int32_t tensor : tensors) {
    result.emplace_back(subgraph.tensors[static_cast<size_t>(tensor)].name);
  }
  return result;
}

// float_model: 0 conv, 1 depth, 2 relu, 3 relu6 (of conv), 4 sum, 5 product, 6 pool, 7 flat, 8
// full, 9 soft; outputs soft and product.
TEST_F(GraphViewTest, APartitionKnowsItsBorder) {
  const auto g = graph(float_model());
  const Subgraph& s = g->main();
  using Names = std::vector<std::string>;
  const struct {
    std::vector<uint32_t> nodes;
    Names inputs, outputs;
  } cases[] = {
      {all_nodes(s), {"x"}, {"product", "soft"}}, {{1, 2}, {"conv"}, {"relu"}},
      {{4, 2}, {"depth", "relu6"}, {"sum"}},      {{0}, {"x"}, {"conv"}},
      {{5, 6}, {"sum"}, {"product", "pool"}},     {{3, 9}, {"conv", "full"}, {"relu6", "soft"}},
  };
  for (const auto& c : cases) {
    const Partition partition = make_partition(s, c.nodes);
    EXPECT_TRUE(std::is_sorted(partition.nodes.begin(), partition.nodes.end()));
    EXPECT_EQ(names(s, partition.inputs), c.inputs);
    EXPECT_EQ(names(s, partition.outputs), c.outputs);
    EXPECT_TRUE(partition.states.empty());
  }
  const auto rnn = graph(rnn_model());
  const Partition partition = make_partition(rnn->main(), all_nodes(rnn->main()));
  EXPECT_EQ(names(rnn->main(), partition.states), Names{"h"});
  EXPECT_EQ(names(rnn->main(), partition.inputs), Names{"x"});
}

TEST_F(GraphViewTest, ConvexityIsSeen) {
  const auto g = graph(float_model());
  const Subgraph& s = g->main();
  uint32_t between = 99;
  for (const std::vector<uint32_t>& nodes :
       {std::vector<uint32_t>{}, {4}, {0, 3}, {1, 2, 4}, {2, 3}, {0, 1, 2, 3, 4}, {6, 7, 8}}) {
    EXPECT_TRUE(is_convex(s, nodes, &between));
  }
  EXPECT_FALSE(is_convex(s, std::vector<uint32_t>{0, 4}, &between));
  EXPECT_EQ(between, 2u);
  EXPECT_FALSE(is_convex(s, std::vector<uint32_t>{0, 3, 4}, &between));
  EXPECT_EQ(between, 2u);
  EXPECT_FALSE(is_convex(s, std::vector<uint32_t>{5, 9}, &between));
}

TEST_F(GraphViewTest, ACompiledPartitionSeesAlignedConstants) {
  const auto g = graph(float_model());
  const Partition partition = make_partition(g->main(), {0, 1});
  PartitionConstants constants(g, partition);
  ASSERT_TRUE(constants.complete());
  const GraphView view(g, partition, {}, &constants);
  const baton_graph* abi = view.abi();
  EXPECT_EQ(abi->node_count(abi), 2u);
  EXPECT_EQ(abi->node(abi, 1)->index, 1u);
  EXPECT_EQ(abi->node(abi, 2), nullptr);
  EXPECT_EQ(abi->tensor(abi, -1), nullptr);
  EXPECT_EQ(abi->tensor(abi, 100000), nullptr);
  EXPECT_EQ(abi->input(abi, 7), -1);
  EXPECT_EQ(std::string(abi->model_hash(abi)), g->model().hash());
  for (uint32_t i = 0; i < 2; ++i) {
    const baton_node* node = abi->node(abi, i);
    const baton_tensor* weights = abi->tensor(abi, node->inputs[1]);
    ASSERT_NE(weights->data, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(weights->data) % 64, 0u);
    EXPECT_NE(abi->constant_hash(abi, node->inputs[1]), 0u);
    EXPECT_EQ(abi->tensor(abi, node->outputs[0])->data, nullptr);
    EXPECT_EQ(abi->constant_hash(abi, node->outputs[0]), 0u);
  }
  const int32_t weights = abi->node(abi, 0)->inputs[1];
  abi->done_with_constant(abi, weights);
  EXPECT_EQ(constants.find(weights), nullptr);
  abi->done_with_constant(abi, weights);  // once more is harmless
  abi->done_with_constant(abi, -5);
}

// Also those that were let go, and none but the partition's.
TEST_F(GraphViewTest, ConstantsWhereTheFileHasThem) {
  const auto g = graph(float_model());
  const Partition partition = make_partition(g->main(), {0, 1});
  PartitionConstants constants(g, partition);
  const GraphView view(g, partition, {}, &constants);
  const baton_graph* abi = view.abi();
  const int32_t weights = abi->node(abi, 0)->inputs[1];
  const baton_tensor* tensor = abi->tensor(abi, weights);
  const auto* data = static_cast<const uint8_t*>(tensor->data);
  const std::vector<uint8_t> aligned(data, data + tensor->bytes);
  abi->done_with_constant(abi, weights);
  const auto* found = static_cast<const uint8_t*>(GraphView::file_constant(abi, weights));
  const auto file = g->model().bytes();
  ASSERT_GE(found, file.data());
  ASSERT_LE(found + aligned.size(), file.data() + file.size());
  EXPECT_TRUE(std::equal(aligned.begin(), aligned.end(), found));
  EXPECT_EQ(GraphView::file_constant(abi, abi->node(abi, 0)->outputs[0]), nullptr);
  EXPECT_EQ(GraphView::file_constant(abi, g->main().nodes[8].abi.inputs[1]), nullptr);
  EXPECT_EQ(GraphView::file_constant(abi, -1), nullptr);
}

TEST_F(GraphViewTest, WeightsAreLetGoWithTheProgram) {
  const auto g = graph(float_model());
  {
    const Partition partition = make_partition(g->main(), all_nodes(g->main()));
    PartitionConstants one(g, partition);
    const uint64_t copies = g->constant_copy_bytes();
    PartitionConstants two(g, partition);
    EXPECT_EQ(g->constant_copy_bytes(), copies);  // shared
  }
  EXPECT_EQ(g->constant_copy_bytes(), 0u);
}

}  // namespace
}  // namespace baton::test
