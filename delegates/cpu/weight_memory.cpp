#include "delegates/cpu/weight_memory.h"

#include <algorithm>
#include <utility>

#include "delegates/cpu/packing.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace baton::cpu {
namespace {

uint64_t padded(uint64_t bytes) {
  constexpr uint64_t kSlack = 64;
  return padded_to_line(bytes) + kSlack;
}

// Whole ones among the first `bytes`, of which each will be written: the host cannot tell how much
// of a block that is, and only an aligned block has its huge pages to itself. No matter when the
// system refuses.
void advise_huge_pages([[maybe_unused]] void* start, [[maybe_unused]] uint64_t bytes) {
#ifdef MADV_HUGEPAGE
  madvise(start, bytes / WeightMemory::kHugePage * WeightMemory::kHugePage, MADV_HUGEPAGE);
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

std::shared_ptr<std::byte> WeightMemory::allocate_alone(uint64_t bytes) const {
  const uint64_t size = padded(bytes);
  const bool large = size >= kHugePage;
  std::shared_ptr<std::byte> block = from_host(size, large ? kHugePage : 64);
  if (large) advise_huge_pages(block.get(), size);
  return zeroed(std::move(block), size);
}

std::shared_ptr<std::byte> WeightMemory::allocate(uint64_t bytes) {
  const uint64_t size = padded(bytes);
  if (size >= kHugePage) return allocate_alone(bytes);
  if (size > left_) {
    // Packed weights are larger than those of the model: whole panels, and lines.
    const uint64_t chunk = expected_ + expected_ / 8;
    if (chunk < kHugePage) return allocate_alone(bytes);
    chunk_ = from_host(chunk, kHugePage);
    left_ = chunk;
    // Not what may stay empty: a huge page is there as a whole once a byte of it is written.
    advise_huge_pages(chunk_.get(), expected_);
  }
  expected_ -= std::min(expected_, size);
  left_ -= size;
  std::shared_ptr<std::byte> block = chunk_;
  chunk_ = {chunk_, chunk_.get() + size};
  return zeroed(std::move(block), size);
}

}  // namespace baton::cpu
