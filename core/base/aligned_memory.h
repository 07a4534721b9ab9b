// Memory for tensors: 64-byte aligned, with 64 readable bytes past the end.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>

namespace baton {

inline constexpr uint64_t kTensorAlignment = 64;
inline constexpr uint64_t kTensorPadding = 64;

class AlignedMemory {
 public:
  // Empty when there is no memory for it. Zero-filled: pages are only touched when written.
  static AlignedMemory allocate(uint64_t bytes) {
    AlignedMemory memory;
    const uint64_t padded = bytes + kTensorPadding + kTensorAlignment;
    if (padded < bytes || padded > SIZE_MAX) return memory;
    memory.block_.reset(std::calloc(1, static_cast<size_t>(padded)));
    if (memory.block_ == nullptr) return memory;
    const auto address = reinterpret_cast<uintptr_t>(memory.block_.get());
    memory.data_ = reinterpret_cast<uint8_t*>((address + kTensorAlignment - 1) &
                                              ~static_cast<uintptr_t>(kTensorAlignment - 1));
    memory.bytes_ = bytes;
    return memory;
  }

  uint8_t* data() const { return data_; }
  uint64_t bytes() const { return bytes_; }
  explicit operator bool() const { return data_ != nullptr; }

 private:
  struct Free {
    void operator()(void* block) const { std::free(block); }
  };
  std::unique_ptr<void, Free> block_;
  uint8_t* data_ = nullptr;
  uint64_t bytes_ = 0;
};

}  // namespace baton
