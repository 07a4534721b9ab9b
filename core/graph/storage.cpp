#include "core/graph/storage.h"

#include <algorithm>
#include <new>

#include "core/base/pages.h"

namespace baton {
namespace {

constexpr std::align_val_t kAlignment{64};
constexpr size_t kTail = 64;
constexpr size_t kBlockWords = 4096;

}  // namespace

void AlignedCopies::AlignedDelete::operator()(uint8_t* bytes) const {
  if (size >= kLeastPagesBytes) {
    unmap_pages(bytes, size);
  } else {
    ::operator delete[](bytes, kAlignment);
  }
}

const void* AlignedCopies::acquire(std::span<const uint8_t> content) {
  const std::lock_guard lock(mutex_);
  const Range range(content.data(), content.size());
  const auto found = copies_.find(range);
  if (found != copies_.end()) {
    ++found->second.uses;
    return found->second.bytes.get();
  }
  Copy copy;
  const size_t size = content.size() + kTail;
  void* memory =
      size >= kLeastPagesBytes ? map_pages(size) : ::operator new[](size, kAlignment, std::nothrow);
  if (memory == nullptr) return nullptr;
  copy.bytes = {static_cast<uint8_t*>(memory), AlignedDelete{size}};
  if (!content.empty()) std::memcpy(copy.bytes.get(), content.data(), content.size());
  std::memset(copy.bytes.get() + content.size(), 0, kTail);
  copy.uses = 1;
  bytes_ += content.size();
  return copies_.emplace(range, std::move(copy)).first->second.bytes.get();
}

bool AlignedCopies::release(std::span<const uint8_t> content) {
  const std::lock_guard lock(mutex_);
  const auto found = copies_.find(Range(content.data(), content.size()));
  if (found == copies_.end() || --found->second.uses != 0) return false;
  bytes_ -= content.size();
  copies_.erase(found);
  return true;
}

uint64_t AlignedCopies::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

void* GraphStorage::allocate(size_t bytes) {
  const size_t words = std::max<size_t>((bytes + sizeof(uint64_t) - 1) / sizeof(uint64_t), 1);
  if (room_ - used_ < words) {
    room_ = std::max(words, kBlockWords);
    blocks_.push_back(std::make_unique<uint64_t[]>(room_));
    used_ = 0;
  }
  void* memory = blocks_.back().get() + used_;
  used_ += words;
  return memory;
}

}  // namespace baton
