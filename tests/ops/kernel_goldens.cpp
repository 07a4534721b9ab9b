// The reference kernels against recorded outputs of real models: integers bit for bit, floats
// within 1e-5 of the largest value.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "baton/types.h"
#include "tests/ops/mini_runner.h"

namespace baton::test {
namespace {

namespace fs = std::filesystem;
const fs::path kShared = BATON_SHARED_DIR;

std::vector<uint8_t> read_bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> models() {
  std::vector<std::string> names;
  for (const char* group : {"imagenet", "tiny", "toy"}) {
    const fs::path folder = kShared / "golden" / group;
    if (!fs::is_directory(folder)) continue;
    for (const auto& entry : fs::directory_iterator(folder)) {
      names.push_back(std::string(group) + "/" + entry.path().filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

class KernelGoldens : public testing::TestWithParam<std::string> {};

TEST_P(KernelGoldens, Match) {
  const fs::path golden = kShared / "golden" / GetParam();
  const ModelRun run = run_model((kShared / "models/tflite" / (GetParam() + ".tflite")).string());
  ASSERT_EQ(run.error, "");
  ASSERT_FALSE(run.outputs.empty());
  for (size_t i = 0; i < run.outputs.size(); ++i) {
    const ModelOutput& output = run.outputs[i];
    const auto expected = read_bytes(golden / ("output_" + std::to_string(i) + ".bin"));
    ASSERT_EQ(output.bytes.size(), expected.size()) << output.name;
    const bool equal = output.bytes == expected;
    double largest = 0;
    double difference = 0;
    if (output.dtype == BATON_FLOAT32) {
      for (size_t at = 0; at < expected.size(); at += sizeof(float)) {
        float want, got;
        std::memcpy(&want, expected.data() + at, sizeof want);
        std::memcpy(&got, output.bytes.data() + at, sizeof got);
        ASSERT_TRUE(std::isfinite(got));
        largest = std::max(largest, std::abs(static_cast<double>(want)));
        difference = std::max(difference, std::abs(static_cast<double>(want) - got));
      }
      EXPECT_LE(difference, 1e-5 * largest) << output.name;
    } else {
      EXPECT_TRUE(equal) << output.name;
    }
    RecordProperty("difference_of_largest",
                   std::to_string(largest > 0 ? difference / largest : difference));
    std::printf("%-55s output %zu  %.3g of the largest  bits %s  %.3f s\n", GetParam().c_str(), i,
                largest > 0 ? difference / largest : difference, equal ? "equal" : "differ",
                run.seconds);
  }
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Models, KernelGoldens, testing::ValuesIn(models()), test_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(KernelGoldens);

TEST(KernelGoldensPresent, AllOfThem) {
  if (!fs::is_directory(kShared)) GTEST_SKIP() << "no shared models on this machine";
  EXPECT_EQ(models().size(), 19u);
}

}  // namespace
}  // namespace baton::test
