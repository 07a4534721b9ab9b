// Memory in large blocks, straight from the system. malloc keeps a freed block where a block behind
// it is in use: a plugin that packs weights one after the other, and lets go of what it packed,
// would leave holes that nothing fits.
//
// Nobody is given huge pages here: such a page is there as a whole once a byte of it is written,
// and only who asked for a block knows how much of it will be.
#pragma once

#include <cstdint>

namespace baton {

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BATON_ADDRESS_SANITIZER 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define BATON_ADDRESS_SANITIZER 1
#endif

// From how many bytes on it is worth whole pages. The address sanitizer watches malloc only.
#ifdef BATON_ADDRESS_SANITIZER
inline constexpr uint64_t kLeastPagesBytes = UINT64_MAX;
#else
inline constexpr uint64_t kLeastPagesBytes = 256 << 10;
#endif

// Zeros, aligned to a page. nullptr when there is no memory.
void* map_pages(uint64_t bytes);
// With the same number of bytes.
void unmap_pages(void* block, uint64_t bytes);

}  // namespace baton
