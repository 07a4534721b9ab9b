// Models that come with inputs and outputs of their own, as text beside them: 16-bit integers, and
// the outputs bit for bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "baton/baton.hpp"

namespace baton::test {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> recorded_models() {
  std::vector<fs::path> models;
  const fs::path folder = fs::path(BATON_SHARED_DIR) / "models/tflite/int16_golden";
  if (!fs::is_directory(folder)) return models;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".tflite") models.push_back(entry.path());
  }
  std::sort(models.begin(), models.end());
  return models;
}

// Numbers between commas and white space, as the tensor's elements.
std::vector<char> read_numbers(const fs::path& path, baton_dtype dtype) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  std::string numbers = text.str();
  std::replace(numbers.begin(), numbers.end(), ',', ' ');
  std::istringstream stream(numbers);
  std::vector<char> bytes;
  for (int32_t number; stream >> number;) {
    const size_t width = dtype == BATON_INT16 ? sizeof(int16_t) : sizeof(int32_t);
    const auto narrow = static_cast<int16_t>(number);
    const void* element = dtype == BATON_INT16 ? static_cast<const void*>(&narrow) : &number;
    bytes.resize(bytes.size() + width);
    std::memcpy(bytes.data() + bytes.size() - width, element, width);
  }
  return bytes;
}

class Recorded : public testing::TestWithParam<fs::path> {
 protected:
  fs::path beside(const std::string& what, baton_dtype dtype) const {
    const fs::path& model = GetParam();
    return model.parent_path() /
           (model.stem().string() + "_" + what + "_" + baton_dtype_name(dtype) + ".csv");
  }
};

TEST_P(Recorded, BitForBit) {
  auto runtime = Runtime::create();
  ASSERT_TRUE(runtime) << runtime.message();
  auto model = runtime->load(GetParam().string());
  ASSERT_TRUE(model) << model.message();
  auto compiled = model->compile();
  ASSERT_TRUE(compiled) << compiled.message();
  auto session = compiled->session(2);
  ASSERT_TRUE(session) << session.message();
  for (uint32_t i = 0; i < session->input_count(); ++i) {
    const baton_dtype dtype = session->input(i).dtype;
    const auto input = read_numbers(beside("input" + std::to_string(i), dtype), dtype);
    const auto status = session->set_input(i, input.data(), input.size());
    ASSERT_TRUE(status) << status.message();
  }
  const auto status = session->run();
  ASSERT_TRUE(status) << status.message();
  const baton_tensor& output = session->output(0);
  const auto expected = read_numbers(beside("golden", output.dtype), output.dtype);
  ASSERT_EQ(output.bytes, expected.size());
  EXPECT_EQ(std::memcmp(session->output_data<char>(0), expected.data(), expected.size()), 0);
}

std::string test_name(const testing::TestParamInfo<fs::path>& info) {
  return info.param.stem().string();
}

INSTANTIATE_TEST_SUITE_P(Models, Recorded, testing::ValuesIn(recorded_models()), test_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Recorded);

TEST(RecordedPresent, AllOfThem) {
  if (!fs::is_directory(BATON_SHARED_DIR)) GTEST_SKIP() << "no shared models on this machine";
  EXPECT_EQ(recorded_models().size(), 58u);
}

}  // namespace
}  // namespace baton::test
