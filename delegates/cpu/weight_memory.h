// Memory for packed weights. A run reads all of it, layer after layer: in pages of the usual size
// the processor looks up an address every few lines, and prefetches no further than a page.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "baton/plugin.hpp"

namespace baton::cpu {

class WeightMemory {
 public:
  // Blocks of this size and more are by themselves, smaller ones share chunks: either in pages of
  // this size, where the system has them.
  static constexpr uint64_t kHugePage = 2 << 20;

  // `expected`: bytes that will be asked for in smaller blocks, about.
  WeightMemory(const sdk::Host& host, uint64_t expected) : host_(host), expected_(expected) {}

  // Zeroed, 64-byte aligned, with 64 readable bytes past the end. Outlives this object. A chunk
  // lasts as long as anything in it.
  std::shared_ptr<std::byte> allocate(uint64_t bytes);
  // In no chunk: for what is let go early.
  std::shared_ptr<std::byte> allocate_alone(uint64_t bytes) const;

 private:
  std::shared_ptr<std::byte> from_host(uint64_t bytes, uint64_t alignment) const;

  const sdk::Host& host_;
  uint64_t expected_;
  std::shared_ptr<std::byte> chunk_;  // the part that is left, `left_` bytes
  uint64_t left_ = 0;
};

}  // namespace baton::cpu
