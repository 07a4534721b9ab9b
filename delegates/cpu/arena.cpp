#include "delegates/cpu/arena.h"

#include <algorithm>
#include <numeric>

#include "delegates/cpu/packing.h"

namespace baton::cpu {

uint64_t place(std::vector<Block>* blocks) {
  constexpr uint64_t kSlack = 64;
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
      if (offset + padded_to_line(block.bytes) <= other->offset) break;
      offset = std::max(offset, other->offset + padded_to_line(other->bytes));
    }
    block.offset = offset;
    total = std::max(total, offset + padded_to_line(block.bytes));
    placed.insert(
        std::upper_bound(placed.begin(), placed.end(), &block,
                         [](const Block* a, const Block* b) { return a->offset < b->offset; }),
        &block);
  }
  return total == 0 ? 0 : total + kSlack;
}

}  // namespace baton::cpu
