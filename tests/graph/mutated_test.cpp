#include "tests/graph/support.h"

namespace baton::graph_test {
namespace {

using tflite::GraphBuilder;

// Any bytes may change: a file is refused, or a graph comes out.
TEST(Mutated, NeverCrashes) {
  GraphBuilder b = add_model();
  auto then = b.subgraph("then");
  const auto in = then.input("in", BATON_FLOAT32, {1, 4});
  const auto out = then.tensor("out", BATON_FLOAT32, {1, 4});
  then.op(BATON_OP_RELU, {in}, {out});
  then.output(out);
  auto attributes = default_attributes<baton_if_attributes>();
  attributes.then_subgraph_index = then.index();
  attributes.else_subgraph_index = then.index();
  b.op(BATON_OP_IF, {b.constant<bool>("condition", {}, {true}), 0},
       {b.tensor("result", BATON_FLOAT32, {1, 4})}, attributes);
  b.strings("text", {2}, std::vector<std::string>{"a", "bcd"});
  b.tensor("quantised", BATON_INT8, {2, 3}, tflite::per_axis({1, 1, 1}, 1));
  b.signature("serve", {{"a", 0}}, {{"b", 2}});
  const Bytes whole = b.finish();
  ASSERT_TRUE(load(whole).status.ok());
  uint32_t random = 12345;
  const auto next = [&] { return (random = random * 1664525u + 1013904223u) >> 8; };
  int refused = 0;
  for (int round = 0; round < 4000; ++round) {
    Bytes mutated = whole;
    for (uint32_t i = 0; i < 1 + next() % 4; ++i) {
      mutated[next() % mutated.size()] = static_cast<uint8_t>(next() % 3 ? next() : 0xff);
    }
    const Loaded loaded = load(mutated);
    refused += loaded.status.ok() ? 0 : 1;
    EXPECT_EQ(loaded.status.ok(), loaded.graph != nullptr);
  }
  EXPECT_GT(refused, 0);
  EXPECT_LT(refused, 4000);
}

}  // namespace
}  // namespace baton::graph_test
