// Custom operators that a plugin brings.
#include <cstring>

#include "tests/host/host_fixture.h"

namespace baton::test {
namespace {

class OperatorsTest : public HostTest {
 protected:
  tflite::GraphBuilder model(const char* op, std::vector<uint8_t> options = {}, int32_t version = 1,
                             baton_dtype dtype = BATON_FLOAT32) {
    tflite::GraphBuilder b;
    const auto x = b.input("x", dtype, {1, 5});
    const auto y = b.tensor("y", dtype, {1, 5});
    b.custom(op, {x}, {y}, std::move(options), version);
    b.output(y);
    return b;
  }
  // "" or the error of the first run.
  std::string run(const tflite::GraphBuilder& builder) {
    const auto plugin = load("test_operators");
    const auto g = graph(builder, plugin.get());
    if (g == nullptr) return "no graph";
    auto compiled = compile(g, {});
    if (!compiled.ok()) return compiled.status().message();
    auto made = session(*compiled, 2);
    if (!made.ok()) return made.status().message();
    auto outputs = run_session(**made, 0);
    if (!outputs.ok()) return outputs.status().message();
    result_.resize((*outputs)[0].bytes.size() / 4);
    std::memcpy(result_.data(), (*outputs)[0].bytes.data(), (*outputs)[0].bytes.size());
    input_.assign((*made)->input(0).as<float>(), (*made)->input(0).as<float>() + 5);
    return "";
  }
  std::vector<float> input_, result_;
};

TEST_F(OperatorsTest, Run) {
  ASSERT_EQ(run(model("TimesTwo")), "");
  ASSERT_EQ(result_.size(), 5u);
  for (size_t i = 0; i < 5; ++i) EXPECT_EQ(result_[i], 2 * input_[i]);
}

TEST_F(OperatorsTest, FailInOneSentence) {
  EXPECT_NE(run(model("Stumble"))
                .find("plugin test_operators failed to run its operator: Stumble "
                      "was told to fail"),
            std::string::npos);
  EXPECT_NE(run(model("Stumble", {'t'})).find("Stumble was told to throw"), std::string::npos);
  EXPECT_NE(run(model("ShapeOnly")).find("brings ShapeOnly for its delegate only"),
            std::string::npos);
  EXPECT_NE(run(model("Unheard")).find("the custom operator 'Unheard' (1 node"), std::string::npos);
}

// Those of every subgraph, once each, in one sentence that says what to do.
TEST_F(OperatorsTest, AreAllNamedWhenNobodyHasThem) {
  tflite::GraphBuilder b = model("Zeta");
  auto other = b.subgraph("other");
  const auto x = other.input("x", BATON_FLOAT32, {2});
  const auto y = other.tensor("y", BATON_FLOAT32, {2});
  const auto doubled = other.tensor("doubled", BATON_FLOAT32, {2});
  const auto z = other.tensor("z", BATON_FLOAT32, {2});
  const auto last = other.tensor("last", BATON_FLOAT32, {2});
  other.custom("Alpha", {x}, {y});
  other.custom("TimesTwo", {y}, {doubled});
  other.custom("Zeta", {doubled}, {z});
  other.custom("Gamma", {z}, {last});
  other.output(last);
  EXPECT_EQ(run(b),
            "neither the core nor a delegate has the custom operators 'Alpha', 'Gamma' and 'Zeta' "
            "(4 nodes, the first is subgraph 0, operator 0 (Zeta)): name a plugin that brings what "
            "is missing, or a delegate that runs it");
}

TEST_F(OperatorsTest, AreFoundByName) {
  const auto plugin = load("test_operators");
  EXPECT_EQ(plugin->operators().size(), 3u);
  ASSERT_NE(plugin->find_operator("TimesTwo"), nullptr);
  EXPECT_EQ(plugin->find_operator("TimesTwo")->max_version, 2);
  EXPECT_EQ(plugin->find_operator("timestwo"), nullptr);
}

}  // namespace
}  // namespace baton::test
