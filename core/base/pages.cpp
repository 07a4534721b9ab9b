#include "core/base/pages.h"

#include <sys/mman.h>

#include <cstddef>

namespace baton {

void* map_pages(uint64_t bytes) {
  if (bytes > SIZE_MAX) return nullptr;
  void* block = mmap(nullptr, static_cast<size_t>(bytes), PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return block == MAP_FAILED ? nullptr : block;
}

void unmap_pages(void* block, uint64_t bytes) { munmap(block, static_cast<size_t>(bytes)); }

}  // namespace baton
