// The conformance suite on the AMX kernels inside the plugin.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/amx/plugin.h"
#include "tests/conformance_suite/cpu_conformance.h"

namespace baton::test {
namespace {

// Instructions on tiles in the processes that run the cases.
class InstructionCount {
 public:
  InstructionCount() {
    std::ofstream(path_, std::ios::binary) << std::string(sizeof(uint64_t), '\0');
    setenv("BATON_AMX_COUNT", path_.c_str(), 1);
  }
  ~InstructionCount() { std::filesystem::remove(path_); }
  InstructionCount(const InstructionCount&) = delete;
  InstructionCount& operator=(const InstructionCount&) = delete;

  uint64_t read() const {
    uint64_t count = 0;
    std::ifstream(path_, std::ios::binary).read(reinterpret_cast<char*>(&count), sizeof(count));
    return count;
  }

 private:
  const std::string path_ =
      std::filesystem::temp_directory_path() / ("baton_amx_count_" + std::to_string(getpid()));
};

class AmxConformance : public testing::TestWithParam<CpuPart> {};

TEST_P(AmxConformance, Holds) {
  const std::string reason = why_no_amx_plugin();
  if (!reason.empty()) GTEST_SKIP() << reason;
  const InstructionCount count;
  expect_conformance(BATON_AMX_PLUGIN, GetParam());
  std::printf("%llu instructions on tiles\n", static_cast<unsigned long long>(count.read()));
  if (GetParam().group == "operators") {
    EXPECT_GT(count.read(), 0u) << "nothing was computed in tiles";
  }
}

INSTANTIATE_TEST_SUITE_P(Parts, AmxConformance, testing::ValuesIn(cpu_parts({kernels::Isa::kAmx})),
                         name_of_part);

}  // namespace
}  // namespace baton::test
