// Delegates on parts of a real model.

#include <filesystem>

#include "tests/delegates/plugins.h"

namespace baton::test {
namespace {

// The real thing, on random shares of MobileNet v2.
TEST(PlacementGolden, MobileNetOnRandomShares) {
  const std::string path =
      std::string(BATON_SHARED_DIR) + "/models/tflite/imagenet/mobilenet_v2_1.0_224_quant.tflite";
  if (!std::filesystem::exists(BATON_SHARED_DIR)) GTEST_SKIP() << "no shared data";
  const Runtime runtime = or_throw(Runtime::create());
  const Model model = or_throw(runtime.load(path));
  Session reference = or_throw(or_throw(model.compile()).session(2));
  const auto expected = run_on_pattern(reference);
  for (const int percent : {10, 50, 90, 100}) {
    CompileOptions compile;
    compile.delegate(test_plugin("fake_npu"), {{"take_percent", std::to_string(percent)}});
    compile.ignore_costs();
    Session session = or_throw(or_throw(model.compile(compile)).session(2));
    EXPECT_EQ(run_on_pattern(session), expected) << percent << " %";
    EXPECT_GT(session.placement().partition_count(), 0u);
  }
}

}  // namespace
}  // namespace baton::test
