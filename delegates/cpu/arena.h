// Offsets for blocks of memory that live from one step to another: blocks that are never alive at
// the same time share.
#pragma once

#include <cstdint>
#include <vector>

namespace baton::cpu {

struct Block {
  uint64_t bytes = 0;
  uint32_t first = 0, last = 0;  // steps in which it is alive, both included
  uint64_t offset = 0;           // the result, a multiple of 64
};

// The largest first, each at the lowest free offset (greedy by size, arXiv 2001.03288). Gives the
// bytes needed, with 64 readable bytes past the end of each block.
uint64_t place(std::vector<Block>* blocks);

}  // namespace baton::cpu
