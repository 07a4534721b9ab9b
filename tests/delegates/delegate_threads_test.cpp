// Delegates under many sessions and threads. Run under the thread sanitizer by the test command.

#include <thread>

#include "tests/delegates/plugins.h"

namespace baton::test {
namespace {

void run_together(const std::string& plugin, const CompileOptions::Options& options) {
  for (const File& file : {small_cnn_int8(), rnn_model(), random_graph_model(11, 30)}) {
    const Loaded loaded = load(file);
    CompileOptions compile;
    compile.delegate(test_plugin(plugin), options).ignore_costs();
    const Compiled compiled = or_throw(loaded.model.compile(compile));
    std::vector<std::vector<std::vector<std::vector<uint8_t>>>> outputs(4);
    std::vector<std::thread> threads;
    for (size_t t = 0; t < outputs.size(); ++t) {
      threads.emplace_back([&, t] {
        Session session = or_throw(compiled.session(4));
        for (uint32_t run = 0; run < 4; ++run) {
          outputs[t].push_back(run_on_pattern(session, run));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    Session reference = make_session(loaded);
    for (uint32_t run = 0; run < 4; ++run) {
      const auto expected = run_on_pattern(reference, run);
      for (const auto& of_thread : outputs) {
        expect_same(reference, of_thread[run], expected, plugin);
      }
    }
  }
}

TEST(DelegateThreads, OneProgramManySessions) { run_together("fake_npu", {}); }
TEST(DelegateThreads, HalfOfTheNodes) { run_together("fake_npu", {{"take_percent", "50"}}); }
TEST(DelegateThreads, APluginOfOneThread) { run_together("fake_npu_one_thread", {}); }
TEST(DelegateThreads, FailureInTheMiddle) {
  run_together("fake_npu", {{"fail_at", "execute"}, {"fail_after", "2"}});
}

}  // namespace
}  // namespace baton::test
