// The wrapper gives the wrapped delegate's answers, and takes the time that it was told to.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "baton/baton.hpp"
#include "tests/session/models.h"

namespace baton {
namespace {

constexpr int32_t kNode = 2;

std::string plugin(const char* name) {
  return std::string(BATON_TEST_PLUGINS_DIR) + "/libbaton_" + name + ".so";
}

struct Outcome {
  std::vector<unsigned char> output;
  std::vector<uint32_t> partitions;  // nodes of each
  std::string event;
  uint64_t least_ns = UINT64_MAX;  // of the node, over the runs
};

Outcome run(const CompileOptions& options) {
  const test::File file = test::small_cnn_int8();
  Runtime runtime = or_throw(Runtime::create());
  const Model model = or_throw(runtime.load(file.data(), file.size()));
  const Compiled compiled = or_throw(model.compile(options));
  Session session = or_throw(compiled.session());
  session.enable_profile();
  std::memset(session.input_data(0), 7, session.input(0).bytes);
  Outcome outcome;
  for (int i = 0; i < 30; ++i) {
    or_throw(session.run());
    session.profile([&](uint32_t, int32_t node, int32_t, uint64_t ns) {
      if (node == kNode) outcome.least_ns = std::min(outcome.least_ns, ns);
    });
  }
  const auto* bytes = session.output_data<unsigned char>(0);
  outcome.output.assign(bytes, bytes + session.output(0).bytes);
  const Placement placement = session.placement();
  for (uint32_t i = 0; i < placement.partition_count(); ++i) {
    outcome.partitions.push_back(placement.partition(i).node_count);
  }
  if (placement.event(0) != nullptr) outcome.event = placement.event(0);
  return outcome;
}

Outcome run_wrapped(const std::string& inner, const std::string& percent) {
  return run(CompileOptions().delegate(
      plugin("slow_wrapper"),
      {{"inner", inner}, {"node", std::to_string(kNode)}, {"percent", percent}}));
}

TEST(SlowWrapper, IsSlowerOverOneNodeAndElseTheSame) {
  const Outcome reference = run({});
  const Outcome as_fast = run_wrapped(plugin("fake_npu"), "0");
  const Outcome slow = run_wrapped(plugin("fake_npu"), "400");
  EXPECT_EQ(as_fast.output, reference.output);
  EXPECT_EQ(slow.output, reference.output);
  EXPECT_EQ(as_fast.event, "");
  EXPECT_EQ(as_fast.partitions, slow.partitions);
  EXPECT_GT(as_fast.partitions.size(), 1u);
  EXPECT_NE(std::find(slow.partitions.begin(), slow.partitions.end(), 1u), slow.partitions.end());
  EXPECT_GT(slow.least_ns, 3 * as_fast.least_ns);
}

TEST(SlowWrapper, SaysWhatItCannotWrap) {
  const Outcome outcome = run_wrapped("/nowhere/libbaton_none.so", "0");
  EXPECT_NE(outcome.event.find("which cannot be opened"), std::string::npos) << outcome.event;
  EXPECT_EQ(outcome.output, run({}).output);
}

}  // namespace
}  // namespace baton
