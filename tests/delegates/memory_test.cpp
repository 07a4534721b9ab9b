// Weights are there once, however many sessions use them. Figures are of the process, from the
// kernel.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include "tests/delegates/plugins.h"

namespace baton::test {
namespace {

constexpr int64_t kMegabyte = 1 << 20;

// Bytes of memory that no file stands behind.
int64_t anonymous_memory() {
  std::ifstream file("/proc/self/smaps_rollup");
  std::string word;
  while (file >> word) {
    if (word != "Anonymous:") continue;
    int64_t kilobytes = 0;
    file >> kilobytes;
    return kilobytes * 1024;
  }
  return -1;
}

struct Growth {
  int64_t load = 0;  // of loading and compiling
  int64_t first_session = 0;
  int64_t other_sessions = 0;  // of three more, each run once
};

Growth measure(const std::string& path, const CompileOptions& options) {
  const Runtime runtime = or_throw(Runtime::create());
  Growth growth;
  const int64_t start = anonymous_memory();
  const Model model = or_throw(runtime.load(path));
  const Compiled compiled = or_throw(model.compile(options));
  const int64_t compiled_at = anonymous_memory();
  growth.load = compiled_at - start;
  std::vector<Session> sessions;
  int64_t first_at = 0;
  for (int i = 0; i < 4; ++i) {
    sessions.push_back(or_throw(compiled.session()));
    run_on_pattern(sessions.back());
    if (i == 0) first_at = anonymous_memory();
  }
  growth.first_session = first_at - compiled_at;
  growth.other_sessions = anonymous_memory() - first_at;
  return growth;
}

TEST(Memory, WeightsExistOnce) {
  constexpr int64_t kWeights = 64 * kMegabyte;
  const std::string path =
      (std::filesystem::path(testing::TempDir()) / "baton_large_constant.tflite").string();
  {
    const File file = large_constant_model(4096, 4096);
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(file.data()),
               static_cast<std::streamsize>(file.size()));
  }
  const Growth reference = measure(path, {});
  CompileOptions npu;
  npu.delegate(test_plugin("fake_npu"), {{"max_elements", "100000000"}}).ignore_costs();
  const Growth delegated = measure(path, npu);
  for (const auto& [name, growth] :
       {std::pair("reference", reference), std::pair("fake_npu", delegated)}) {
    std::printf(
        "%-10s 64 MB of weights: compiled %+.1f MB, first session %+.1f MB, three more "
        "%+.1f MB\n",
        name, static_cast<double>(growth.load) / kMegabyte,
        static_cast<double>(growth.first_session) / kMegabyte,
        static_cast<double>(growth.other_sessions) / kMegabyte);
  }
  std::filesystem::remove(path);

  // The core reads weights from the file; the delegate has one copy in its program.
  EXPECT_LT(reference.load, 4 * kMegabyte);
  EXPECT_LT(reference.first_session, 4 * kMegabyte);
  EXPECT_LT(reference.other_sessions, 4 * kMegabyte);
  EXPECT_LT(delegated.load, kWeights + 4 * kMegabyte);
  EXPECT_LT(delegated.other_sessions, 4 * kMegabyte);
}

}  // namespace
}  // namespace baton::test
