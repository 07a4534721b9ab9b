#include "core/host/host_services.h"

#include <cstdint>
#include <cstdlib>

#include "core/base/checked.h"
#include "core/base/pages.h"

namespace baton {
namespace {

// In front of each block, so that release knows what allocate gave.
struct Header {
  void* base;
  uint64_t bytes;   // that were asked for
  uint64_t mapped;  // in pages of their own; 0: none
};

// nullptr when there is no memory.
void* allocate_aligned(uint64_t bytes, uint64_t alignment) {
  void* block = nullptr;
  const int failed =
      posix_memalign(&block, static_cast<size_t>(alignment), static_cast<size_t>(bytes));
  return failed ? nullptr : block;
}

}  // namespace

void* HostServices::allocate(uint64_t bytes, uint64_t alignment) {
  if (alignment == 0 || (alignment & (alignment - 1)) != 0) return nullptr;
  if (alignment < alignof(Header)) alignment = alignof(Header);
  const auto front = checked_round_up(sizeof(Header), alignment);
  const auto total = front ? checked_add(bytes, *front) : std::nullopt;
  if (!total || *total > SIZE_MAX / 2 || alignment > SIZE_MAX / 2) return nullptr;
  const uint64_t mapped = *total >= kLeastPagesBytes ? *total : 0;
  void* base = mapped != 0 ? map_pages(mapped) : allocate_aligned(*total, alignment);
  if (base == nullptr) return nullptr;
  // `front` bytes from the base at most: pages may be aligned to less than what was asked for.
  const uint64_t start = reinterpret_cast<uintptr_t>(base);
  const uint64_t aligned = *checked_round_up(start + sizeof(Header), alignment);
  unsigned char* memory = static_cast<unsigned char*>(base) + (aligned - start);
  reinterpret_cast<Header*>(memory)[-1] = {base, bytes, mapped};
  const uint64_t now = bytes_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  uint64_t peak = peak_.load(std::memory_order_relaxed);
  while (now > peak && !peak_.compare_exchange_weak(peak, now, std::memory_order_relaxed)) {
  }
  return memory;
}

void HostServices::release(void* memory) {
  if (memory == nullptr) return;
  const Header header = static_cast<Header*>(memory)[-1];
  bytes_.fetch_sub(header.bytes, std::memory_order_relaxed);
  if (header.mapped != 0) {
    unmap_pages(header.base, header.mapped);
  } else {
    std::free(header.base);
  }
}

}  // namespace baton
