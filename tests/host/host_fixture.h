// What the tests of the plugin host share: models, plugins, and runs with and without delegates.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "converter/tflite/builder.h"
#include "core/graph/graph.h"
#include "core/host/delegate.h"
#include "core/host/plugin_host.h"
#include "core/session/compiled.h"
#include "core/session/session.h"

namespace baton::test {

// "libbaton_NAME.so" among the test plugins.
std::string test_plugin(const std::string& name);

// A host whose log is kept.
class HostTest : public ::testing::Test {
 protected:
  HostTest();
  ~HostTest() override;

  std::shared_ptr<Plugin> load(const std::string& name);
  // The delegate, or a test failure.
  std::shared_ptr<Delegate> delegate(const std::string& name, const Options& options = {});
  // A built model. `custom` brings operators.
  std::shared_ptr<const Graph> graph(const tflite::GraphBuilder& builder,
                                     const Plugin* custom = nullptr);
  Result<std::shared_ptr<Compiled>> compile(std::shared_ptr<const Graph> graph,
                                            std::vector<std::shared_ptr<Delegate>> delegates,
                                            bool strict = false);
  Result<std::unique_ptr<Session>> session(std::shared_ptr<Compiled> compiled,
                                           uint32_t threads = 1);

  std::shared_ptr<HostServices> services_;
  std::unique_ptr<PluginHost> host_;
  std::vector<std::string> log_;  // lines of level warning and error

 private:
  std::vector<std::vector<uint8_t>> files_;  // models live in memory
};

// The outputs of one run.
struct Output {
  baton_dtype dtype;
  std::vector<uint8_t> bytes;
};
using Outputs = std::vector<Output>;

// Inputs are filled by a generator that `run` seeds.
Result<Outputs> run_session(Session& session, uint32_t run);

// "" when equal: integers bit for bit, floats within 1e-5 of the largest value.
std::string difference(const std::vector<Outputs>& actual, const std::vector<Outputs>& expected);

// Number of nodes that the plan gives to delegates.
size_t delegated_nodes(Compiled& compiled);

// Every operator of fake_npu, with branches; batch may vary. Quantised: int8 or uint8.
tflite::GraphBuilder float_model();
tflite::GraphBuilder quantised_model(baton_dtype dtype);
// x -> RNN -> RELU -> ADD x': state.
tflite::GraphBuilder rnn_model();
// RELU -> RELU6 -> RELU ...: `count` nodes on `elements` floats.
tflite::GraphBuilder chain_model(int count, int elements);

}  // namespace baton::test
