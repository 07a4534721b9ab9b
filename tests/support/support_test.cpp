#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include "tests/support/compare.h"
#include "tests/support/generator.h"
#include "tests/support/golden.h"
#include "tests/support/quantised.h"
#include "tests/support/sha256.h"

namespace baton::test {
namespace {

namespace fs = std::filesystem;

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
template <typename T>
std::vector<T> elements_of(const std::vector<std::byte>& bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  return values;
}
template <typename T>
std::vector<std::byte> stored(const std::vector<T>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {bytes.begin(), bytes.end()};
}

// The examples of FIPS 180-4.
TEST(Sha256, KnownDigests) {
  EXPECT_EQ(sha256({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256(bytes_of("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256(bytes_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(bytes_of(std::string(1000000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Generator, FollowsTheSequence) {
  // x1 = 12345 * 1664525 + 1013904223 mod 2^32 = 87628868, whose top byte is 5.
  std::vector<uint8_t> sequence;
  uint64_t x = 12345;
  for (int i = 0; i < 1000; ++i) {
    x = (x * 1664525 + 1013904223) % 4294967296;
    sequence.push_back(static_cast<uint8_t>(x / 16777216));
  }
  EXPECT_EQ(sequence[0], 5);
  EXPECT_EQ(elements_of<uint8_t>(generate_input(BATON_UINT8, 1000)), sequence);
  EXPECT_EQ(generate_input(BATON_INT8, 1000), generate_input(BATON_UINT8, 1000));
  const auto floats = elements_of<float>(generate_input(BATON_FLOAT32, 1000));
  const auto doubles = elements_of<double>(generate_input(BATON_FLOAT64, 1000));
  const auto halves = elements_of<uint16_t>(generate_input(BATON_FLOAT16, 1000));
  const auto words = elements_of<int16_t>(generate_input(BATON_INT16, 1000));
  const auto longs = elements_of<int64_t>(generate_input(BATON_INT64, 1000));
  const auto flags = elements_of<uint8_t>(generate_input(BATON_BOOL, 1000));
  for (size_t i = 0; i < 1000; ++i) {
    ASSERT_EQ(doubles[i], sequence[i] / 255.0 * 2 - 1);
    ASSERT_EQ(floats[i], static_cast<float>(doubles[i]));
    ASSERT_NEAR(half_value(halves[i]), floats[i], 1.0 / 2048);
    ASSERT_EQ(words[i], sequence[i] % 10);
    ASSERT_EQ(longs[i], sequence[i] % 10);
    ASSERT_EQ(flags[i], sequence[i] % 2);
  }
  EXPECT_TRUE(generate_input(BATON_STRING, 3).empty());
}

TEST(Half, RoundsToNearestEvenAndBack) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<uint16_t>(bits);
    const float value = half_value(half);
    if (std::isnan(value)) {
      ASSERT_TRUE(std::isnan(half_value(half_bits(value))));
    } else {
      ASSERT_EQ(half_bits(value), half) << value;
    }
  }
  EXPECT_EQ(half_bits(1.0f + 1.0f / 2048), 0x3c00);  // tie to even, down
  EXPECT_EQ(half_bits(1.0f + 3.0f / 2048), 0x3c02);  // tie to even, up
  EXPECT_EQ(half_bits(65519.0f), 0x7bff);
  EXPECT_EQ(half_bits(65520.0f), 0x7c00);
  EXPECT_EQ(half_bits(std::ldexp(1.0f, -25)), 0);
  EXPECT_EQ(half_bits(std::ldexp(1.5f, -25)), 1);
}

TEST(Quantised, PerTensorAndPerAxis) {
  EXPECT_EQ(quantise<int8_t>({0.5, -0.25, 100, -100}, 0.5, 3),
            (std::vector<int8_t>{4, 2, 127, -128}));
  const std::vector<uint8_t> stored_values = {0, 10, 255};
  EXPECT_EQ(dequantise<uint8_t>(stored_values, 0.5, 10), (std::vector<double>{-5, 0, 122.5}));
  const Quantisation q = {{1.0, 10.0}, {0, 1}, 1};
  EXPECT_EQ(dequantise({1, 2, 3, 4, 5, 6, 7, 8}, q, {2, 2, 2}),
            (std::vector<double>{1, 2, 20, 30, 5, 6, 60, 70}));
  EXPECT_EQ(quantise({1, 2, 20, 30, 5, 6, 60, 70}, q, 0, 7, {2, 2, 2}),
            (std::vector<int64_t>{1, 2, 3, 4, 5, 6, 7, 7}));
}

TEST(Compare, FloatsAndOddValues) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  const auto expected = stored<float>({1, -4, 2, nan, inf});
  Comparison c = compare_bytes(BATON_FLOAT32, stored<float>({1, -4.5f, 2.25f, nan, inf}), expected);
  EXPECT_TRUE(c.comparable);
  EXPECT_EQ(c.elements, 5u);
  EXPECT_EQ(c.different, 2u);
  EXPECT_EQ(c.worst, 1u);
  EXPECT_DOUBLE_EQ(c.largest_error, 0.5);
  EXPECT_DOUBLE_EQ(c.relative_error(), 0.125);
  c = compare_bytes(BATON_FLOAT32, stored<float>({1, -4, 2, 0, inf}), expected);
  EXPECT_TRUE(std::isinf(c.relative_error()));
  c = compare_bytes(BATON_FLOAT32, stored<float>({1}), expected);
  EXPECT_FALSE(c.comparable);
  EXPECT_EQ(compare_values(std::vector<float>{1.5f}, {1.0}).largest_error, 0.5);
  // Neighbouring 64-bit integers that a double cannot tell apart.
  EXPECT_EQ(compare_bytes(BATON_INT64, stored<int64_t>({(int64_t{1} << 62) + 1}),
                          stored<int64_t>({int64_t{1} << 62}))
                .different,
            1u);
}

GoldenTensor golden_of(baton_dtype dtype, const std::string& name, int count,
                       std::vector<std::byte> content) {
  GoldenTensor golden;
  golden.name = "y";
  golden.dtype = dtype;
  golden.dtype_name = name;
  golden.shape = {count};
  golden.bytes = static_cast<size_t>(count) * element_size(dtype);
  golden.content = std::move(content);
  return golden;
}

TEST(Compare, GoldenVerdicts) {
  GoldenTensor floats = golden_of(BATON_FLOAT32, "float32", 3, stored<float>({1, 2, 100}));
  const auto near = stored<float>({1.0005f, 2, 100});
  EXPECT_TRUE(agrees(floats, compare_golden(floats, near), 1e-5));
  EXPECT_FALSE(agrees(floats, compare_golden(floats, near), 1e-6));

  GoldenTensor bytes = golden_of(BATON_INT8, "int8", 2, stored<int8_t>({5, -5}));
  EXPECT_TRUE(agrees(bytes, compare_golden(bytes, stored<int8_t>({5, -5})), 0));
  EXPECT_FALSE(agrees(bytes, compare_golden(bytes, stored<int8_t>({5, -4})), 1e9));
  EXPECT_FALSE(agrees(bytes, compare_golden(bytes, stored<int8_t>({5})), 1e9));

  GoldenTensor hashed = golden_of(BATON_INT8, "int8", 2, {});
  hashed.sha256 = sha256(stored<int8_t>({5, -5}));
  EXPECT_TRUE(agrees(hashed, compare_golden(hashed, stored<int8_t>({5, -5})), 0));
  EXPECT_FALSE(agrees(hashed, compare_golden(hashed, stored<int8_t>({5, -4})), 0));

  // Elements 0, 3 and 6 of 8; the error is relative to the recorded largest value.
  GoldenTensor sampled = golden_of(BATON_FLOAT32, "float32", 8, stored<float>({0, 3, 6}));
  sampled.sample = Sample{3, 3, 1000};
  EXPECT_TRUE(agrees(sampled, compare_golden(sampled, stored<float>({0, 9, 9, 3, 9, 9, 6, 9})), 0));
  const auto off = compare_golden(sampled, stored<float>({0, 9, 9, 3, 9, 9, 7, 9}));
  EXPECT_DOUBLE_EQ(off.relative_error(), 1e-3);
  EXPECT_FALSE(agrees(sampled, off, 1e-4));
}

TEST(Compare, ExpectationsFail) {
  static const GoldenTensor golden = golden_of(BATON_INT8, "int8", 1, stored<int8_t>({5}));
  EXPECT_NONFATAL_FAILURE(expect_golden(golden, stored<int8_t>({6}), 0, "model"),
                          "model, output \"y\"");
  EXPECT_NONFATAL_FAILURE(expect_close(std::vector<float>{1}, {2.0}, 1e-5, "op"),
                          "1 of 1 elements differ");
  EXPECT_FATAL_FAILURE(expect_quantised<int8_t>(std::vector<int8_t>{1}, {2.0}, 0.5, 0, 1, "op"),
                       "exact 4");
  expect_quantised<int8_t>(std::vector<int8_t>{127}, {1000.0}, 0.5, 0, 0, "saturated");
  EXPECT_DOUBLE_EQ(float_tolerance(1), 1e-5);
  EXPECT_GT(float_tolerance(10000), 1e-4);
}

TEST(Golden, MissingAndBrokenFolders) {
  std::string error;
  EXPECT_FALSE(read_golden("/nowhere/at/all", &error));
  EXPECT_NE(error.find("meta.json"), std::string::npos) << error;
  EXPECT_TRUE(golden_index("/nowhere/at/all", "", &error).empty());
  EXPECT_TRUE(stateful_models("/nowhere/at/all", &error).empty());
  std::string pattern = (fs::temp_directory_path() / "baton_golden_XXXXXX").string();
  const fs::path folder = mkdtemp(pattern.data());
  const char* tensor =
      R"({"name": "x", "shape": [2], "dtype": "%s", "bytes": %d, "scale": 0, "zero_point": 0%s})";
  const struct {
    const char* dtype;
    int bytes;
    const char* more;
    const char* says;
  } cases[] = {{"int8", 2, "", "neither content nor hash"},
               {"int8", 3, "", "do not agree"},
               {"int5", 2, "", "unknown type int5"},
               {"int8", 2, R"(, "file": "gone.bin")", "cannot be read"},
               {"int8", 2, R"(, "file": "meta.json")", "wrong file size"}};
  for (const auto& c : cases) {
    char text[200];
    std::snprintf(text, sizeof text, tensor, c.dtype, c.bytes, c.more);
    std::ofstream(folder / "meta.json")
        << R"({"model": "m", "kernels": "reference", "inputs": [], "outputs": [)" << text << "]}";
    EXPECT_FALSE(read_golden(folder, &error));
    EXPECT_NE(error.find(c.says), std::string::npos) << error;
  }
  fs::remove_all(folder);
}

class SharedGoldens : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(BATON_SHARED_DIR)) GTEST_SKIP() << "no shared folder";
  }
};

TEST_F(SharedGoldens, EveryRecordedFolderReads) {
  std::string error;
  const auto entries = golden_index(BATON_SHARED_DIR, "", &error);
  ASSERT_GT(entries.size(), 100u) << error;
  size_t folders = 0, hashed = 0, sampled = 0;
  for (const GoldenEntry& entry : entries) {
    EXPECT_TRUE(fs::exists(entry.model_path)) << entry.model_path;
    if (entry.status != "ok") continue;
    const auto golden = read_golden(entry.folder, &error);
    ASSERT_TRUE(golden) << error;
    EXPECT_EQ(golden->model, entry.model);
    ++folders;
    for (const GoldenTensor& output : golden->outputs) {
      hashed += !output.sha256.empty();
      sampled += output.sample.has_value();
      if (output.sample) continue;
      if (!output.content.empty()) {
        EXPECT_TRUE(agrees(output, compare_golden(output, output.content), 0));
      }
    }
  }
  EXPECT_GT(folders, 100u);
  EXPECT_GT(hashed, 0u);
  EXPECT_GT(sampled, 0u);
  for (const std::string& model : stateful_models(BATON_SHARED_DIR, &error)) {
    const fs::path folder =
        fs::path(BATON_SHARED_DIR) / "golden" / fs::path(model).replace_extension();
    EXPECT_TRUE(read_golden(folder, &error, "step4_")) << error;
  }
}

}  // namespace
}  // namespace baton::test
