#include "core/host/output_watch.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "core/base/status.h"

namespace baton {
namespace {

constexpr size_t kGuard = 256;  // bytes on each side; keeps the content 64-byte aligned
constexpr size_t kHole = 16;    // bytes that are found unwritten

// Noise that no kernel writes by chance: two runs of 16 bytes are never equal.
uint64_t noise(uint64_t index) {
  uint64_t x = (index + 1) * 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

void fill_noise(unsigned char* memory, size_t bytes) {
  for (size_t i = 0; i < bytes; i += 8) {
    const uint64_t word = noise(i / 8);
    std::memcpy(memory + i, &word, std::min<size_t>(8, bytes - i));
  }
}

bool is_noise(const unsigned char* memory, size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i) {
    const uint64_t word = noise(i / 8);
    unsigned char expected[8];
    std::memcpy(expected, &word, 8);
    if (memory[i] != expected[i % 8]) return false;
  }
  return true;
}

}  // namespace

std::unique_ptr<OutputWatch> OutputWatch::create(const std::vector<baton_buffer>& buffers) {
  std::unique_ptr<OutputWatch> watch(new OutputWatch());
  for (const baton_buffer& buffer : buffers) {
    void* memory = nullptr;
    if (buffer.bytes > SIZE_MAX / 2 ||
        posix_memalign(&memory, 64, 2 * kGuard + static_cast<size_t>(buffer.bytes)) != 0) {
      return nullptr;
    }
    watch->blocks_.push_back({static_cast<unsigned char*>(memory), nullptr});
  }
  return watch;
}

OutputWatch::~OutputWatch() {
  for (const Block& block : blocks_) std::free(block.memory);
}

void OutputWatch::divert(std::vector<baton_buffer>* buffers) {
  for (size_t i = 0; i < blocks_.size(); ++i) {
    baton_buffer& buffer = (*buffers)[i];
    if (buffer.kind != BATON_BUFFER_HOST) continue;
    fill_noise(blocks_[i].memory, 2 * kGuard + static_cast<size_t>(buffer.bytes));
    blocks_[i].own = buffer.handle;
    buffer.handle = blocks_[i].memory + kGuard;
  }
}

void OutputWatch::restore(std::vector<baton_buffer>* buffers) {
  for (size_t i = 0; i < blocks_.size(); ++i) {
    if ((*buffers)[i].kind == BATON_BUFFER_HOST) (*buffers)[i].handle = blocks_[i].own;
  }
}

std::string OutputWatch::collect(const std::vector<baton_buffer>& buffers, size_t* position) {
  for (size_t i = 0; i < blocks_.size(); ++i) {
    if (buffers[i].kind != BATON_BUFFER_HOST) continue;
    *position = i;
    const unsigned char* memory = blocks_[i].memory;
    const size_t bytes = static_cast<size_t>(buffers[i].bytes);
    const size_t end = kGuard + bytes;
    if (!is_noise(memory, 0, kGuard)) return "wrote in front of";
    if (!is_noise(memory, end, end + kGuard)) return "wrote past the end of";
    for (size_t at = kGuard; at + kHole <= end; at += kHole) {
      if (is_noise(memory, at, at + kHole)) {
        return format("did not write bytes %zu to %zu of the %zu of", at - kGuard,
                      at - kGuard + kHole - 1, bytes);
      }
    }
    if (bytes > kHole && is_noise(memory, end - kHole, end)) {
      return format("did not write the last %zu of the %zu bytes of", kHole, bytes);
    }
  }
  for (size_t i = 0; i < blocks_.size(); ++i) {
    if (buffers[i].kind != BATON_BUFFER_HOST || buffers[i].bytes == 0) continue;
    std::memcpy(buffers[i].handle, blocks_[i].memory + kGuard,
                static_cast<size_t>(buffers[i].bytes));
  }
  return "";
}

}  // namespace baton
