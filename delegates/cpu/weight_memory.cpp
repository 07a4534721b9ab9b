#include "delegates/cpu/weight_memory.h"

#include <algorithm>
#include <utility>

#include "delegates/cpu/packing.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace baton::cpu {
namespace {

constexpr uint64_t kHugePage = 2 << 20;

// No matter when the system refuses.
void advise_huge_pages([[maybe_unused]] void* start, [[maybe_unused]] uint64_t bytes) {
#ifdef MADV_HUGEPAGE
  madvise(start, bytes, MADV_HUGEPAGE);
#endif
}

std::shared_ptr<std::byte> zeroed(std::shared_ptr<std::byte> memory, uint64_t bytes) {
  std::fill_n(memory.get(), bytes, std::byte{0});
  return memory;
}

}  // namespace

std::shared_ptr<std::byte> WeightMemory::from_host(uint64_t bytes, uint64_t alignment) const {
  sdk::Host::Memory memory = host_.allocate(bytes, alignment);
  const sdk::Host::Release release = memory.get_deleter();
  return {static_cast<std::byte*>(memory.release()), release};
}

std::shared_ptr<std::byte> WeightMemory::allocate(uint64_t bytes) {
  constexpr uint64_t kSlack = 64;
  const uint64_t padded = padded_to_line(bytes) + kSlack;
  if (padded > left_) {
    // Packed weights are larger than those of the model: whole panels, and lines.
    const uint64_t chunk = std::max(padded, expected_ + expected_ / 8);
    if (chunk < kHugePage) return zeroed(from_host(padded, 64), padded);
    chunk_ = from_host(chunk, kHugePage);
    left_ = chunk;
    // Not what may stay empty: a huge page is there as a whole once it is written to.
    advise_huge_pages(chunk_.get(), std::max(padded, expected_) / kHugePage * kHugePage);
  }
  expected_ -= std::min(expected_, padded);
  left_ -= padded;
  std::shared_ptr<std::byte> block = chunk_;
  chunk_ = {chunk_, chunk_.get() + padded};
  return zeroed(std::move(block), padded);
}

}  // namespace baton::cpu
