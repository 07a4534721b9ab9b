// The extension of the host from which the delegate takes weights that it seldom needs: where the
// host does not have it, the results are the same.
#include <algorithm>
#include <cmath>
#include <limits>

#include "baton/file_constants.h"
#include "delegates/cpu/winograd_choice.h"
#include "tests/cpu/harness.h"

namespace baton::test {
namespace {

constexpr int32_t kHeight = 18, kWidth = 13, kDepth = 32, kChannels = 40;

// Tiles that an infinity or a NaN is in are computed from the weights as they were.
std::vector<float> image_with_rare_tiles() {
  std::vector<float> x(kHeight * kWidth * kDepth);
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % 7) - 3;
  x[(2 * kWidth + 3) * kDepth + 5] = std::numeric_limits<float>::infinity();
  x.back() = std::numeric_limits<float>::quiet_NaN();
  return x;
}

Outputs run(Session session) {
  set<float>(session, 0, image_with_rare_tiles());
  or_throw(session.run());
  const std::vector<float> first = get(session, 0);
  EXPECT_TRUE(std::any_of(first.begin(), first.end(), [](float y) { return std::isnan(y); }));
  return {get<uint8_t>(session, 0), get<uint8_t>(session, 1)};
}

class CpuFileConstants : public testing::TestWithParam<baton_dtype> {};

TEST_P(CpuFileConstants, NoneOnAnOlderHost) {
  // Else the delegate has no use for them.
  cpu::ConvShape shape;
  shape.filter_height = shape.filter_width = 3;
  shape.depth = kDepth;
  shape.channels = kChannels;
  ASSERT_NE(cpu::best_winograd(shape, {1, kHeight, kWidth}, kernels::best_level()), nullptr);

  KeptLog log;
  const baton_runtime_options options = log.options();
  const Loaded loaded = load(conv_3x3_model(kHeight, kWidth, GetParam()), &options);
  const Outputs expected = run(make_session(loaded, on_cpu()));
  EXPECT_EQ(log.lines(), std::vector<std::string>{});

  CompileOptions on_older_host;
  on_older_host.delegate(test_plugin("cpu_on_older_host")).ignore_costs();
  Session session = make_session(loaded, on_older_host);
  EXPECT_EQ(delegated_nodes(session.placement()), session.placement().node_count());
  const std::vector<std::string> lines = log.lines();
  EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
    return line.ends_with("no extension " BATON_HOST_EXT_FILE_CONSTANTS);
  })) << "the delegate did not ask";
  EXPECT_EQ(run(std::move(session)), expected);
}

INSTANTIATE_TEST_SUITE_P(Weights, CpuFileConstants, testing::Values(BATON_FLOAT32, BATON_FLOAT16));

}  // namespace
}  // namespace baton::test
