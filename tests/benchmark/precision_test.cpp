#include "tools/support/precision.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tools/support/compare.h"

namespace baton::tools {
namespace {

Runtime make_runtime() {
  const char* folder = BATON_PLUGINS_DIR;
  baton_runtime_options options = BATON_RUNTIME_OPTIONS_INIT;
  options.plugin_path_count = 1;
  options.plugin_paths = &folder;
  return std::move(*Runtime::create(&options));
}

TEST(Precisions, AreTheOptionsValueOrItsDefault) {
  const Runtime runtime = make_runtime();
  const auto asked = [&](const std::vector<DelegateChoice>& choices) {
    return asked_precisions(runtime, choices);
  };
  EXPECT_TRUE(asked({}).exact());
  EXPECT_TRUE(asked({{"reference", {}}}).exact());
  EXPECT_TRUE(asked({{"cpu", {}}}).exact());
  EXPECT_TRUE(asked({{"cpu", {{"precision", "exact"}}}}).exact());
  EXPECT_TRUE(asked({{"template", {}}}).exact()) << "it has no such option";
  EXPECT_TRUE(asked({{"no_such_plugin", {{"precision", "bf16"}}}}).exact());
  const Precisions reduced = asked({{"template", {}}, {"cpu", {{"precision", "bf16"}}}});
  EXPECT_EQ(reduced.of("cpu"), "bf16");
  EXPECT_EQ(reduced.of("template"), "exact");
  EXPECT_EQ(reduced.least(), "bf16");
}

TEST(Precisions, OfAPluginByItsPathHaveItsName) {
  const Precisions reduced = asked_precisions(
      make_runtime(),
      {{std::string(BATON_PLUGINS_DIR) + "/libbaton_cpu.so", {{"precision", "bf16"}}}});
  EXPECT_EQ(reduced.of("cpu"), "bf16");
}

TEST(Precisions, TheLeastExactCounts) {
  EXPECT_EQ(Precisions().least(), "exact");
  EXPECT_EQ((Precisions{{{"a", "bf16"}, {"b", "fp16"}}}.least()), "bf16");
  EXPECT_EQ((Precisions{{{"a", "fp16"}, {"b", "bf16"}}}.least()), "bf16");
  EXPECT_EQ((Precisions{{{"a", "bf16"}, {"b", "posits"}}}.least()), "posits") << "may be anything";
}

TEST(Precisions, ReducedOnesAreNotHeldToALimit) {
  baton_tensor tensor{};
  const int32_t dims[] = {2};
  tensor.rank = 1;
  tensor.dims = dims;
  const auto agrees = [&](baton_dtype dtype, const void* actual, const void* expected) {
    tensor.dtype = dtype;
    tensor.bytes = dtype == BATON_INT8 ? 2 : dtype == BATON_INT64 ? 16 : 8;
    return compare(tensor, actual, expected, kReducedPrecision).agrees();
  };
  const float one[] = {1, 1}, two[] = {1, 2}, nan[] = {1, NAN};
  EXPECT_TRUE(agrees(BATON_FLOAT32, two, one));
  EXPECT_FALSE(agrees(BATON_FLOAT32, nan, one));
  const int8_t bytes[] = {1, 1}, other_bytes[] = {1, 2};
  EXPECT_FALSE(agrees(BATON_INT8, bytes, other_bytes));
  const int64_t indices[] = {1, 1}, other_indices[] = {1, 2};
  EXPECT_TRUE(agrees(BATON_INT64, indices, other_indices));
  EXPECT_FALSE(compare(tensor, indices, other_indices, 1e-4).agrees());
}

}  // namespace
}  // namespace baton::tools
