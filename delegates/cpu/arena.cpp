#include "delegates/cpu/arena.h"

#include <algorithm>
#include <numeric>

namespace baton::cpu {

uint64_t place(std::vector<Block>* blocks) {
  constexpr uint64_t kAlignment = 64;
  const auto padded = [](uint64_t bytes) {
    return (bytes + kAlignment - 1) / kAlignment * kAlignment;
  };
  std::vector<size_t> order(blocks->size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return (*blocks)[a].bytes > (*blocks)[b].bytes; });
  std::vector<const Block*> placed;  // by offset
  uint64_t total = 0;
  for (const size_t index : order) {
    Block& block = (*blocks)[index];
    uint64_t offset = 0;
    for (const Block* other : placed) {
      if (other->last < block.first || block.last < other->first) continue;
      if (offset + padded(block.bytes) <= other->offset) break;
      offset = std::max(offset, other->offset + padded(other->bytes));
    }
    block.offset = offset;
    total = std::max(total, offset + padded(block.bytes));
    placed.insert(
        std::upper_bound(placed.begin(), placed.end(), &block,
                         [](const Block* a, const Block* b) { return a->offset < b->offset; }),
        &block);
  }
  return total == 0 ? 0 : total + kAlignment;
}

}  // namespace baton::cpu
