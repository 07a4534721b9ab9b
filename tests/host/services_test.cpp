// Memory that plugins ask the host for.
#include "core/host/host_services.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace baton {
namespace {

TEST(HostServices, BlocksOfAnySizeAndAlignment) {
  HostServices services(LogSink{});
  std::vector<void*> blocks;
  uint64_t bytes = 0;
  for (const uint64_t size : {uint64_t{0}, uint64_t{100}, uint64_t{250} << 10, uint64_t{3} << 20}) {
    for (uint64_t alignment = 1; alignment <= 4 << 20; alignment *= 2) {
      SCOPED_TRACE(std::to_string(size) + " bytes, aligned to " + std::to_string(alignment));
      void* block = services.allocate(size, alignment);
      ASSERT_NE(block, nullptr);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % alignment, 0u);
      // Beyond its end is a page that nobody may write to, or another block.
      std::memset(block, 0x5a, size);
      blocks.push_back(block);
      bytes += size;
      EXPECT_EQ(services.plugin_bytes(), bytes);
    }
  }
  for (void* block : blocks) services.release(block);
  EXPECT_EQ(services.plugin_bytes(), 0u);
  EXPECT_EQ(services.plugin_peak_bytes(), bytes);
}

TEST(HostServices, RefusesWhatIsNoAlignmentAndWhatDoesNotFit) {
  HostServices services(LogSink{});
  EXPECT_EQ(services.allocate(1, 0), nullptr);
  EXPECT_EQ(services.allocate(1, 48), nullptr);
  EXPECT_EQ(services.allocate(UINT64_MAX, 64), nullptr);
  EXPECT_EQ(services.allocate(UINT64_MAX / 2, 64), nullptr);
  EXPECT_EQ(services.allocate(1, uint64_t{1} << 63), nullptr);
  services.release(nullptr);
}

}  // namespace
}  // namespace baton
