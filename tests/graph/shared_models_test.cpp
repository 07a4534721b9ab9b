// Real models: each is loaded, or refused with one sentence.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/graph/support.h"

namespace baton::graph_test {
namespace {

namespace fs = std::filesystem;

// TensorFlow Lite refuses or crashes on these while it loads them; all others must load.
const std::set<std::string> kRefused = {
    "small/java/invalid_model.bin",         "small/litert/blockwise_quantized.tflite",
    "small/litert/simple_squeeze.tflite",   "small/quantize/lstm_calibrated2.bin",
    "small/quantize/svdf_calibrated.bin",   "small/quantize/svdf_quantized.bin",
    "small/runtime/add_shared_tensors.bin", "small/runtime/segment_sum_invalid_buffer.bin",
    "small/runtime/test_model.bin",         "small/runtime/test_model_broken.bin",
};

std::vector<fs::path> models() {
  const fs::path root = fs::path(BATON_SHARED_DIR) / "models" / "tflite";
  std::vector<fs::path> found;
  if (!fs::is_directory(root)) return found;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string ending = entry.path().extension().string();
    if (entry.is_regular_file() && (ending == ".tflite" || ending == ".bin" || ending == ".lite")) {
      found.push_back(entry.path());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

bool shared_is_there() { return fs::is_directory(BATON_SHARED_DIR); }

Bytes read(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

TEST(SharedModels, LoadOrSayWhyNot) {
  if (!shared_is_there()) GTEST_SKIP() << "no shared models";
  const fs::path root = fs::path(BATON_SHARED_DIR) / "models" / "tflite";
  const auto all = models();
  ASSERT_FALSE(all.empty());
  for (const fs::path& path : all) {
    const std::string name = path.lexically_relative(root).string();
    const auto model = Model::from_file(path.string(), {});
    Status status = model.ok() ? Status() : model.status();
    if (model.ok()) {
      const auto graph = Graph::build(*model, nullptr, nullptr);
      if (!graph.ok()) status = graph.status();
    }
    if (!status.ok()) {
      EXPECT_TRUE(kRefused.count(name)) << status.message();
      EXPECT_EQ(status.message().find('\n'), std::string::npos);
    }
  }
}

TEST(SharedModels, TruncatedEvery64Bytes) {
  if (!shared_is_there()) GTEST_SKIP() << "no shared models";
  const Bytes whole =
      read(fs::path(BATON_SHARED_DIR) / "models" / "tflite" / "small/runtime/multi_add.bin");
  ASSERT_FALSE(whole.empty());
  ASSERT_TRUE(load(whole).status.ok());
  for (size_t size = 0; size + 64 < whole.size(); size += 64) {
    const Loaded loaded = load(Bytes(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size)));
    EXPECT_EQ(loaded.status.code(), BATON_INVALID_MODEL) << size;
  }
}

// Small models of every kind with a few bytes changed: refused, or a graph.
TEST(SharedModels, MutatedNeverCrash) {
  if (!shared_is_there()) GTEST_SKIP() << "no shared models";
  uint32_t random = 4711;
  const auto next = [&] { return (random = random * 1664525u + 1013904223u) >> 8; };
  int accepted = 0;
  for (const fs::path& path : models()) {
    const Bytes whole = read(path);
    if (whole.size() > 20000) continue;
    for (int round = 0; round < 40; ++round) {
      Bytes mutated = whole;
      for (uint32_t i = 0; i < 1 + next() % 3; ++i) {
        mutated[next() % mutated.size()] = static_cast<uint8_t>(next());
      }
      const Loaded loaded = load(mutated);
      EXPECT_EQ(loaded.status.ok(), loaded.graph != nullptr);
      accepted += loaded.status.ok() ? 1 : 0;
    }
  }
  EXPECT_GT(accepted, 0);
}

}  // namespace
}  // namespace baton::graph_test
