// Plugins that misbehave: one clear line each, the right outputs all the same, and with `strict` an
// error. The list of modes is that of tests/bad_plugins.
#include <map>
#include <sstream>

#include "tests/host/host_fixture.h"

namespace baton::test {
namespace {

class BadPluginsTest : public HostTest {
 protected:
  // Runs with the plugin, then without, and compares; the delegate's one line.
  std::string survive(const std::shared_ptr<const Graph>& graph, const std::string& name,
                      bool resize) {
    log_.clear();
    const auto bad = delegate(name);
    if (bad == nullptr) return "";
    auto with = compile(graph, {bad});
    EXPECT_TRUE(with.ok()) << with.status().message();
    if (!with.ok()) return "";
    const auto actual = runs(*with, resize);
    const std::vector<std::string> lines = log_;
    auto without = compile(graph, {});
    EXPECT_EQ(difference(actual, runs(*without, resize)), "");
    EXPECT_EQ(lines.size(), 1u);
    for (const std::string& line : lines) EXPECT_EQ(line.find('\n'), std::string::npos);
    return lines.empty() ? "" : lines[0];
  }

  std::vector<Outputs> runs(const std::shared_ptr<Compiled>& compiled, bool resize) {
    std::vector<Outputs> all;
    auto made = session(compiled, 2);
    EXPECT_TRUE(made.ok()) << made.status().message();
    if (!made.ok()) return all;
    for (uint32_t i = 0; i < 4; ++i) {
      if (resize && i == 2) {
        const int32_t dims[] = {1, 77};
        EXPECT_TRUE((*made)->resize_input(0, dims).ok());
      }
      auto outputs = run_session(**made, i);
      EXPECT_TRUE(outputs.ok()) << outputs.status().message();
      if (outputs.ok()) all.push_back(std::move(*outputs));
    }
    return all;
  }

  // With `strict` somebody fails, and says what the line said.
  std::string strict(const std::shared_ptr<const Graph>& graph, const std::string& name) {
    auto compiled = compile(graph, {delegate(name)}, true);
    if (!compiled.ok()) return compiled.status().message();
    auto made = session(*compiled);
    if (!made.ok()) return made.status().message();
    auto outputs = run_session(**made, 0);
    return outputs.ok() ? "it ran" : outputs.status().message();
  }
};

TEST_F(BadPluginsTest, ThoseThatDoNotStart) {
  const std::map<std::string, std::string> sentences = {
      {"throw_create", "plugin bad_throw_create failed to start: it threw thrown in create"},
      {"fail_create", "plugin bad_fail_create failed to start: the device refuses   in create"},
      {"null_create", "plugin bad_null_create failed to start: create gave no object"},
      {"many_devices",
       "plugin bad_many_devices lists 2147483648 devices; at most 256 are believed"},
      {"null_device",
       "plugin bad_null_device: device 0 has no name, driver or unusable_reason text"},
  };
  for (const auto& [mode, sentence] : sentences) {
    auto plugin = host_->load("bad_" + mode);
    EXPECT_EQ(plugin.status().message(), sentence);
  }
  EXPECT_EQ(Delegate::create(load("bad_no_device"), {}).status().message(),
            "delegate bad_no_device finds no device");
  EXPECT_EQ(Delegate::create(load("bad_unusable_device"), {}).status().message(),
            "device 0 (Bad device) of delegate bad_unusable_device cannot be used: the driver is "
            "missing");
}

TEST_F(BadPluginsTest, ThoseThatFailLaterFallBack) {
  const struct {
    const char* mode;
    const char* sentence;  // of the line, behind the delegate's label
  } cases[] = {
      {"throw_examine", " failed to examine the graph: it threw thrown in examine"},
      {"fail_examine", " failed to examine the graph: the device refuses   in examine"},
      {"unoffered", " misbehaved: it answered for node 1073741824 of subgraph 0, which has 5"},
      {"answers_twice", " misbehaved: it answered twice for subgraph 0, operator 0 (RELU)"},
      {"cyclic",
       " misbehaved: it proposed a cyclic partition: subgraph 0, operator 3 (RELU6) runs "},
      {"group_refused",
       " misbehaved: it proposed a group with subgraph 0, operator 4 (RELU), which "
       "it did not say yes to"},
      {"throw_compile", " failed to compile: it threw thrown in compile"},
      {"fail_compile", " failed to compile: the device refuses   in compile"},
      {"silent_compile", " failed to compile: it gave no reason"},
      {"null_program", " misbehaved: compile said that all is well but gave no program"},
      {"throw_instantiate", " failed to instantiate: it threw thrown in instantiate"},
      {"fail_instantiate", " failed to instantiate: the device refuses   in instantiate"},
      {"null_instance", " misbehaved: instantiate said that all is well but gave no instance"},
      {"huge_scratch", " misbehaved: it asks for 1152921504606846976 bytes of scratch memory, "},
      {"throw_execute", " failed to execute: it threw thrown in execute"},
      {"fail_execute", " failed to execute: the device refuses   in execute"},
      {"bad_status", " failed to execute: it returned 77, which is no status"},
      {"throw_parallel", " failed to execute: it threw thrown in a piece"},
      {"report_in_piece", " failed to execute: a piece ran out of memory"},
      {"report_from_thread", " failed to execute: a thread of its own ran out of memory"},
      {"half_way", " failed to execute: the power failed half-way"},
      {"overrun", " misbehaved: execute wrote past the end of output 0 of its partition"},
      {"underrun", " misbehaved: execute wrote in front of output 0 of its partition"},
      {"unwritten",
       " misbehaved: execute did not write bytes 0 to 15 of the 256 of output 0 of its partition"},
  };
  const auto g = graph(chain_model(5, 64));
  for (const auto& c : cases) {
    SCOPED_TRACE(c.mode);
    const std::string name = std::string("bad_") + c.mode;
    const std::string expected = "delegate " + name + ", device 0 (Bad device)," + c.sentence;
    EXPECT_EQ(survive(g, name, false).substr(0, expected.size()), expected);
    EXPECT_EQ(strict(g, name).substr(0, expected.size()), expected);
  }
}

TEST_F(BadPluginsTest, ThoseThatFailToReshapeFallBack) {
  // The first runs must go well, so these two are the fake accelerator.
  const auto g = graph(chain_model(5, 64));
  auto compiled = compile(g, {delegate("fake_npu", {{"fail_at", "reshape"}})});
  ASSERT_TRUE(compiled.ok());
  const auto actual = runs(*compiled, true);
  EXPECT_EQ(difference(actual, runs(*compile(g, {}), true)), "");
}

TEST_F(BadPluginsTest, AFailureHalfWayLeavesTheStateAsItWas) {
  const auto g = graph(rnn_model());
  const auto line = survive(g, "bad_half_way", false);
  EXPECT_NE(line.find("the power failed half-way"), std::string::npos) << line;
  // After two good runs, too.
  for (const char* device : {"0", "1"}) {
    log_.clear();
    const auto npu =
        delegate("fake_npu", {{"fail_at", "half_way"}, {"fail_after", "2"}, {"device", device}});
    auto compiled = compile(g, {npu});
    ASSERT_TRUE(compiled.ok());
    EXPECT_EQ(difference(runs(*compiled, false), runs(*compile(g, {}), false)), "");
    ASSERT_EQ(log_.size(), 1u);
    EXPECT_NE(log_[0].find("it was told to fail at half_way"), std::string::npos);
  }
}

TEST_F(BadPluginsTest, AThrowingDestructorIsLogged) {
  const auto g = graph(chain_model(2, 8));
  { EXPECT_NE(load("bad_throw_destroy"), nullptr); }
  ASSERT_EQ(log_.size(), 1u);
  EXPECT_EQ(log_[0], "plugin bad_throw_destroy failed to end: it threw thrown in destroy");
}

TEST_F(BadPluginsTest, NoModeBringsTheProcessDown) {
  const std::string modes = BATON_BAD_PLUGINS;
  size_t count = 0;
  std::stringstream stream(modes);
  for (std::string mode; std::getline(stream, mode, ',');) {
    SCOPED_TRACE(mode);
    ++count;
    // No plugin of the list brings the process down when everything is tried.
    auto plugin = host_->load("bad_" + mode);
    if (!plugin.ok()) continue;
    auto made = Delegate::create(*plugin, {});
    if (!made.ok()) continue;
    auto compiled = compile(graph(chain_model(3, 16)), {*made});
    ASSERT_TRUE(compiled.ok()) << compiled.status().message();
    EXPECT_EQ(runs(*compiled, true).size(), 4u);
  }
  EXPECT_GT(count, 30u);
}

}  // namespace
}  // namespace baton::test
