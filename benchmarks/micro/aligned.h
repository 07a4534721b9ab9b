// Memory for packed weights and scratch: 64-byte aligned, as the kernels' contract has it.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>

namespace baton::benchmarks {

struct Free {
  void operator()(std::byte* memory) const { std::free(memory); }
};
using AlignedBytes = std::unique_ptr<std::byte, Free>;

// Not initialised; of at least one line.
inline AlignedBytes aligned_bytes(size_t size) {
  return AlignedBytes(static_cast<std::byte*>(std::aligned_alloc(64, (size + 64) / 64 * 64)));
}

}  // namespace baton::benchmarks
