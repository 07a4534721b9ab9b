#include "core/host/host_services.h"

#include <cstddef>
#include <cstdlib>

#include "core/base/checked.h"
#include "core/base/pages.h"

namespace baton {
namespace {

// In front of each block, so that release knows what allocate gave.
struct Header {
  void* base;
  uint64_t bytes;
};

// Whether `total` bytes, what was asked for from byte `front` on, are pages of their own. The
// alignment is `front` at most.
bool are_pages(uint64_t front, uint64_t total) {
  return front <= kPagesAlignment && total >= kLeastPagesBytes;
}

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
  void* base = are_pages(*front, *total) ? map_pages(*total) : allocate_aligned(*total, alignment);
  if (base == nullptr) return nullptr;
  unsigned char* memory = static_cast<unsigned char*>(base) + *front;
  reinterpret_cast<Header*>(memory)[-1] = {base, bytes};
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
  const auto front =
      static_cast<uint64_t>(static_cast<std::byte*>(memory) - static_cast<std::byte*>(header.base));
  if (are_pages(front, front + header.bytes)) {
    unmap_pages(header.base, front + header.bytes);
  } else {
    std::free(header.base);
  }
}

}  // namespace baton
