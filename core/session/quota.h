// What a session may reserve, as the caller's load options say: baton_load_options.
#pragma once

#include <cstdint>
#include <utility>

#include "core/base/aligned_memory.h"
#include "core/base/status.h"

namespace baton {

class MemoryQuota {
 public:
  // 0: no limit.
  MemoryQuota(uint64_t max_total, uint64_t max_tensor)
      : max_total_(max_total), max_tensor_(max_tensor) {}
  MemoryQuota(const MemoryQuota&) = delete;
  MemoryQuota& operator=(const MemoryQuota&) = delete;

  // `now` bytes instead of `before`. When that is too much nothing changes.
  Status replace(uint64_t before, uint64_t now);
  void give_back(uint64_t bytes) { used_ -= bytes; }
  // A tensor, or scratch memory, of so many bytes.
  Status check_tensor(uint64_t bytes) const {
    if (max_tensor_ == 0 || bytes <= max_tensor_) return {};
    return tensor_too_large(bytes);
  }

 private:
  Status tensor_too_large(uint64_t bytes) const;

  const uint64_t max_total_;
  const uint64_t max_tensor_;
  uint64_t used_ = 0;
};

// Memory for tensors that counts as long as it lives. The quota must outlive it.
class QuotaMemory {
 public:
  QuotaMemory() = default;
  ~QuotaMemory() { release(); }
  QuotaMemory(QuotaMemory&& other) noexcept { *this = std::move(other); }
  QuotaMemory& operator=(QuotaMemory&& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(quota_, other.quota_);
    return *this;
  }

  // Zero-filled memory instead of what was there. On failure the old memory stays.
  Status allocate(MemoryQuota& quota, uint64_t bytes);

  uint8_t* data() const { return memory_.data(); }
  uint64_t bytes() const { return memory_.bytes(); }
  explicit operator bool() const { return static_cast<bool>(memory_); }

 private:
  void release() {
    if (quota_ != nullptr) quota_->give_back(memory_.bytes());
  }

  AlignedMemory memory_;
  MemoryQuota* quota_ = nullptr;
};

}  // namespace baton
