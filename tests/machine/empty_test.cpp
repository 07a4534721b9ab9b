// The delegate that does nothing is taken for a delegate that does something.
#include <gtest/gtest.h>

#include "baton/baton.hpp"
#include "benchmarks/micro/models.h"

namespace baton::benchmarks {
namespace {

CompileOptions with_empty(const CompileOptions::Options& options) {
  CompileOptions compile;
  compile.delegate(BATON_TEST_PLUGINS_DIR "/libbaton_empty.so", options).strict();
  return compile;
}

TEST(EmptyDelegate, TakesEverythingInAsManyPartitionsAsAsked) {
  const File file = chain_model(12, 16);
  const Runtime runtime = or_throw(Runtime::create());
  const Model model = or_throw(runtime.load(file.data(), file.size()));
  const struct {
    const char* partition_nodes;
    uint32_t partitions;
  } cases[] = {{"0", 1}, {"12", 1}, {"5", 3}, {"1", 12}};
  for (const auto& test : cases) {
    const Compiled compiled =
        or_throw(model.compile(with_empty({{"partition_nodes", test.partition_nodes}})));
    EXPECT_EQ(compiled.placement().partition_count(), test.partitions) << test.partition_nodes;
    for (uint32_t i = 0; i < compiled.placement().node_count(); ++i) {
      EXPECT_STREQ(compiled.placement().node(i).delegate, "empty");
    }
  }
}

TEST(EmptyDelegate, RunsAgainAndAgainAtAnyShape) {
  const File file = chain_model(6, 16);
  const Runtime runtime = or_throw(Runtime::create());
  const Model model = or_throw(runtime.load(file.data(), file.size()));
  for (const char* fill : {"false", "true"}) {
    const Compiled compiled =
        or_throw(model.compile(with_empty({{"partition_nodes", "2"}, {"fill", fill}})));
    Session session = or_throw(compiled.session());
    for (const int32_t batch : {1, 3}) {
      or_throw(session.resize_input(0, {batch, 16}));
      for (int run = 0; run < 3; ++run) or_throw(session.run());
      EXPECT_EQ(session.output(0).bytes, 4u * 16 * static_cast<uint64_t>(batch));
      EXPECT_EQ(session.output_data<float>(0)[0], 0.0f);
    }
    // No delegate was switched off on the way.
    EXPECT_EQ(session.placement().partition_count(), 3u);
    EXPECT_EQ(session.placement().event(0), nullptr);
  }
}

}  // namespace
}  // namespace baton::benchmarks
